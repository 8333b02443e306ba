import { randomBytes, randomUUID } from 'node:crypto';
import { makeCertificate, readCertificate, type ServerIdentity } from './certificate.ts';
import type { ClientOutcome, ClientRequest } from './clients/request.ts';
import { asClient } from './clients/run.ts';
import { EmulatorClock } from './clock.ts';
import { Cluster } from './cluster/cluster.ts';
import type { ProtocolClients } from './cluster/protocol-clients.ts';
import { Control } from './control/control.ts';
import { Faults } from './faults/faults.ts';
import { FileSystem } from './fs/filesystem.ts';
import { NotifyStreams } from './http/notify-streams.ts';
import { Pipeline } from './http/pipeline.ts';
import { type PauseMode, PortServer } from './http/server.ts';
import { ADMIN_USER } from './identity/auth-id.ts';
import { Identity } from './identity/identity.ts';
import { makeRouter } from './operations/table.ts';
import type { EmulatorOptions } from './options.ts';
import { seed } from './seed.ts';
import { Stats, type StatsSnapshot } from './stats.ts';
import type { CertificateWish, Emulator } from './types.ts';
import { withUnknowns } from './unknowns.ts';

const DEFAULT_PASSWORD = 'Admin123!';
const TEN_HOURS_MS = 10 * 60 * 60 * 1000;
const GIB = 1024 ** 3;

