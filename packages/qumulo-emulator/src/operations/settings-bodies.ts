import { SMB_DIALECTS } from '../cluster/protocol-settings.ts';
import { array, boolean, type Decoder, object, nullable, oneOf, optional, string } from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';

/** Bodies of the settings of NFS and SMB: of the cluster, and of single tenants. */

const nfs = {
  v4_enabled: boolean,
  krb5_enabled: boolean,
  krb5i_enabled: boolean,
  krb5p_enabled: boolean,
  auth_sys_enabled: boolean,
};

/** PUT for a tenant: `idmap_domain` may be null, and is always sent (SDK rest/multitenancy_nfs.py). */
export const wholeNfsSettings = object({ ...nfs, idmap_domain: nullable(string) });

export const partialNfsSettings = object({
  v4_enabled: optional(boolean),
  krb5_enabled: optional(boolean),
  krb5i_enabled: optional(boolean),
  krb5p_enabled: optional(boolean),
  auth_sys_enabled: optional(boolean),
  idmap_domain: nullable(string),
});

const dialect = oneOf(SMB_DIALECTS);
/** qq refuses doubles itself; here they are an error too. */
const dialects: Decoder<(typeof SMB_DIALECTS)[number][]> = (value, field) => {
  const sent = array(dialect)(value, field);
  if (new Set(sent).size !== sent.length) throw decodeError(`field '${field}': a dialect is there twice`);
  return sent;
};

const encryption = oneOf(['NONE', 'PREFERRED', 'REQUIRED']);
const snapshotDirectory = oneOf(['VISIBLE', 'HIDDEN', 'DISABLED']);

export const wholeSmbSettings = object({
  session_encryption: encryption,
  supported_dialects: dialects,
  hide_shares_from_unauthorized_hosts: boolean,
  hide_shares_from_unauthorized_users: boolean,
  snapshot_directory_mode: snapshotDirectory,
  bypass_traverse_checking: boolean,
  signing_required: boolean,
});

export const partialSmbSettings = object({
  session_encryption: optional(encryption),
  supported_dialects: optional(dialects),
  hide_shares_from_unauthorized_hosts: optional(boolean),
  hide_shares_from_unauthorized_users: optional(boolean),
  snapshot_directory_mode: optional(snapshotDirectory),
  bypass_traverse_checking: optional(boolean),
  signing_required: optional(boolean),
});
