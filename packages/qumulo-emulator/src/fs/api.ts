/**
 * The public interface of the emulated file system: what the HTTP side and the tests program against.
 *
 * Everything is synchronous. Every operation throws `FsError` (errors.ts) and, when it throws, has changed nothing.
 * Objects that go over the wire have the wire's field names; times are RFC 3339 strings, ids and sizes decimal strings.
 * Arguments that are not wire bodies use camelCase and numbers.
 */
import type { AclV1, AclV2 } from './acl/types.ts';
import type { Caller, Ref } from './caller.ts';
import type {
  PosixModeExplanation,
  RightsExplanation,
  RightsRequest,
  SetModeExplanation,
} from './acl/explain-types.ts';
import type { ChangeEvent, WatchApi } from './watch/types.ts';
import type {
  FileAttributes,
  Tagged,
  IfMatch,
  AttributesPatch,
  CreateEntry,
  ListOptions,
  DirectoryPage,
  ReadOptions,
  DataRead,
  Bytes,
  WriteOptions,
  StreamAttributes,
  CopyChunk,
  MetadataEntry,
  DirectoryAggregates,
  AggregateOrder,
  SampleBy,
  FileSample,
  Quota,
  QuotaStatus,
  TreeDeleteJob,
  Snapshot,
  SnapshotCreate,
  SnapshotModify,
  Page,
  PageOptions,
  TreeDiffEntry,
  FileDiffRegion,
  FileDiffOperation,
  FsStats,
  FsSettings,
  Resolved,
} from './types.ts';

export type { Caller, Clock, Ref } from './caller.ts';
export type { AceV1, AceV2, AclV1, AclV2, FsIdentity, Identities, Trustee } from './acl/types.ts';
export type {
  ChangeEvent,
  ChangeType,
  WatchApi,
  WatchEvent,
  WatchHandle,
  WatchOptions,
  WatchSink,
} from './watch/types.ts';
export type * from './types.ts';

