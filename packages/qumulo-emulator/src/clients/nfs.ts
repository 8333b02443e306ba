import type { Cluster } from '../cluster/cluster.ts';
import type { ExportRestriction } from '../cluster/nfs-exports.ts';
import type { Caller } from '../fs/api.ts';
import { ADMIN_USER, authIdOfGid, authIdOfUid, GUEST_USER } from '../identity/auth-id.ts';
import { isAmong } from './hosts.ts';
import { ClientRefused, type ClientRequest, DEFAULT_ADDRESS } from './request.ts';
import type { Entrance } from './tree.ts';

/**
 * An NFS client (AUTH_SYS) through an export. Everything is asked anew at each request, as NFS does; that an export which
 * became read-only refuses at once is [I].
 */
export function throughExport(cluster: Cluster, request: ClientRequest, tenantId: number): Entrance {
  if (cluster.tenants.find(tenantId)?.config.nfs_enabled !== true)
    throw new ClientRefused('protocol-off', `NFS is off for tenant ${tenantId}`);
  if (!cluster.nfsSettings.effective(tenantId).auth_sys_enabled)
    throw new ClientRefused('not-allowed', 'AUTH_SYS is off');
  const path = request.export ?? '/';
  const found = cluster.exports.all().find((known) => known.exportPath === path && known.tenantId === tenantId);
  if (found === undefined) throw new ClientRefused('not-found', `Tenant ${tenantId} has no export ${path}`);
  const address = request.address ?? DEFAULT_ADDRESS;
  const rule = found.restrictions.find(({ host_restrictions: hosts }) => isAmong(hosts, address));
  if (rule === undefined) throw new ClientRefused('not-allowed', `Export ${path} is not for ${address}`);
  if (rule.required_authentication_mode !== 'AUTHENTICATION_MODE_NONE')
    throw new ClientRefused('not-allowed', `Export ${path} demands ${rule.required_authentication_mode}`);
  const caller = callerOf(cluster, rule, request);
  return { root: found.fsPath, caller, mayRead: true, mayWrite: !rule.read_only, name: `export ${path}` };
}

/** Squashed as the export says. Unmapped root may do everything ([I]: `no_root_squash`). */
function callerOf({ identity }: Cluster, rule: ExportRestriction, request: ClientRequest): Caller {
  const { uid = 0, gid = 0 } = request;
  if (rule.user_mapping === 'NFS_MAP_ALL' || (rule.user_mapping === 'NFS_MAP_ROOT' && uid === 0)) {
    const [user, group] = [rule.map_to_user, rule.map_to_group].map((mapped) =>
      mapped === null ? undefined : identity.directory.fromDetails(mapped),
    );
    return {
      authId: user ?? GUEST_USER,
      groupIds: group === undefined ? [] : [group],
      privileges: new Set(),
    };
  }
  if (uid === 0) return identity.callerOf(identity.accounts.user(ADMIN_USER));
  return { authId: authIdOfUid(uid), groupIds: [authIdOfGid(gid)], privileges: new Set() };
}