/** Starts a cluster; resolves once it listens. Rejects when the port is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const host = options.host ?? '127.0.0.1';
  const tls = options.tls === false ? undefined : await identityOf(host, options.certificate);
  return RunningEmulator.start(options, host, tls);
}

class RunningEmulator implements Emulator {
  readonly host: string;
  readonly username: string;
  readonly password: string;
  readonly accessToken: string;
  readonly fs: FileSystem;
  readonly cluster: Cluster;
  readonly clock: EmulatorClock;
  readonly faults: Faults;
  readonly streams: NotifyStreams;
  readonly stats = new Stats();
  readonly #server: PortServer;
  #tls: ServerIdentity | undefined;

  static async start(options: EmulatorOptions, host: string, tls: ServerIdentity | undefined): Promise<Emulator> {
    const emulator = new RunningEmulator(options, host, tls);
    await emulator.#server.listen();
    return emulator;
  }

  constructor(options: EmulatorOptions, host: string, tls: ServerIdentity | undefined) {
    this.host = host;
    this.#tls = tls;
    this.username = options.username ?? 'admin';
    this.password =
      options.password === 'random' ? randomBytes(15).toString('base64') : (options.password ?? DEFAULT_PASSWORD);
    this.clock = new EmulatorClock(options.clock);
    const unknowns = withUnknowns(options.unknowns);
    const clusterId = options.clusterId ?? randomUUID();
    const identity = new Identity({
      admin: { name: this.username, password: this.password },
      sessionTtlMs: options.sessionTtlMs ?? TEN_HOURS_MS,
      clusterId,
      dataAdministratorsMayLock: unknowns.dataAdministratorsMayLock,
      roleChangesReachTokens: unknowns.roleChangesReachTokens,
    });
    this.fs = new FileSystem({ clock: this.clock, identities: identity.directory, unknowns });
    this.cluster = new Cluster({
      fs: this.fs,
      identity,
      clock: this.clock,
      unknowns,
      stats: this.stats,
      clusterId,
      clusterName: options.clusterName ?? 'emulator',
      version: versionOf(options.version ?? '7.10.2'),
      address: () => reachable(host),
      reportDefect: options.onDefect ?? printDefect,
    });
    if (options.initial !== undefined) seed(this.cluster, options.initial);
    const nowMs = this.clock.nowMs();
    this.accessToken = identity.tokens.create({
      userId: ADMIN_USER,
      creatorId: ADMIN_USER,
      now: nowMs,
      expiresAt: null,
      ofSystem: true,
    }).secret;
    this.faults = new Faults(options.seed ?? 1);
    this.streams = new NotifyStreams(unknowns, options.keepaliveMs ?? unknowns.keepaliveSeconds * 1000);
    const control = new Control(this);
    const pipeline = new Pipeline({
      cluster: this.cluster,
      router: makeRouter(),
      faults: this.faults,
      stats: this.stats,
      streams: this.streams,
      maxBodyBytes: options.maxBodyBytes ?? 2 * GIB,
      maxJsonBytes: options.maxJsonBytes ?? 16 * 1024 ** 2,
      accessLog: options.accessLog,
      control: (request, response, path) => control.handle(request, response, path),
    });
    this.#server = new PortServer({
      host,
      port: options.port ?? 0,
      tls,
      stats: this.stats,
      onRequest: pipeline.handle,
    });
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    const name = reachable(this.host);
    return `${this.#tls === undefined ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${this.port}`;
  }

  get fingerprint256(): string {
    return this.#tls?.fingerprint256 ?? '';
  }

  get certificate(): string {
    return this.#tls?.cert ?? '';
  }

  get clients(): ProtocolClients {
    return this.cluster.clients;
  }

  asClient(request: ClientRequest): ClientOutcome {
    return asClient(this.cluster, request);
  }

  statistics(): StatsSnapshot {
    return this.stats.snapshot({ openStreams: this.streams.size, sessions: this.cluster.identity.sessions.size });
  }

  expireSessions(username?: string): number {
    const { identity } = this.cluster;
    const ended = identity.sessions.expire(
      username === undefined ? undefined : (identity.accounts.userNamed(username)?.id ?? ''),
    );
    this.#endStreamsOfDeadBearers();
    return ended;
  }

  expireTokens(username?: string): number {
    const { identity } = this.cluster;
    const userId = username === undefined ? undefined : (identity.accounts.userNamed(username)?.id ?? '');
    const ended = identity.tokens.expire(this.clock.nowMs(), userId);
    this.#endStreamsOfDeadBearers();
    return ended;
  }

  dropConnections(): number {
    return this.#server.dropConnections();
  }

  pauseAccepting(mode: PauseMode = 'refuse'): Promise<void> {
    return this.#server.pause(mode);
  }

  resumeAccepting(): Promise<void> {
    return this.#server.resume();
  }

  async swapCertificate(wanted: CertificateWish = {}): Promise<string> {
    const next = 'key' in wanted ? readCertificate(wanted) : await makeCertificate(this.host, wanted);
    this.#server.setCertificate(next);
    this.#tls = next;
    return next.fingerprint256;
  }

  async restart(options: { downMs?: number } = {}): Promise<void> {
    await this.#server.close();
    const { downMs = 0 } = options;
    if (downMs > 0)
      await new Promise((resolve) => {
        setTimeout(resolve, downMs);
      });
    await this.#server.listen();
  }

  async stop(): Promise<void> {
    this.streams.drop('all', 'abruptly');
    await this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #endStreamsOfDeadBearers(): void {
    if (!this.cluster.unknowns.expiredBearerEndsStreams) return;
    const now = this.clock.nowMs();
    this.streams.endOf((bearer) => this.cluster.identity.authenticate(bearer, now) !== undefined);
  }
}

async function identityOf(host: string, given: EmulatorOptions['certificate']): Promise<ServerIdentity> {
  return given === undefined ? makeCertificate(host) : readCertificate(given);
}

/** A name under which a client on this machine reaches the host. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** Three parts and a blank: clients cut at the last blank and read the rest as a semantic version (FACTS 9). */
function versionOf(version: string) {
  return {
    revision_id: `Qumulo Core ${version}`,
    build_id: 'emulator',
    flavor: 'release',
    build_date: '2026-01-01T00:00:00Z',
  };
}

function printDefect(error: unknown): void {
  console.error('qumulo-emulator: defect:', error);
}
