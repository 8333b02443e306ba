/**
 * The arithmetic of auth ids: unsigned 64-bit decimals that stand for a user or group of any origin (FACTS 4).
 *
 * Local users and groups have small ids, which are also the last part of their SID. Numbers of NFS clients sit in ranges of
 * 2^32: `uid n = 3·2^32 + n`, `gid n = 4·2^32 + n`; Everyone is `2·2^32`; the creator and owner trustees sit at the top.
 */

export const ADMIN_USER = '500';
export const GUEST_USER = '501';
export const ADMINISTRATORS_GROUP = '512';
export const USERS_GROUP = '513';
export const GUESTS_GROUP = '514';
export const SYSTEM_USER = '1';
export const SYSTEM_GROUP = '2';

const RANGE = 1n << 32n;
const EVERYONE_BASE = 2n * RANGE;
const UID_BASE = 3n * RANGE;
const GID_BASE = 4n * RANGE;
/** Not from a source: where this emulator puts the SIDs of domains that it has never heard of. */
const FOREIGN_BASE = 16n * RANGE;

export const EVERYONE = String(EVERYONE_BASE);
export const AUTHENTICATED_USERS = String(EVERYONE_BASE + 11n);

/** SIDs that mean the same on every cluster, with the domain and the name that belongs to them. */
export const WELL_KNOWN: readonly WellKnown[] = [
  { authId: EVERYONE, sid: 'S-1-1-0', domain: 'WORLD', name: 'Everyone' },
  { authId: AUTHENTICATED_USERS, sid: 'S-1-5-11', domain: 'API_INTERNAL_DOMAIN', name: 'Authenticated Users' },
  { authId: String(0xffffffff00000000n), sid: 'S-1-3-0', domain: 'API_CREATOR_DOMAIN', name: 'Creator Owner' },
  { authId: String(0xffffffff00000001n), sid: 'S-1-3-1', domain: 'API_CREATOR_DOMAIN', name: 'Creator Group' },
  { authId: String(0xffffffff00000004n), sid: 'S-1-3-4', domain: 'API_CREATOR_DOMAIN', name: 'Owner Rights' },
  { authId: String(0xfffffffe00000001n), sid: null, domain: 'API_INTERNAL_DOMAIN', name: 'File Owner' },
  { authId: String(0xfffffffe00000002n), sid: null, domain: 'API_INTERNAL_DOMAIN', name: 'File Group Owner' },
  { authId: SYSTEM_USER, sid: null, domain: 'API_INTERNAL_DOMAIN', name: 'System' },
  { authId: SYSTEM_GROUP, sid: null, domain: 'API_INTERNAL_DOMAIN', name: 'System Group' },
];

export interface WellKnown {
  readonly authId: string;
  readonly sid: string | null;
  readonly domain: 'WORLD' | 'API_INTERNAL_DOMAIN' | 'API_CREATOR_DOMAIN';
  readonly name: string;
}

/** What the number alone says about an auth id. */
export type AuthIdKind =
  | { readonly kind: 'local'; readonly rid: number }
  | { readonly kind: 'uid'; readonly uid: number }
  | { readonly kind: 'gid'; readonly gid: number }
  | { readonly kind: 'well-known'; readonly entry: WellKnown }
  | { readonly kind: 'foreign' };

const wellKnownById = new Map(WELL_KNOWN.map((entry) => [entry.authId, entry]));

/** Throws `RangeError` unless the text is an unsigned 64-bit decimal. */
export function kindOfAuthId(authId: string): AuthIdKind {
  const entry = wellKnownById.get(authId);
  if (entry !== undefined) return { kind: 'well-known', entry };
  const number = /^\d{1,20}$/.test(authId) ? BigInt(authId) : -1n;
  if (number < 0n || number >= 1n << 64n) throw new RangeError(`Not an auth id: ${authId}`);
  if (number < RANGE) return { kind: 'local', rid: Number(number) };
  if (number >= UID_BASE && number < UID_BASE + RANGE) return { kind: 'uid', uid: Number(number - UID_BASE) };
  if (number >= GID_BASE && number < GID_BASE + RANGE) return { kind: 'gid', gid: Number(number - GID_BASE) };
  return { kind: 'foreign' };
}

export const authIdOfUid = (uid: number): string => String(UID_BASE + BigInt(uid));
export const authIdOfGid = (gid: number): string => String(GID_BASE + BigInt(gid));
export const foreignAuthId = (index: number): string => String(FOREIGN_BASE + BigInt(index));

export const sidOfUid = (uid: number): string => `S-1-5-88-1-${uid}`;
export const sidOfGid = (gid: number): string => `S-1-5-88-2-${gid}`;

/** The auth id that a SID has by arithmetic: NFS numbers, well-known SIDs, and RIDs of the cluster's own domain. */
export function authIdOfSid(sid: string, localDomainSid: string): string | undefined {
  const wellKnown = WELL_KNOWN.find((entry) => entry.sid === sid);
  if (wellKnown !== undefined) return wellKnown.authId;
  const posix = /^S-1-5-88-([12])-(\d{1,10})$/.exec(sid);
  if (posix !== null && Number(posix[2]) < 2 ** 32)
    return posix[1] === '1' ? authIdOfUid(Number(posix[2])) : authIdOfGid(Number(posix[2]));
  if (sid.startsWith(`${localDomainSid}-`)) {
    const rid = sid.slice(localDomainSid.length + 1);
    if (/^\d{1,10}$/.test(rid) && Number(rid) < 2 ** 32) return String(Number(rid));
  }
  return undefined;
}

export const isSid = (text: string): boolean => /^S-\d+-\d+(-\d+)+$/.test(text);

/** A number that fits the 32 bits of an NFS uid or gid. */
export const isPosixNumber = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 32;
