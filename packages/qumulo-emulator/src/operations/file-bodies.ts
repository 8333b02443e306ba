import type { AceFlag, AceRight, AclControl, AclV1, AclV2, SpecialPermission } from '../fs/acl/types.ts';
import type { FileType, SymlinkTargetType } from '../fs/api.ts';
import { array, boolean, decimal, integer, nullable, object, oneOf, optional, string } from '../http/decode.ts';
import { fsIdentity, identityFields } from './identity-body.ts';

/** Request bodies of the file operations. */

const fileTypes = [
  'FS_FILE_TYPE_FILE',
  'FS_FILE_TYPE_DIRECTORY',
  'FS_FILE_TYPE_SYMLINK',
  'FS_FILE_TYPE_UNIX_PIPE',
  'FS_FILE_TYPE_UNIX_CHARACTER_DEVICE',
  'FS_FILE_TYPE_UNIX_BLOCK_DEVICE',
  'FS_FILE_TYPE_UNIX_SOCKET',
] as const satisfies readonly FileType[];

const symlinkTargetTypes = [
  'FS_FILE_TYPE_UNKNOWN',
  'FS_FILE_TYPE_FILE',
  'FS_FILE_TYPE_DIRECTORY',
] as const satisfies readonly SymlinkTargetType[];

export const createEntry = object({
  name: string,
  action: oneOf(['CREATE_FILE', 'CREATE_DIRECTORY', 'CREATE_SYMLINK', 'CREATE_LINK', 'CREATE_UNIX_FILE', 'RENAME']),
  old_path: optional(string),
  clobber: optional(boolean),
  symlink_target_type: optional(oneOf(symlinkTargetTypes)),
  unix_file_type: optional(oneOf(fileTypes)),
  major_minor_numbers: optional(object({ major: optional(integer), minor: optional(integer) })),
});

export const attributesPatch = object({
  mode: optional(string),
  owner: optional(decimal),
  owner_details: optional(fsIdentity),
  group: optional(decimal),
  group_details: optional(fsIdentity),
  size: optional(decimal),
  creation_time: optional(string),
  access_time: optional(string),
  modification_time: optional(string),
  change_time: optional(string),
  extended_attributes: optional(
    object({
      read_only: optional(boolean),
      hidden: optional(boolean),
      system: optional(boolean),
      archive: optional(boolean),
      temporary: optional(boolean),
      compressed: optional(boolean),
      not_content_indexed: optional(boolean),
      sparse_file: optional(boolean),
      offline: optional(boolean),
    }),
  ),
});

/** An absent key leaves its half alone; a null retention period is not the same (FACTS 5). */
export const fileLockPatch = object({ retention_period: nullable(string), legal_hold: optional(boolean) });

export const copyChunk = object({
  source_id: optional(decimal),
  source_path: optional(string),
  source_stream_id: optional(decimal),
  source_snapshot: optional(integer),
  source_offset: optional(decimal),
  target_offset: optional(decimal),
  length: optional(decimal),
  source_etag: optional(string),
});

const aceFlags = [
  'OBJECT_INHERIT',
  'CONTAINER_INHERIT',
  'NO_PROPAGATE_INHERIT',
  'INHERIT_ONLY',
  'INHERITED',
] as const satisfies readonly AceFlag[];

const aceRights = [
  'READ',
  'READ_EA',
  'READ_ATTR',
  'READ_ACL',
  'WRITE_EA',
  'WRITE_ATTR',
  'WRITE_ACL',
  'CHANGE_OWNER',
  'WRITE_GROUP',
  'DELETE',
  'EXECUTE',
  'MODIFY',
  'EXTEND',
  'ADD_FILE',
  'ADD_SUBDIR',
  'DELETE_CHILD',
  'SYNCHRONIZE',
] as const satisfies readonly AceRight[];

const aclHead = {
  control: array(
    oneOf(['PRESENT', 'DEFAULTED', 'TRUSTED', 'AUTO_INHERIT', 'PROTECTED'] as const satisfies AclControl[]),
  ),
  posix_special_permissions: array(oneOf(['STICKY_BIT', 'SET_GID', 'SET_UID'] as const satisfies SpecialPermission[])),
};
const aceHead = {
  type: oneOf(['ALLOWED', 'DENIED']),
  flags: array(oneOf(aceFlags)),
  rights: array(oneOf(aceRights)),
};

/** FACTS 4: every ACE needs `flags` and `rights`, the body `control` and `posix_special_permissions`. */
export const aclV2 = (value: unknown, field: string): AclV2 =>
  object({ ...aclHead, aces: array(object({ ...aceHead, trustee: identityFields })) })(value, field);

/** v1: the trustee is a bare auth id. */
export const aclV1 = (value: unknown, field: string): AclV1 =>
  object({ ...aclHead, aces: array(object({ ...aceHead, trustee: decimal })) })(value, field);
