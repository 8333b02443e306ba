import { type ErrorChoice, unknownErrors } from '../unknowns.ts';

/**
 * Errors of the cluster's own objects (exports, keys, policies, tenants' settings), one named function each. Statuses and
 * classes as FACTS 2.2 gives them; where it gives none, the pattern of its neighbours.
 */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly status: number;
  readonly errorClass: string;

  constructor(status: number, errorClass: string, description: string) {
    super(description);
    this.status = status;
    this.errorClass = errorClass;
  }
}

const chosen = (choice: ErrorChoice, description: string): ClusterError =>
  new ClusterError(choice.status, choice.errorClass, description);

/** FACTS 2.2: seen, by id and by path. */
export const exportNotFound = (ref: string): ClusterError =>
  new ClusterError(404, 'nfs_export_doesnt_exist_error', `No NFS export has the id or path ${ref}`);
export const exportPathTaken = (path: string): ClusterError =>
  new ClusterError(409, 'nfs_export_already_exists_error', `Another NFS export has the path ${path}`);
export const badExportPath = (path: string): ClusterError =>
  new ClusterError(400, 'nfs_export_invalid_path_error', `An export path starts with '/': ${JSON.stringify(path)}`);

export const tenantNotFound = (id: number): ClusterError =>
  chosen(unknownErrors.tenantNotFound, `No tenant has the id ${id}`);
export const tenantNameTaken = (name: string): ClusterError =>
  chosen(unknownErrors.tenantNameTaken, `Another tenant is named ${name}`);
/** That a network belongs to one tenant at most, that a tenant with networks or the last one stays: SDK commands/multitenancy.py. */
export const networkTaken = (id: number): ClusterError =>
  chosen(unknownErrors.networkTaken, `Network ${id} is assigned to another tenant`);
export const tenantHasNetworks = (id: number): ClusterError =>
  chosen(unknownErrors.tenantInUse, `Tenant ${id} still has networks; unassign them first`);
export const lastTenant = (): ClusterError => chosen(unknownErrors.tenantInUse, 'The last tenant cannot be deleted');
/** Classes documented by qq, status [I] (FACTS 2.2). */
export const noNfsSettings = (tenantId: number): ClusterError =>
  new ClusterError(
    404,
    'api_nfs_tenant_settings_do_not_exist_error',
    `Tenant ${tenantId} has no NFS settings of its own`,
  );
export const noSmbSettings = (tenantId: number): ClusterError =>
  new ClusterError(
    404,
    'api_multitenancy_smb_tenant_settings_do_not_exist_error',
    `Tenant ${tenantId} has no SMB settings of its own`,
  );

export const shareNotFound = (id: string): ClusterError =>
  chosen(unknownErrors.shareNotFound, `No SMB share has the id ${id}`);
export const shareNameTaken = (name: string): ClusterError =>
  chosen(unknownErrors.shareNameTaken, `Another SMB share of this tenant is named ${name}`);
export const badShareName = (name: string): ClusterError =>
  chosen(unknownErrors.badShareName, `Not a name for a share: ${JSON.stringify(name)}`);
export const badSharePath = (path: string): ClusterError =>
  chosen(unknownErrors.badSharePath, `The path of a share starts with '/': ${JSON.stringify(path)}`);

export const auditDestinationNotFound = (id: number): ClusterError =>
  chosen(unknownErrors.auditDestinationNotFound, `No audit log destination has the id ${id}`);

export const keyNotFound = (ref: string): ClusterError =>
  new ClusterError(404, 'fs_security_key_not_found_error', `No key in the key store has the id or name ${ref}`);
export const keyNameTaken = (name: string): ClusterError =>
  new ClusterError(409, 'fs_security_key_exists_error', `Another key is named ${name}`);
export const keyInUse = (name: string): ClusterError =>
  new ClusterError(409, 'fs_security_key_in_use_error', `Key ${name} locks a snapshot or policy`);
export const keyDisabled = (name: string): ClusterError =>
  new ClusterError(400, 'fs_security_key_disabled_error', `Key ${name} is disabled`);
export const badKey = (text: string): ClusterError => new ClusterError(400, 'fs_security_key_invalid_error', text);
export const badSignature = (): ClusterError =>
  new ClusterError(
    403,
    'fs_security_key_bad_signature_error',
    'The signature does not match the key and the challenge',
  );

export const policyNotFound = (id: string): ClusterError =>
  new ClusterError(404, 'snapshot_policy_not_found_error', `No snapshot policy has the id ${id}`);
export const policyNameTaken = (name: string): ClusterError =>
  new ClusterError(409, 'snapshot_policy_name_exists_error', `Another snapshot policy is named ${name}`);

export const handleNotFound = (location: string): ClusterError =>
  new ClusterError(404, 'smb_file_handle_not_found_error', `No open file at location ${location}`);
export const sessionNotFound = (location: string): ClusterError =>
  new ClusterError(404, 'smb_session_not_found_error', `No SMB session at location ${location}`);
export const lockPairUnknown = (protocol: string, type: string): ClusterError =>
  new ClusterError(404, 'http_not_found_error', `There are no ${protocol} locks of type ${type}`);
export const lockNotFound = (): ClusterError => new ClusterError(404, 'fs_no_such_lock_error', 'No such lock is held');

/** `If-Match` does not match (FACTS 2.2: 412 documented, class UNKNOWN). */
export const staleVersion = (): ClusterError =>
  chosen(unknownErrors.staleVersion, 'The resource has changed since its ETag was read');
