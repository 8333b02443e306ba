import type { ClusterApi, ClusterClock, FileSystemApi, FilesApi, SessionApi, SmbApi } from '@qwarden/qumulo-client';

/** What the engine needs of a cluster: a part of `QumuloClient`, so that a test can stand in for the rest. */
export interface Cluster {
  readonly files: Pick<FilesApi, 'getAttributes' | 'patchFileLock' | 'notify' | 'walk' | 'listLocks'>;
  readonly smb: Pick<SmbApi, 'openFiles'>;
  readonly session: Pick<SessionApi, 'whoAmI'>;
  readonly cluster: Pick<ClusterApi, 'nodeState' | 'settings' | 'version'>;
  readonly fileSystem: Pick<FileSystemApi, 'getNotifySettings'>;
  readonly clusterClock: ClusterClock;
  warm(connections: number): Promise<void>;
}
