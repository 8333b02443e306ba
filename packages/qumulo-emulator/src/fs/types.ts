/** Shapes that go over the wire, and the options of operations. Times are RFC 3339 strings, ids and sizes decimal strings. */
import type { AclV2, FsIdentity } from './acl/types.ts';

export type FileType =
  | 'FS_FILE_TYPE_FILE'
  | 'FS_FILE_TYPE_DIRECTORY'
  | 'FS_FILE_TYPE_SYMLINK'
  | 'FS_FILE_TYPE_UNIX_PIPE'
  | 'FS_FILE_TYPE_UNIX_CHARACTER_DEVICE'
  | 'FS_FILE_TYPE_UNIX_BLOCK_DEVICE'
  | 'FS_FILE_TYPE_UNIX_SOCKET';

export type SymlinkTargetType = 'FS_FILE_TYPE_UNKNOWN' | 'FS_FILE_TYPE_FILE' | 'FS_FILE_TYPE_DIRECTORY';

export type ExtendedAttributes = {
  read_only: boolean;
  hidden: boolean;
  system: boolean;
  archive: boolean;
  temporary: boolean;
  compressed: boolean;
  not_content_indexed: boolean;
  sparse_file: boolean;
  offline: boolean;
};

export type MajorMinor = { major: number; minor: number };

export type LockState = { retention_period: string | null; legal_hold: boolean };

/** Wire shape of attributes. `lock` is there when asked for and in the answer of `modifyFileLock`. */
export type FileAttributes = {
  path: string;
  name: string;
  num_links: number;
  type: FileType;
  major_minor_numbers: MajorMinor;
  symlink_target_type: SymlinkTargetType;
  file_number: string;
  id: string;
  mode: string;
  owner: string;
  owner_details: FsIdentity;
  group: string;
  group_details: FsIdentity;
  blocks: string;
  datablocks: string;
  /** Blocks of the data before any reduction, from 7.9 on (FACTS 4); nothing is reduced here. */
  logical_datablocks: string;
  metablocks: string;
  size: string;
  access_time: string;
  modification_time: string;
  change_time: string;
  creation_time: string;
  child_count: number;
  extended_attributes: ExtendedAttributes;
  directory_entry_hash_policy: 'FS_DIRECTORY_HASH_VERSION_LOWER' | 'FS_DIRECTORY_HASH_VERSION_FOLDED' | null;
  data_revision: string | null;
  user_metadata_revision: string;
  lock?: LockState | null;
};

/** A value with the ETag of the file state it was read from; send `etag` back as `ifMatch`. Opaque, unquoted. */
export type Tagged<T> = { value: T; etag: string };

/** Value of an If-Match header; quotes, `W/` and `*` are understood. */
export type IfMatch = { ifMatch?: string | undefined };

/** Body of PATCH attributes: absent keys stay; keys that cannot be set are ignored (FACTS 14). */
export type AttributesPatch = {
  mode?: string | null;
  owner?: string | null;
  owner_details?: FsIdentity | null;
  group?: string | null;
  group_details?: FsIdentity | null;
  size?: string | null;
  creation_time?: string | null;
  access_time?: string | null;
  modification_time?: string | null;
  change_time?: string | null;
  extended_attributes?: Partial<Record<keyof ExtendedAttributes, boolean | null>> | null;
};

/** Body of POST entries/. */
export type CreateEntry = {
  name: string;
  action: 'CREATE_FILE' | 'CREATE_DIRECTORY' | 'CREATE_SYMLINK' | 'CREATE_LINK' | 'CREATE_UNIX_FILE' | 'RENAME';
  old_path?: string | null;
  clobber?: boolean | null;
  symlink_target_type?: SymlinkTargetType | null;
  unix_file_type?: FileType | null;
  major_minor_numbers?: Partial<MajorMinor> | null;
};

export type ListOptions = {
  snapshot?: number | undefined;
  /** token of the previous page's `next` */
  after?: string | undefined;
  limit?: number | undefined;
  smbPattern?: string | undefined;
  skipAtimeUpdate?: boolean | undefined;
  includeAcls?: boolean | undefined;
};

export type DirectoryPage = {
  path: string;
  id: string;
  child_count: number;
  files: FileAttributes[];
  file_acls?: { acl_pool: AclV2[]; acl_indices: (number | null)[] };
  /** token for `after`, null on the last page */
  next: string | null;
};

export type ReadOptions = {
  /** "0" or absent = default stream */
  streamId?: string | undefined;
  snapshot?: number | undefined;
  offset?: number | undefined;
  length?: number | undefined;
  skipAtimeUpdate?: boolean | undefined;
};

/** Data of a range. `chunks()` yields at most 1 MiB at a time and stays as it was, whatever is written meanwhile. */
export type DataRead = { length: number; chunks(): Iterable<Uint8Array>; etag: string };

/** Bytes to store; the file system copies them. Several pieces are written as one change. */
export type Bytes = Uint8Array | readonly Uint8Array[];

