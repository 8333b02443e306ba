import type { Cluster } from '../cluster/cluster.ts';
import type { SmbOpen } from '../cluster/protocol-clients.ts';
import type { ShareNetworkPermission, SharePermission, ShareRight, SmbShare } from '../cluster/smb-shares.ts';
import type { Caller } from '../fs/api.ts';
import type { User } from '../identity/accounts.ts';
import { ADMIN_USER } from '../identity/auth-id.ts';
import { isAmong } from './hosts.ts';
import { ClientRefused, type ClientRequest, DEFAULT_ADDRESS } from './request.ts';
import type { Entrance } from './tree.ts';

/** The local user that a client logs in as. */
export function userOf({ identity }: Cluster, name: string | undefined): User {
  const user = name === undefined ? identity.accounts.user(ADMIN_USER) : identity.accounts.userNamed(name);
  if (user === undefined) throw new ClientRefused('not-allowed', `There is no user ${name}`);
  return user;
}

/** An SMB client that connects to a share now. */
export function throughShare(cluster: Cluster, request: ClientRequest, tenantId: number): Entrance {
  const name = request.share ?? 'Files';
  return enterShare(cluster, {
    tenantId,
    name,
    user: userOf(cluster, request.user),
    address: request.address ?? DEFAULT_ADDRESS,
  });
}

interface Visitor {
  readonly tenantId: number;
  /** Of the share. */
  readonly name: string;
  readonly user: User;
  readonly address: string;
}

function enterShare(cluster: Cluster, { tenantId, name, user, address }: Visitor): Entrance {
  demandSmb(cluster, tenantId);
  const share = cluster.shares.named(name, tenantId);
  if (share === undefined) throw new ClientRefused('not-found', `Tenant ${tenantId} has no share ${name}`);
  const mayRead = isGranted(cluster, share, 'READ', user, address);
  const mayWrite = isGranted(cluster, share, 'WRITE', user, address);
  if (!mayRead && !mayWrite)
    throw new ClientRefused('not-allowed', `Share ${name} is not for ${user.name} at ${address}`);
  return { root: share.fsPath, caller: cluster.identity.callerOf(user), mayRead, mayWrite, name: `share ${name}` };
}

/**
 * A client that has a file open. Whether it keeps the access with which it opened it is UNKNOWN (`openSmbHandles`); it lives
 * as long as its handle and its session.
 */
export function throughHandle(cluster: Cluster, location: string): { open: SmbOpen; entrance: Entrance } {
  const open = cluster.clients.open(location);
  const session = open === undefined ? undefined : cluster.clients.session(open.sessionLocation);
  if (open === undefined || session === undefined)
    throw new ClientRefused('not-found', `No open file at location ${location}`);
  const { tenantId, originator: address } = session;
  const user = cluster.identity.accounts.users.get(open.owner);
  if (cluster.unknowns.openSmbHandles === 'follow-share' && user !== undefined)
    return { open, entrance: enterShare(cluster, { tenantId, name: open.shareName, user, address }) };
  demandSmb(cluster, tenantId);
  const caller: Caller =
    user === undefined ? { authId: open.owner, groupIds: [], privileges: new Set() } : cluster.identity.callerOf(user);
  const entrance = {
    root: '/',
    caller,
    mayRead: open.access.includes('READ'),
    mayWrite: open.access.includes('WRITE'),
    name: `open file ${location}`,
  };
  return { open, entrance };
}

function demandSmb(cluster: Cluster, tenantId: number): void {
  if (!cluster.smbIsOn(tenantId)) throw new ClientRefused('protocol-off', `SMB is off for tenant ${tenantId}`);
}

/** Both lists must grant it: where the client is caps who it is (FACTS 12). */
function isGranted(cluster: Cluster, share: SmbShare, right: ShareRight, user: User, address: string): boolean {
  const ids = cluster.identity.directory.authIdsOf(user);
  const byHost = (ace: ShareNetworkPermission) => isAmong(ace.address_ranges, address);
  const byUser = (ace: SharePermission) => ids.has(ace.authId);
  return firstSays(share.networkPermissions, right, byHost) && firstSays(share.permissions, right, byUser);
}

/** The first entry that is about this client and this right decides; none = no. */
function firstSays<A extends SharePermission | ShareNetworkPermission>(
  aces: readonly A[],
  right: ShareRight,
  isAbout: (ace: A) => boolean,
): boolean {
  return aces.find((ace) => ace.rights.includes(right) && isAbout(ace))?.type === 'ALLOWED';
}
