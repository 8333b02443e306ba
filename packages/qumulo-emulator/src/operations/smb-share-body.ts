import {
  type CachingMode,
  type ShareFields,
  type ShareNetworkPermission,
  type SentShareRight,
  type SharePermission,
  type SmbShare,
  storedRights,
} from '../cluster/smb-shares.ts';
import type { Trustee } from '../fs/api.ts';
import {
  array,
  boolean,
  type DecodedFields,
  type Decoder,
  integer,
  object,
  oneOf,
  optional,
  string,
} from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';
import type { Call } from '../http/operation.ts';
import { identityFields } from './identity-body.ts';

const type = oneOf(['ALLOWED', 'DENIED']);
const rights = array(
  oneOf(['NONE', 'READ', 'WRITE', 'CHANGE_PERMISSIONS', 'ALL'] as const satisfies readonly SentShareRight[]),
);
const permission = object({ type, trustee: identityFields, rights });
const networkPermission = object({ type, address_ranges: optional(array(string)), rights });

/** Octal, as the CLI takes it. Terraform and older clients leave an empty one out; here it counts as absent too. */
const mode: Decoder<string> = (value, field) => {
  const text = string(value, field);
  if (!/^[0-7]{1,4}$/.test(text)) throw decodeError(`field '${field}': expected an octal mode such as 0644`);
  return text.padStart(4, '0');
};

const fields = {
  tenant_id: optional(integer),
  description: optional(string),
  permissions: optional(array(permission)),
  network_permissions: optional(array(networkPermission)),
  access_based_enumeration_enabled: optional(boolean),
  require_encryption: optional(boolean),
  allow_fs_path_create: optional(boolean),
  expand_fs_path_variables: optional(boolean),
  offline_files_caching_mode: optional(
    oneOf(['NO_CACHING', 'MANUAL_CACHING', 'AUTOMATIC_CACHING'] as const satisfies readonly CachingMode[]),
  ),
  default_file_create_mode: optional(mode),
  default_directory_create_mode: optional(mode),
  bytes_per_sector: optional(string),
};

export const wholeShare = object({ ...fields, share_name: string, fs_path: string });
export const partialShare = object({ ...fields, share_name: optional(string), fs_path: optional(string) });
export type SentShare = DecodedFields<typeof fields> & { share_name?: string; fs_path?: string };

/** What was sent, as the share keeps it. Trustees must be somebody: any one key of an identity names them (FACTS 14). */
export function shareFields({ cluster }: Call, sent: SentShare): ShareFields {
  const permissions = sent.permissions?.map((ace): SharePermission => {
    const { auth_id: authId } = cluster.identity.directory.find(ace.trustee);
    return { type: ace.type, authId: authId ?? '', rights: storedRights(ace.rights) };
  });
  const networkPermissions = sent.network_permissions?.map(
    (ace): ShareNetworkPermission => ({
      type: ace.type,
      address_ranges: ace.address_ranges ?? [],
      rights: storedRights(ace.rights),
    }),
  );
  return withoutAbsent({
    tenantId: sent.tenant_id,
    name: sent.share_name,
    fsPath: sent.fs_path,
    description: sent.description,
    permissions,
    networkPermissions,
    accessBasedEnumeration: sent.access_based_enumeration_enabled,
    requireEncryption: sent.require_encryption,
    allowFsPathCreate: sent.allow_fs_path_create,
    expandFsPathVariables: sent.expand_fs_path_variables,
    offlineFilesCachingMode: sent.offline_files_caching_mode,
    defaultFileCreateMode: sent.default_file_create_mode,
    defaultDirectoryCreateMode: sent.default_directory_create_mode,
    bytesPerSector: sent.bytes_per_sector,
  });
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(all: T): Present<T> {
  const present: Present<T> = { ...all };
  for (const key in present) if (present[key] === undefined) delete present[key];
  return present;
}

/** Trustees with or without their names: the list leaves them out unless they are asked for (UNKNOWN: how). */
export type NameTrustees = (authId: string) => Required<Trustee>;

const common = (share: SmbShare, trustee: NameTrustees) => ({
  id: share.id,
  share_name: share.name,
  fs_path: share.fsPath,
  description: share.description,
  permissions: share.permissions.map((ace) => ({
    type: ace.type,
    trustee: trustee(ace.authId),
    rights: [...ace.rights],
  })),
  network_permissions: share.networkPermissions.map((ace) => ({
    type: ace.type,
    address_ranges: [...ace.address_ranges],
    rights: [...ace.rights],
  })),
  access_based_enumeration_enabled: share.accessBasedEnumeration,
  default_file_create_mode: share.defaultFileCreateMode,
  default_directory_create_mode: share.defaultDirectoryCreateMode,
  require_encryption: share.requireEncryption,
});

/** v2 of the API: no tenant (FACTS 14). */
export const shareV2 = (share: SmbShare, trustee: NameTrustees) => ({
  ...common(share, trustee),
  bytes_per_sector: share.bytesPerSector,
});

export const shareV3 = (share: SmbShare, trustee: NameTrustees) => ({
  ...common(share, trustee),
  tenant_id: share.tenantId,
  allow_fs_path_create: share.allowFsPathCreate,
  expand_fs_path_variables: share.expandFsPathVariables,
  offline_files_caching_mode: share.offlineFilesCachingMode,
});
