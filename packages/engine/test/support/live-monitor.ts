import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createClient, type QumuloClient, systemClock } from '@qwarden/qumulo-client';
import { type Emulator, type EmulatorOptions, startEmulator } from '@qwarden/qumulo-emulator';
import type { Outside } from '../../src/actions/port.ts';
import { type ActionStores, createActions } from '../../src/actions/catalog.ts';
import { openMonitor } from '../../src/open-monitor.ts';
import type { Monitor } from '../../src/monitor/engine.ts';
import type { MonitorRole } from '../../src/monitor/options.ts';
import type { MonitorSummary } from '../../src/monitor/status.ts';
import type { MonitorEvent, MonitorEventKind } from '../../src/monitor/events.ts';
import type { Actions } from '../../src/actions/port.ts';
import type { Tracing } from '../../src/tracing/port.ts';

export const ADMIN = { authId: '500', groupIds: ['513'], privileges: new Set(['PRIVILEGE_FILE_FULL_ACCESS'] as const) };

export interface StartOptions {
  readonly actions?: (stores: ActionStores) => Actions;
  readonly dryRun?: boolean;
  readonly ref?: string;
  readonly recursive?: boolean;
  readonly redisUrl?: string;
  readonly role?: MonitorRole;
  readonly random?: () => number;
  readonly tracing?: Tracing;
}

/** Nothing outside the cluster is to be spoken to. */
const nobody = () => Promise.reject(new Error('this test has no outside'));
const noOutside: Outside & { close(): Promise<void> } = {
  http: nobody,
  mail: nobody,
  run: nobody,
  publish: nobody,
  secret: () => '',
  close: () => Promise.resolve(),
};

/** The monitor against the emulator over TLS, in real time. */
export class LiveMonitor {
  readonly emulator: Emulator;
  readonly client: QumuloClient;
  readonly stateDir = mkdtempSync(join(tmpdir(), 'qwarden-monitor-'));
  readonly events: MonitorEvent[] = [];
  monitor: Monitor | undefined;
  #tracing: Tracing | undefined;
  /** How far the clock of this machine was moved on, ms. */
  ahead = 0;
  /** How fast time passes for those who sleep. */
  pace = 1;
  readonly #clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + this.ahead,
    sleep: (ms, signal) => systemClock.sleep(ms / this.pace, signal),
  };
  #summary: Promise<MonitorSummary> | undefined;
  readonly #ownsEmulator: boolean;
  #stop = new AbortController();
  #waiting: { until: () => boolean; resolve: () => void }[] = [];

  static open(...directories: readonly string[]): Promise<LiveMonitor> {
    return LiveMonitor.openWith({}, ...directories);
  }

  static async openWith(
    unknowns: NonNullable<EmulatorOptions['unknowns']>,
    ...directories: readonly string[]
  ): Promise<LiveMonitor> {
    const emulator = await startEmulator({ keepaliveMs: 1000, unknowns });
    const live = new LiveMonitor(emulator);
    for (const directory of directories) live.mkdir(directory);
    return live;
  }

  /** Another monitor on the same cluster, with a state of its own. */
  static beside(live: LiveMonitor): LiveMonitor {
    return new LiveMonitor(live.emulator, false);
  }

  private constructor(emulator: Emulator, ownsEmulator = true) {
    this.emulator = emulator;
    this.#ownsEmulator = ownsEmulator;
    this.client = createClient({
      host: emulator.host,
      port: emulator.port,
      credentials: { username: emulator.username, password: emulator.password },
      tls: { fingerprint256: emulator.fingerprint256 },
      connections: 32,
      clock: this.#clock,
      onRequest: (info) => this.#tracing?.called(info),
    });
  }

  /** Starts with these rules and waits until it listens and has caught up. */
  async start(rules: string, options: StartOptions = {}): Promise<this> {
    this.#stop = new AbortController();
    this.#tracing = options.tracing;
    const { actions = createActions, dryRun = false, ref = '/', recursive = true, redisUrl, role, random } = options;
    this.monitor = await openMonitor(
      { watch: { ref, recursive }, stateDir: this.stateDir, redisUrl, role, actions, dryRun, maxConcurrency: 32 },
      {
        client: this.client,
        clock: this.#clock,
        outside: noOutside,
        random,
        tracing: options.tracing,
        report: (event) => this.#told(event),
      },
    );
    if (role === 'worker') {
      this.#summary = this.monitor.run(this.#stop.signal);
      return this;
    }
    const loaded = await this.monitor.rules.load(rules, 'rules.yml');
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message, key }) => `${key}: ${message}`).join('\n'));
    const before = this.of('catch-up-finished').length;
    this.#summary = this.monitor.run(this.#stop.signal);
    await this.until(() => this.of('catch-up-finished').length > before);
    return this;
  }

  async stop(): Promise<MonitorSummary | undefined> {
    this.#stop.abort();
    const summary = await this.#summary;
    await this.monitor?.close();
    this.monitor = undefined;
    return summary;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.client.close();
    if (this.#ownsEmulator) await this.emulator.stop();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  mkdir(path: string): string {
    const { directory, name } = split(path);
    return this.emulator.fs.createEntry(ADMIN, directory, { action: 'CREATE_DIRECTORY', name }).value.id;
  }

  create(path: string): string {
    const { directory, name } = split(path);
    return this.emulator.fs.createEntry(ADMIN, directory, { action: 'CREATE_FILE', name }).value.id;
  }

  remove(path: string): void {
    this.emulator.fs.delete(ADMIN, path);
  }

  /** Resolves when the gap after a cut is closed, or the one before a restart. */
  caughtUp(times = 1): Promise<void> {
    return this.until(() => this.of('catch-up-finished').filter(({ reason }) => reason !== 'baseline').length >= times);
  }

  /** As a person would: not through the monitor's own client. */
  rename(from: string, to: string): void {
    const { directory, name } = split(to);
    this.emulator.fs.createEntry(ADMIN, directory, { action: 'RENAME', name, old_path: from });
  }

  of<K extends MonitorEventKind>(kind: K): Extract<MonitorEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<MonitorEvent, { kind: K }> => event.kind === kind);
  }

  /** Resolves when it holds; looked at after every event. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ until: condition, resolve });
    });
  }

  done(count: number): Promise<void> {
    return this.until(() => this.of('done').length >= count);
  }

  async names(directory: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of this.client.files.walk(directory, { recursive: false })) names.push(name);
    return names.sort();
  }

  #told(event: MonitorEvent): void {
    this.events.push(event);
    const met = this.#waiting.filter(({ until }) => until());
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }
}

function split(path: string): { directory: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, slash) || '/', name: path.slice(slash + 1) };
}
