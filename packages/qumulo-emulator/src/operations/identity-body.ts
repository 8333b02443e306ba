import type { TrusteeDomain } from '../fs/acl/types.ts';
import type { FsIdentity } from '../fs/api.ts';
import { type Decoder, integer, object, oneOf, optional, string } from '../http/decode.ts';

const domains = [
  'LOCAL',
  'API_NULL_DOMAIN',
  'WORLD',
  'POSIX_USER',
  'POSIX_GROUP',
  'ACTIVE_DIRECTORY',
  'API_INVALID_DOMAIN',
  'API_RESERVED_DOMAIN',
  'API_INTERNAL_DOMAIN',
  'API_OPERATOR_DOMAIN',
  'API_CREATOR_DOMAIN',
] as const satisfies readonly TrusteeDomain[];

const domain: Decoder<TrusteeDomain | null> = (value, field) => (value === '' ? null : oneOf(domains)(value, field));

const sizeOrText: Decoder<string> = (value, field) =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : string(value, field);

/** Any keys of an identity: `domain auth_id uid gid sid name` (FACTS 8). A bare string is refused (FACTS 4). */
export const identityFields = object({
  domain: optional(domain),
  auth_id: optional(sizeOrText),
  uid: optional(integer),
  gid: optional(integer),
  sid: optional(string),
  name: optional(string),
});

const fsIdentityTypes = [
  'LOCAL_USER',
  'LOCAL_GROUP',
  'NFS_GID',
  'NFS_UID',
  'SMB_SID',
  'INTERNAL',
  'QUMULO_OPERATOR',
] as const satisfies readonly FsIdentity['id_type'][];

/** `owner_details` and the like; `id_value` is a string, and a number is taken too. */
export const fsIdentity = object({ id_type: oneOf(fsIdentityTypes), id_value: sizeOrText });
