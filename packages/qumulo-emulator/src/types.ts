import type { ClientOutcome, ClientRequest } from './clients/request.ts';
import type { EmulatorClock } from './clock.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { ProtocolClients } from './cluster/protocol-clients.ts';
import type { Faults } from './faults/faults.ts';
import type { FileSystem } from './fs/filesystem.ts';
import type { NotifyStreams } from './http/notify-streams.ts';
import type { PauseMode } from './http/server.ts';
import type { Stats, StatsSnapshot } from './stats.ts';

/** A certificate to put in place: this one, or a new self-signed one with these dates. */
export type CertificateWish = { key: string; cert: string } | { notBefore?: Date; notAfter?: Date };

/** A cluster in memory that listens. Every fault of the control API is a method here too. */
export interface Emulator {
  /** `https://127.0.0.1:PORT`; the API is below `/v1…` and `/api/v1…`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Works at once, as the administrator; does not count among the user's two tokens. */
  readonly accessToken: string;
  /** `AA:BB:…`; empty without TLS. Changes with `swapCertificate`. */
  readonly fingerprint256: string;
  /** PEM of the certificate in use; empty without TLS. */
  readonly certificate: string;
  /** The tree, for seeding and for looking at it without HTTP. */
  readonly fs: FileSystem;
  readonly cluster: Cluster;
  readonly clock: EmulatorClock;
  readonly faults: Faults;
  readonly streams: NotifyStreams;
  /** SMB opens, sessions and NLM locks: place and remove them here. */
  readonly clients: ProtocolClients;
  readonly stats: Stats;
  /** Does what a client of NFS, SMB, S3 or FTP would do, under the switches of tenants, exports and shares. */
  asClient(request: ClientRequest): ClientOutcome;
  statistics(): StatsSnapshot;
  /** Every session, or those of one user, ends now; the next call is a 401. */
  expireSessions(username?: string): number;
  /** Every access token, or those of one user, expires now. The emulator's own `accessToken` too. */
  expireTokens(username?: string): number;
  /** Cuts every connection; the cluster keeps listening. */
  dropConnections(): number;
  pauseAccepting(mode?: PauseMode): Promise<void>;
  resumeAccepting(): Promise<void>;
  /** New connections meet a new self-signed certificate, or the given one. Returns its fingerprint. */
  swapCertificate(certificate?: CertificateWish): Promise<string>;
  /** Stops listening, drops connections, and comes back on the same port with everything kept. */
  restart(options?: { downMs?: number }): Promise<void>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
