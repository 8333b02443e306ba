import type { NotifyOptions, NotifyStream } from '../../notify/types.ts';
import type { CallOptions, FileRef } from '../../options.ts';
import type { WalkOptions } from '../../walk/options.ts';
import { walkPages, walkTree } from '../../walk/walk-tree.ts';
import { openNotify, type NotifyDeps } from '../../notify/open.ts';
import type { Caller } from '../../transport/caller.ts';
import { type AclApi, aclApi } from './acl.ts';
import { type AggregatesApi, aggregatesApi } from './aggregates.ts';
import { type AttributesApi, attributesApi } from './attributes.ts';
import { type CopyFileApi, copyFileApi } from './copy-file.ts';
import { type DataApi, dataApi } from './data.ts';
import { type EntriesApi, type EntriesPage, entriesApi } from './entries.ts';
import { type FileLockApi, fileLockApi } from './file-lock.ts';
import { type ClientLocksApi, clientLocksApi } from './locks.ts';
import { type ResolveApi, resolveApi } from './resolve.ts';
import { type StreamsApi, streamsApi } from './streams.ts';
import { type TreeDeleteApi, treeDeleteApi } from './tree-delete.ts';
import type { FileAttributes } from './types.ts';
import { type UserMetadataApi, userMetadataApi } from './user-metadata.ts';

/** Everything about files and directories. */
export interface FilesApi
  extends AttributesApi,
    FileLockApi,
    EntriesApi,
    DataApi,
    CopyFileApi,
    AclApi,
    ResolveApi,
    AggregatesApi,
    ClientLocksApi {
  readonly streams: StreamsApi;
  readonly userMetadata: UserMetadataApi;
  readonly treeDelete: TreeDeleteApi;
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
  /** The same page by page, each with the directory that it is of; pages of one directory come in order, and before those of what is in it. */
  walkPages(ref: FileRef, options?: WalkOptions): AsyncIterable<EntriesPage>;
}

export function filesApi(caller: Caller, notify: NotifyDeps): FilesApi {
  const data = dataApi(caller);
  const streams = streamsApi(caller);
  return {
    ...attributesApi(caller),
    ...fileLockApi(caller),
    ...entriesApi(caller),
    ...data,
    ...copyFileApi(data, streams),
    ...aclApi(caller),
    ...resolveApi(caller),
    ...aggregatesApi(caller),
    ...clientLocksApi(caller),
    streams,
    userMetadata: userMetadataApi(caller),
    treeDelete: treeDeleteApi(caller),
    notify: async (ref, options) => openNotify(caller, notify, ref, options),
    walk: (ref, options) => walkTree(caller, ref, options),
    walkPages: (ref, options) => walkPages(caller, ref, options),
  };
}