/** Everything the emulator's HTTP side may ask of the file system. `class FileSystem` implements it. */
export type FileSystemApi = {
  readonly settings: FsSettings;
  /** Registration and delivery of change notifications (src/fs/watch). */
  readonly watch: WatchApi;

  // ---- attributes and names
  getAttributes(
    caller: Caller,
    ref: Ref,
    options?: { snapshot?: number | undefined; retrieveFileLock?: boolean | undefined },
  ): Tagged<FileAttributes>;
  setAttributes(caller: Caller, ref: Ref, patch: AttributesPatch, options?: IfMatch): Tagged<FileAttributes>;
  /** Without ETag and permission checks on the object: cheap look-up of an id, null when there is none. */
  idOf(ref: Ref): string | null;
  createEntry(caller: Caller, directory: Ref, entry: CreateEntry): Tagged<FileAttributes>;
  delete(caller: Caller, ref: Ref, options?: IfMatch): void;
  unlink(caller: Caller, directory: Ref, name: string, options?: IfMatch): void;
  list(caller: Caller, directory: Ref, options?: ListOptions): Tagged<DirectoryPage>;
  /** One entry per distinct id asked, in order; unresolved ones have `unknowns.unresolvedPath`. */
  resolve(caller: Caller, ids: readonly string[], snapshot?: number): Resolved[];
  /** UNKNOWN shape on the wire. */
  tryResolve(caller: Caller, ids: readonly string[], snapshot?: number): { resolved: Resolved[]; unresolved: string[] };

  // ---- data and streams
  readData(caller: Caller, ref: Ref, options?: ReadOptions): DataRead;
  /** Default stream: attributes; named stream (`options.streamId`): `writeStream`. */
  writeData(caller: Caller, ref: Ref, bytes: Bytes, options?: Omit<WriteOptions, 'streamId'>): Tagged<FileAttributes>;
  writeStream(
    caller: Caller,
    ref: Ref,
    streamId: string,
    bytes: Bytes,
    options?: Omit<WriteOptions, 'streamId'>,
  ): Tagged<StreamAttributes>;
  punchHole(
    caller: Caller,
    ref: Ref,
    range: { offset: number; size: number },
    options?: IfMatch & { streamId?: string | undefined },
  ): Tagged<FileAttributes>;
  /** `value` is null when nothing is left to copy, else the body of the next call. `etag` is the target's. */
  copyChunk(
    caller: Caller,
    ref: Ref,
    body: CopyChunk,
    options?: IfMatch & { streamId?: string | undefined },
  ): Tagged<CopyChunk | null>;
  fetchData(
    caller: Caller,
    ref: Ref,
    range: { offset: number; length?: number | undefined },
  ): { bytes_fetched: string; next_offset: string | null };
  listStreams(caller: Caller, ref: Ref, options?: { snapshot?: number | undefined }): Tagged<StreamAttributes[]>;
  createStream(caller: Caller, ref: Ref, name: string, options?: IfMatch): Tagged<StreamAttributes>;
  removeStream(caller: Caller, ref: Ref, streamId: string, options?: IfMatch): void;
  renameStream(caller: Caller, ref: Ref, streamId: string, name: string, options?: IfMatch): Tagged<StreamAttributes>;
  getStreamAttributes(
    caller: Caller,
    ref: Ref,
    streamId: string,
    options?: { snapshot?: number | undefined },
  ): Tagged<StreamAttributes>;
  /** Only `size` of the patch applies to a stream. */
  setStreamAttributes(
    caller: Caller,
    ref: Ref,
    streamId: string,
    patch: AttributesPatch,
    options?: IfMatch,
  ): Tagged<StreamAttributes>;

  // ---- ACL, retention lock, user metadata
  getAcl(caller: Caller, ref: Ref, options?: { snapshot?: number | undefined }): Tagged<AclV2>;
  setAcl(caller: Caller, ref: Ref, acl: AclV2, options?: IfMatch): Tagged<AclV2>;
  getAclV1(
    caller: Caller,
    ref: Ref,
    options?: { snapshot?: number | undefined },
  ): Tagged<{ generated: boolean; acl: AclV1 }>;
  setAclV1(caller: Caller, ref: Ref, acl: AclV1, options?: IfMatch): Tagged<{ generated: boolean; acl: AclV1 }>;
  /** Explanations of permissions, shaped as `qq fs_acl_explain_*` reads them. They change nothing. */
  explainPosixMode(caller: Caller, ref: Ref): PosixModeExplanation;
  explainSetMode(caller: Caller, ref: Ref, mode: string): SetModeExplanation;
  explainRights(caller: Caller, ref: Ref, request: RightsRequest): RightsExplanation;
  /** Absent keys are left alone; `{}` changes nothing. The answer has `lock`. */
  modifyFileLock(
    caller: Caller,
    ref: Ref,
    patch: { retention_period?: string | null; legal_hold?: boolean | null },
    options?: IfMatch,
  ): Tagged<FileAttributes>;
  listUserMetadata(
    caller: Caller,
    ref: Ref,
    type: string | null,
    options?: PageOptions & { snapshot?: number | undefined },
  ): Tagged<Page<MetadataEntry>>;
  getUserMetadata(
    caller: Caller,
    ref: Ref,
    type: string,
    key: string,
    options?: { snapshot?: number | undefined },
  ): Tagged<MetadataEntry>;
  /** `create` (POST) refuses an existing key, `upsert` (PUT) replaces it. `value` is Base64. */
  setUserMetadata(
    caller: Caller,
    ref: Ref,
    type: string,
    key: string,
    value: string,
    how: 'create' | 'upsert',
    options?: IfMatch,
  ): Tagged<MetadataEntry>;
  deleteUserMetadata(caller: Caller, ref: Ref, type: string, key: string, options?: IfMatch): void;

  // ---- sums, quotas, tree delete
  aggregates(
    caller: Caller,
    ref: Ref,
    options?: { snapshot?: number | undefined; maxEntries?: number | undefined; orderBy?: AggregateOrder | undefined },
  ): DirectoryAggregates;
  recursiveAggregates(
    caller: Caller,
    ref: Ref,
    options?: {
      snapshot?: number | undefined;
      maxEntries?: number | undefined;
      maxDepth?: number | undefined;
      orderBy?: AggregateOrder | undefined;
    },
  ): DirectoryAggregates[];
  sample(caller: Caller, ref: Ref, options?: { by?: SampleBy | undefined; limit?: number | undefined }): FileSample[];
  stats(): FsStats;
  /** Quotas go by directory id only (FACTS 14). The caller of these checks PRIVILEGE_QUOTA_*. */
  readonly quotas: {
    list(options?: PageOptions): Page<Quota>;
    listStatus(options?: PageOptions): Page<QuotaStatus>;
    get(id: string): Quota;
    getStatus(id: string): QuotaStatus;
    create(id: string, limit: string): Quota;
    update(id: string, limit: string): Quota;
    remove(id: string): void;
  };
  /** Jobs advance only through `step`; call it in a later turn while it returns true. */
  readonly treeDelete: {
    create(caller: Caller, ref: Ref): TreeDeleteJob;
    list(): TreeDeleteJob[];
    get(id: string): TreeDeleteJob;
    cancel(id: string): void;
    restart(id: string): void;
    /** Removes up to `budget` objects; true while there is more to do. */
    step(budget?: number): boolean;
  };

  // ---- snapshots. The HTTP side checks PRIVILEGE_SNAPSHOT_*.
  readonly snapshots: {
    create(request: SnapshotCreate): Snapshot;
    list(): Snapshot[];
    get(id: number): Snapshot;
    modify(id: number, change: SnapshotModify): Snapshot;
    delete(id: number): void;
    lock(id: number, lockKey: string): Snapshot;
    unlock(id: number): Snapshot;
    treeDiff(newer: number, older: number, options?: PageOptions): Page<TreeDiffEntry>;
    fileDiff(newer: number, older: number, ref: Ref, options?: PageOptions): Page<FileDiffRegion>;
    fileOperations(newer: number, older: number, ref: Ref, options?: PageOptions): Page<FileDiffOperation>;
    totalUsedCapacity(): string;
  };

  /** Every change, in order, synchronously; returns the way to stop. Costs only while somebody listens. */
  onChange(listener: (event: ChangeEvent) => void): () => void;

  /** The whole tree for `FileSystem.restore` in the same process; the old object must not be used afterwards. */
  serialize(): FsState;
};

/** Opaque. */
export type FsState = { readonly kind: 'qumulo-emulator-fs-state' };
