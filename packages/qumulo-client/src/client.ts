import type { AccessTokensApi } from './api/access-tokens.ts';
import type { ClusterApi } from './api/cluster.ts';
import type { FileSystemApi } from './api/file-system.ts';
import type { FilesApi } from './api/files/index.ts';
import type { IdentityApi } from './api/identity.ts';
import type { SessionApi } from './api/session.ts';
import type { SmbApi } from './api/smb.ts';
import type { SnapshotsApi } from './api/snapshots.ts';
import type { ClientOptions } from './options.ts';
import type { ClusterClock } from './time/cluster-clock.ts';

/** The options as they apply, without the credentials. */
export interface AppliedOptions {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'https' | 'http';
  readonly basePath: '' | '/api';
  readonly connections: number;
  readonly timeoutMs: number;
  /** `https://host:8000`. */
  readonly origin: string;
}

/** A cluster's API. */
export interface QumuloClient {
  readonly options: AppliedOptions;
  readonly session: SessionApi;
  readonly files: FilesApi;
  readonly fileSystem: FileSystemApi;
  readonly snapshots: SnapshotsApi;
  readonly cluster: ClusterApi;
  readonly accessTokens: AccessTokensApi;
  readonly smb: SmbApi;
  readonly identity: IdentityApi;
  /** Fed by every answer. */
  readonly clusterClock: ClusterClock;
  /** Opens that many connections (at most `connections`) before the first event needs one (TLS handshakes are slow). */
  warm(connections: number): Promise<void>;
  /** Ends everything now: calls and streams are given up (`aborted`), connections closed. */
  close(): Promise<void>;
}

/** @throws TypeError when an option cannot be right. Connects only when the first call is made. */
export function createClient(options: ClientOptions): QumuloClient {
  throw new Error(`not built yet: ${options.host}`);
}
