import type { NotifyOptions, NotifyStream } from '../../notify/types.ts';
import type { CallOptions, FileRef } from '../../options.ts';
import type { WalkOptions } from '../../walk/options.ts';
import type { AclApi } from './acl.ts';
import type { AggregatesApi } from './aggregates.ts';
import type { AttributesApi } from './attributes.ts';
import type { DataApi } from './data.ts';
import type { EntriesApi } from './entries.ts';
import type { FileLockApi } from './file-lock.ts';
import type { ClientLocksApi } from './locks.ts';
import type { ResolveApi } from './resolve.ts';
import type { StreamsApi } from './streams.ts';
import type { FileAttributes } from './types.ts';
import type { UserMetadataApi } from './user-metadata.ts';

/** Everything about files and directories. */
export interface FilesApi
  extends AttributesApi,
    FileLockApi,
    EntriesApi,
    DataApi,
    AclApi,
    ResolveApi,
    AggregatesApi,
    ClientLocksApi {
  readonly streams: StreamsApi;
  readonly userMetadata: UserMetadataApi;
  /**
   * Watches a directory for changes over a connection of its own (FACTS 6). Resolves when the cluster has accepted;
   * then wait for `registered`. Rejects with QumuloApiError when it refuses.
   */
  notify(ref: FileRef, options: NotifyOptions & CallOptions): Promise<NotifyStream>;
  /**
   * Everything below a directory, the directory itself left out, several directories at a time, in no order. A
   * directory that is gone when its turn comes is skipped; the first one must be there. Any other error ends the walk.
   */
  walk(ref: FileRef, options?: WalkOptions): AsyncIterable<FileAttributes>;
}
