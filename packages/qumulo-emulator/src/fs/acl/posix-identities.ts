/** Identities without a directory of users: POSIX numbers, a few fixed local ids. The identity side has the real ones. */
import { canonicalAuthId } from '../numbers.ts';
import { creatorGroup, creatorOwner, everyone, fileGroup, fileOwner, ownerRights } from './acl.ts';
import type { FsIdentity, Identities, Trustee, TrusteeDomain } from './types.ts';

const uidBase = 3n << 32n;
const gidBase = 4n << 32n;
const span = 1n << 32n;

const local: Record<string, string> = {
  '500': 'admin',
  '501': 'guest',
  '512': 'Administrators',
  '513': 'Users',
  '514': 'Guests',
};

const named: Record<string, { domain: TrusteeDomain; name: string; sid: string | null }> = {
  [everyone]: { domain: 'WORLD', name: 'Everyone', sid: 'S-1-1-0' },
  [fileOwner]: { domain: 'API_INTERNAL_DOMAIN', name: 'File Owner', sid: null },
  [fileGroup]: { domain: 'API_INTERNAL_DOMAIN', name: 'File Group Owner', sid: null },
  [creatorOwner]: { domain: 'API_CREATOR_DOMAIN', name: 'Creator Owner', sid: 'S-1-3-0' },
  [creatorGroup]: { domain: 'API_CREATOR_DOMAIN', name: 'Creator Group', sid: 'S-1-3-1' },
  [ownerRights]: { domain: 'API_CREATOR_DOMAIN', name: 'Owner Rights', sid: 'S-1-3-4' },
};

/** uid and gid that an auth_id stands for (FACTS 4, owner row). */
export const posixNumbers = (authId: string): { uid: number | null; gid: number | null } => {
  const value = BigInt(authId);
  if (value >= uidBase && value < gidBase) return { uid: Number(value - uidBase), gid: null };
  if (value >= gidBase && value < gidBase + span) return { uid: null, gid: Number(value - gidBase) };
  return { uid: null, gid: null };
};

export const authIdOfUid = (uid: number): string => (uidBase + BigInt(uid)).toString();
export const authIdOfGid = (gid: number): string => (gidBase + BigInt(gid)).toString();

const described = new Map<string, FsIdentity>();

const describe = (authId: string, as: 'owner' | 'group'): FsIdentity => {
  const key = `${as}${authId}`;
  let identity = described.get(key);
  if (identity === undefined) {
    identity = freshDescription(authId, as);
    described.set(key, identity);
  }
  return identity;
};

const freshDescription = (authId: string, as: 'owner' | 'group'): FsIdentity => {
  const { uid, gid } = posixNumbers(authId);
  if (uid !== null) return { id_type: 'NFS_UID', id_value: String(uid) };
  if (gid !== null) return { id_type: 'NFS_GID', id_value: String(gid) };
  const name = local[authId];
  if (name !== undefined) return { id_type: as === 'owner' ? 'LOCAL_USER' : 'LOCAL_GROUP', id_value: name };
  return { id_type: 'INTERNAL', id_value: named[authId]?.name ?? authId };
};

const keyOf = (record: Record<string, string>, value: string): string | undefined =>
  Object.keys(record).find((key) => record[key]?.toLowerCase() === value.toLowerCase());

const fromDetails = (details: FsIdentity): string | undefined => {
  switch (details.id_type) {
    case 'NFS_UID':
    case 'NFS_GID': {
      const number = Number(details.id_value);
      if (!Number.isInteger(number) || number < 0 || number >= Number(span)) return undefined;
      return details.id_type === 'NFS_UID' ? authIdOfUid(number) : authIdOfGid(number);
    }
    case 'LOCAL_USER':
    case 'LOCAL_GROUP':
      return keyOf(local, details.id_value);
    case 'INTERNAL':
    case 'SMB_SID':
    case 'QUMULO_OPERATOR':
      return Object.keys(named).find(
        (id) => named[id]?.name === details.id_value || named[id]?.sid === details.id_value,
      );
    default:
      return undefined;
  }
};

const trustee = (authId: string): Required<Trustee> => {
  const known = named[authId];
  if (known !== undefined) return { ...known, auth_id: authId, uid: null, gid: null };
  const { uid, gid } = posixNumbers(authId);
  const domain: TrusteeDomain = uid !== null ? 'POSIX_USER' : gid !== null ? 'POSIX_GROUP' : 'LOCAL';
  return { domain, auth_id: authId, uid, gid, sid: null, name: local[authId] ?? null };
};

const fromTrustee = (given: Trustee): string | undefined => {
  if (given.auth_id !== undefined && given.auth_id !== null) return canonicalAuthId(given.auth_id);
  if (given.uid !== undefined && given.uid !== null) return authIdOfUid(given.uid);
  if (given.gid !== undefined && given.gid !== null) return authIdOfGid(given.gid);
  const found = Object.keys(named).find(
    (id) =>
      (typeof given.sid === 'string' && named[id]?.sid === given.sid) ||
      (typeof given.name === 'string' && named[id]?.name === given.name),
  );
  return found ?? (typeof given.name === 'string' ? keyOf(local, given.name) : undefined);
};

export const posixIdentities: Identities = { describe, fromDetails, trustee, fromTrustee };