export type WriteOptions = IfMatch & {
  streamId?: string | undefined;
  /** absent = replace everything (PUT); a number = write there (PATCH) */
  offset?: number | undefined;
};

export type StreamAttributes = { name: string; id: string; size: string; datablocks: string; data_revision: string };

/** Body of copy-chunk, and of its answer while there is more to copy. */
export type CopyChunk = {
  source_id?: string | null;
  source_path?: string | null;
  source_stream_id?: string | null;
  source_snapshot?: number | null;
  source_offset?: string | null;
  target_offset?: string | null;
  length?: string | null;
  source_etag?: string | null;
};

export type MetadataType = 'GENERIC' | 'S3' | 'WELL_KNOWN';
/** `value` is Base64. */
export type MetadataEntry = { type: MetadataType; key: string; value: string };

export type Aggregate = {
  name: string;
  type: FileType;
  id: string;
  capacity_usage: string;
  data_usage: string;
  meta_usage: string;
  num_files: string;
  num_directories: string;
  num_symlinks: string;
  num_other_objects: string;
  named_stream_data_usage: string;
  num_named_streams: string;
};

export type DirectoryAggregates = {
  path: string;
  id: string;
  files: Aggregate[];
  total_capacity: string;
  total_data: string;
  total_named_stream_data: string;
  total_meta: string;
  total_files: string;
  total_directories: string;
  total_symlinks: string;
  total_other_objects: string;
  total_named_streams: string;
};

export type AggregateOrder =
  | 'total_blocks'
  | 'total_datablocks'
  | 'total_named_stream_datablocks'
  | 'total_metablocks'
  | 'total_files'
  | 'total_directories'
  | 'total_symlinks'
  | 'total_other'
  | 'total_named_streams';

export type SampleBy = 'capacity' | 'data' | 'file' | 'named_streams';
/** UNKNOWN shape (the SDK prints it unread). */
export type FileSample = {
  id: string;
  name: string;
  type: FileType;
  capacity_usage: string;
  data_usage: string;
  size: string;
};

export type Quota = { id: string; limit: string };
export type QuotaStatus = { id: string; path: string; limit: string; capacity_usage: string };

export type TreeDeleteJob = {
  id: string;
  create_time: string;
  mode: 'IN_PLACE';
  initial_path: string;
  initial_capacity: string;
  initial_directories: string;
  initial_files: string;
  remaining_capacity: string;
  remaining_directories: string;
  remaining_files: string;
  last_error_message: string | null;
};

/** v3 shape of a snapshot. `expiration` null = never (the v2 wire says ""). */
export type Snapshot = {
  id: number;
  /** `<id>_<name>`: v3 `name`, v2 `directory_name` */
  directory_name: string;
  /** name as given: v2 `name` */
  given_name: string;
  timestamp: string;
  source_file_id: string;
  source_file_path: string;
  policy_id: number | null;
  policy_name: string | null;
  expiration: string | null;
  in_delete: boolean;
  lock_key: string | null;
};

export type SnapshotCreate = {
  name: string;
  /** RFC 3339; "", null and absent = never */
  expiration?: string | null | undefined;
  /** e.g. `10minutes`; alternative to `expiration` */
  expirationTimeToLive?: string | undefined;
  source_file_id: string;
  policy?: { id: number; name: string } | undefined;
  lockKey?: string | undefined;
};

export type SnapshotModify = {
  name?: string | undefined;
  expiration?: string | null | undefined;
  expirationTimeToLive?: string | undefined;
};

export type Page<T> = { entries: T[]; next: string | null };
export type PageOptions = { after?: string | undefined; limit?: number | undefined };

export type TreeDiffEntry = { op: 'CREATE' | 'MODIFY' | 'DELETE'; path: string };
/** v2 per-file diff */
export type FileDiffRegion = { type: 'FILE_REGION_DATA' | 'FILE_REGION_HOLE'; offset: string; size: string };
/** v3 per-file diff */
export type FileDiffOperation = { op: 'CREATE' | 'MODIFY' | 'DELETE'; offset: string; size: string };

export type FsStats = {
  block_size_bytes: number;
  total_size_bytes: string;
  free_size_bytes: string;
  snapshot_size_bytes: string;
};

export type NotifyMode = 'ENABLED' | 'DISABLED_ERROR' | 'DISABLED_IGNORE';
export type PermissionsMode = 'NATIVE' | '_DEPRECATED_MERGED_V1' | 'CROSS_PROTOCOL' | 'CROSS_PROTOCOL_POSIX_PRIORITY';
export type AtimeSettings = { enabled: boolean; granularity: 'HOUR' | 'DAY' | 'WEEK' };

/** Settings that change how files behave. The HTTP side checks privileges and exposes them; assign to change. */
export type FsSettings = { notifyMode: NotifyMode; atime: AtimeSettings; permissionsMode: PermissionsMode };

export type Resolved = { id: string; path: string | null };
