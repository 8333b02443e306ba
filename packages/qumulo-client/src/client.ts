import { isIP } from 'node:net';
import { type AccessTokensApi, accessTokensApi } from './api/access-tokens.ts';
import { type ClusterApi, clusterApi } from './api/cluster.ts';
import { type FileSystemApi, fileSystemApi } from './api/file-system.ts';
import { type FilesApi, filesApi } from './api/files/index.ts';
import { type IdentityApi, identityApi } from './api/identity.ts';
import { type NfsExportsApi, nfsExportsApi } from './api/nfs-exports.ts';
import {
  type FtpSettings,
  ftpSettingsApi,
  type S3Settings,
  s3SettingsApi,
  type SettingsApi,
} from './api/protocol-settings.ts';
import { openSession, type SessionApi, sessionApi } from './api/session.ts';
import { type SmbApi, smbApi } from './api/smb.ts';
import { type SmbSharesApi, smbSharesApi } from './api/smb-shares.ts';
import { type SnapshotsApi, snapshotsApi } from './api/snapshots.ts';
import { type TenantsApi, tenantsApi } from './api/tenants.ts';
import type { NotifyDeps } from './notify/open.ts';
import type { ClientOptions, Credentials } from './options.ts';
import { Session } from './session/session.ts';
import { systemClock } from './time/clock.ts';
import { type ClusterClock, createClusterClock } from './time/cluster-clock.ts';
import { createTrust } from './tls/trust.ts';
import { Caller } from './transport/caller.ts';
import { defaultRetryPolicy } from './transport/retry-policy.ts';
import { Transport } from './transport/transport.ts';
import { VERSION } from './version.ts';

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
  readonly smbShares: SmbSharesApi;
  readonly nfsExports: NfsExportsApi;
  readonly tenants: TenantsApi;
  readonly s3Settings: SettingsApi<S3Settings>;
  readonly ftpSettings: SettingsApi<FtpSettings>;
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
  const applied = apply(options);
  checkCredentials(options.credentials);
  const clock = options.clock ?? systemClock;
  const clusterClock = createClusterClock(clock);
  const transport = new Transport({ ...applied, trust: createTrust(options.tls), clock, clusterClock });
  const session = new Session(options.credentials, (username, password) => openSession(caller, username, password));
  const caller = new Caller({
    transport,
    session,
    basePath: applied.basePath,
    timeoutMs: applied.timeoutMs,
    userAgent: options.userAgent ?? `qwarden/${VERSION}`,
    retry: { ...defaultRetryPolicy, ...options.retry },
    clock,
    random: options.random ?? Math.random,
    onRequest: options.onRequest,
  });
  const notify: NotifyDeps = {
    destination: applied,
    clock,
    connect: (signal) => transport.connectAlone(signal),
    open: new Set(),
  };
  const cluster = clusterApi(caller);

  return {
    options: applied,
    session: sessionApi(caller),
    files: filesApi(caller, notify),
    fileSystem: fileSystemApi(caller),
    snapshots: snapshotsApi(caller),
    cluster,
    accessTokens: accessTokensApi(caller),
    smb: smbApi(caller),
    smbShares: smbSharesApi(caller),
    nfsExports: nfsExportsApi(caller),
    tenants: tenantsApi(caller),
    s3Settings: s3SettingsApi(caller),
    ftpSettings: ftpSettingsApi(caller),
    identity: identityApi(caller),
    clusterClock,
    warm: async (connections) => {
      // Sent together, each call needs a connection of its own.
      const count = Math.min(connections, applied.connections);
      await Promise.all(Array.from({ length: count }, () => cluster.version()));
    },
    close: async () => {
      for (const stream of notify.open) stream.end('aborted');
      caller.close();
      await transport.close();
    },
  };
}

function apply(options: ClientOptions): AppliedOptions {
  const { protocol = 'https', port = 8_000, basePath = '', connections = 32, timeoutMs = 30_000 } = options;
  const host = options.host.replace(/^\[(.*)\]$/, '$1');
  if (host === '' || (isIP(host) === 0 && !/^[A-Za-z0-9_.-]+$/.test(host))) {
    throw new TypeError(
      `Not a host name or address: ${JSON.stringify(options.host)}. Leave out https:// and the port.`,
    );
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new TypeError(`Not a port: ${port}. Expected 1 to 65535.`);
  if (protocol !== 'https' && protocol !== 'http') throw new TypeError(`Not a protocol: ${JSON.stringify(protocol)}.`);
  if (basePath !== '' && basePath !== '/api') throw new TypeError(`Not a base path: ${JSON.stringify(basePath)}.`);
  if (!Number.isInteger(connections) || connections < 1)
    throw new TypeError(`connections must be 1 or more, not ${connections}.`);
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31))
    throw new TypeError(`timeoutMs must be above 0 and below 2^31, not ${timeoutMs}.`);
  const origin = `${protocol}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return { host, port, protocol, basePath, connections, timeoutMs, origin };
}

/** A token goes into a header: what cannot stand there is a mistake (a line end from a file, mostly), told without showing it. */
function checkCredentials(credentials: Credentials | undefined): void {
  if (credentials === undefined) return;
  if ('accessToken' in credentials) {
    if (!/^[\x21-\x7e]+$/.test(credentials.accessToken)) {
      throw new TypeError('The access token is empty or has blanks or line ends in it.');
    }
  } else if (credentials.username === '') {
    throw new TypeError('The user name is empty.');
  }
}
