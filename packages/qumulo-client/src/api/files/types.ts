/** Kinds of file-system objects. */
export type FileType =
  | 'FS_FILE_TYPE_FILE'
  | 'FS_FILE_TYPE_DIRECTORY'
  | 'FS_FILE_TYPE_SYMLINK'
  | 'FS_FILE_TYPE_UNIX_PIPE'
  | 'FS_FILE_TYPE_UNIX_CHARACTER_DEVICE'
  | 'FS_FILE_TYPE_UNIX_BLOCK_DEVICE'
  | 'FS_FILE_TYPE_UNIX_SOCKET';

/** A retention lock as the cluster holds it (FACTS 5). */
export interface FileLock {
  legal_hold: boolean;
  /** RFC 3339 UTC, with or without a fraction; null = none. */
  retention_period: string | null;
}

/** Who owns a file, readable. */
export interface FileIdentity {
  id_type: 'LOCAL_USER' | 'LOCAL_GROUP' | 'NFS_GID' | 'NFS_UID' | 'SMB_SID' | 'INTERNAL' | 'QUMULO_OPERATOR';
  id_value: string;
}

/** The SMB flags of a file. Older releases lack some. */
export interface ExtendedAttributes {
  read_only?: boolean;
  hidden?: boolean;
  system?: boolean;
  archive?: boolean;
  temporary?: boolean;
  compressed?: boolean;
  not_content_indexed?: boolean;
  sparse_file?: boolean;
  offline?: boolean;
}

/**
 * Attributes of a file, directory or other object (FACTS 4). Ids and sizes are decimal strings, since they may exceed
 * 2^53; times are RFC 3339 with up to nine digits of fraction, trailing zeros dropped. Keys that a later release adds
 * are there at run time.
 */
export interface FileAttributes {
  /** Absolute; directories end in `/`. */
  path: string;
  name: string;
  id: string;
  /** Same value as `id`. */
  file_number: string;
  type: FileType;
  /** Bytes, decimal. */
  size: string;
  num_links: number;
  /** 0 on files. */
  child_count: number;
  /** Four octal digits, `"0644"`. */
  mode: string;
  /** auth_id, decimal. */
  owner: string;
  owner_details: FileIdentity;
  /** auth_id, decimal. */
  group: string;
  group_details: FileIdentity;
  blocks: string;
  datablocks: string;
  metablocks: string;
  access_time: string;
  modification_time: string;
  change_time: string;
  creation_time: string;
  /** Counts changes of the data; null on directories and before release 6.3.1. */
  data_revision: string | null;
  user_metadata_revision?: string;
  extended_attributes: ExtendedAttributes;
  major_minor_numbers?: { major: number; minor: number };
  symlink_target_type?: 'FS_FILE_TYPE_UNKNOWN' | 'FS_FILE_TYPE_FILE' | 'FS_FILE_TYPE_DIRECTORY';
  directory_entry_hash_policy?: 'FS_DIRECTORY_HASH_VERSION_LOWER' | 'FS_DIRECTORY_HASH_VERSION_FOLDED' | null;
  /** Only in answers of `patchFileLock` and of `getAttributes` with `retrieveFileLock`. */
  lock?: FileLock | null;
}

/** What `setAttributes` can change; absent keys stay as they are (FACTS 4). */
export interface AttributesPatch {
  mode?: string;
  owner?: string;
  owner_details?: FileIdentity;
  group?: string;
  group_details?: FileIdentity;
  size?: string;
  access_time?: string;
  modification_time?: string;
  change_time?: string;
  creation_time?: string;
  extended_attributes?: ExtendedAttributes;
}
