import type {
  AuthenticationMode,
  ExportRestriction,
  MappedIdentity,
  NfsExport,
  UserMapping,
} from '../cluster/nfs-exports.ts';
import { array, boolean, type Decoder, object, oneOf, optional, string } from '../http/decode.ts';
import { fsIdentity } from './identity-body.ts';

const userMappings = ['NFS_MAP_NONE', 'NFS_MAP_ROOT', 'NFS_MAP_ALL'] as const satisfies readonly UserMapping[];
const modes = [
  'AUTHENTICATION_MODE_NONE',
  'AUTHENTICATION_MODE_KRB5',
  'AUTHENTICATION_MODE_KRB5I',
  'AUTHENTICATION_MODE_KRB5P',
] as const satisfies readonly AuthenticationMode[];

/** `{}` is what some clients send for nobody. */
const mapped: Decoder<MappedIdentity | null> = (value, field) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? null : fsIdentity(value, field);

const sentRestriction = object({
  host_restrictions: optional(array(string)),
  read_only: optional(boolean),
  require_privileged_port: optional(boolean),
  required_authentication_mode: optional(oneOf(modes)),
  user_mapping: optional(oneOf(userMappings)),
  map_to_user: optional(mapped),
  map_to_group: optional(mapped),
});

/** A restriction as sent: three keys suffice (FACTS 13). */
export const restriction: Decoder<ExportRestriction> = (value, field) => {
  const sent = sentRestriction(value, field);
  return {
    host_restrictions: sent.host_restrictions ?? [],
    read_only: sent.read_only ?? false,
    require_privileged_port: sent.require_privileged_port ?? false,
    required_authentication_mode: sent.required_authentication_mode ?? 'AUTHENTICATION_MODE_NONE',
    user_mapping: sent.user_mapping ?? 'NFS_MAP_NONE',
    map_to_user: sent.map_to_user ?? null,
    map_to_group: sent.map_to_group ?? null,
  };
};

/** The client of FACTS 14 knows `ALL`, the SDK `NONE`. */
export const presentAs32Bit = array(oneOf(['FILE_IDS', 'FILE_SIZES', 'FS_SIZE', 'ALL', 'NONE']));

/** v2 of the API: no tenant (FACTS 14). */
export const exportV2 = (found: NfsExport) => ({
  id: found.id,
  export_path: found.exportPath,
  fs_path: found.fsPath,
  description: found.description,
  restrictions: found.restrictions.map((rest) => ({ ...rest, host_restrictions: [...rest.host_restrictions] })),
  fields_to_present_as_32_bit: [...found.fieldsToPresentAs32Bit],
});

export const exportV3 = (found: NfsExport) => ({
  ...exportV2(found),
  tenant_id: found.tenantId,
});
