import type { FsIdentity, Identities, Trustee, TrusteeDomain } from '../fs/acl/types.ts';
import type { Accounts, User } from './accounts.ts';
import {
  authIdOfGid,
  authIdOfSid,
  authIdOfUid,
  foreignAuthId,
  isPosixNumber,
  isSid,
  kindOfAuthId,
  sidOfGid,
  sidOfUid,
  WELL_KNOWN,
} from './auth-id.ts';
import { identityNotFound, invalidIdentity } from './errors.ts';

/** An identity as answers carry it: all six keys, unknown ones null (FACTS 8). */
export type Identity = Required<Trustee>;

/** Answer of identity expansion. */
export interface ExpandedIdentity {
  readonly id: Identity;
  readonly type: 'USER' | 'GROUP' | 'UNKNOWN';
  readonly nfs_id: Identity | null;
  readonly smb_id: Identity | null;
  readonly equivalent_ids: readonly Identity[];
  readonly group_ids: readonly Identity[];
}

/** Finds users and groups of any origin, by any of their names; the file system's port to identities. */
export class Directory implements Identities {
  readonly localDomainSid: string;
  readonly #accounts: Accounts;
  readonly #foreignBySid = new Map<string, string>();
  readonly #foreignById = new Map<string, string>();

  constructor(accounts: Accounts, localDomainSid: string) {
    this.#accounts = accounts;
    this.localDomainSid = localDomainSid;
  }

  /** All that is known about an auth id. Throws `RangeError` when it is none. */
  trustee(authId: string): Identity {
    const known = kindOfAuthId(authId);
    switch (known.kind) {
      case 'uid':
        return identity('POSIX_USER', authId, { uid: known.uid, sid: sidOfUid(known.uid) });
      case 'gid':
        return identity('POSIX_GROUP', authId, { gid: known.gid, sid: sidOfGid(known.gid) });
      case 'well-known':
        return identity(known.entry.domain, authId, { sid: known.entry.sid, name: known.entry.name });
      case 'local': {
        const user = this.#accounts.users.get(authId);
        const group = this.#accounts.groups.get(authId);
        return identity('LOCAL', authId, {
          uid: user?.uid ?? null,
          gid: group?.gid ?? null,
          sid: this.sidOfLocal(authId),
          name: user?.name ?? group?.name ?? null,
        });
      }
      case 'foreign':
        break;
    }
    const sid = this.#foreignById.get(authId) ?? null;
    return identity(sid === null ? 'API_INVALID_DOMAIN' : 'ACTIVE_DIRECTORY', authId, { sid });
  }

  sidOfLocal(authId: string): string {
    return `${this.localDomainSid}-${authId}`;
  }

  /** The auth id that these keys stand for; undefined when they name nobody. Any one key suffices; `domain` narrows names. */
  fromTrustee(wanted: Trustee): string | undefined {
    if (isGiven(wanted.auth_id)) return this.#checkedAuthId(wanted.auth_id);
    if (isGiven(wanted.uid)) return isPosixNumber(wanted.uid) ? authIdOfUid(wanted.uid) : undefined;
    if (isGiven(wanted.gid)) return isPosixNumber(wanted.gid) ? authIdOfGid(wanted.gid) : undefined;
    if (isGiven(wanted.sid)) return this.#fromSid(wanted.sid);
    return isGiven(wanted.name) ? this.#fromName(wanted.name, wanted.domain ?? undefined) : undefined;
  }

  /** As `fromTrustee`, for calls that must find somebody: 400 when no key is given or two disagree, 404 when nobody is meant. */
  find(wanted: Trustee): Identity {
    const given = (['auth_id', 'uid', 'gid', 'sid', 'name'] as const).filter((key) => isGiven(wanted[key]));
    if (given.length === 0) throw invalidIdentity('Give one of auth_id, uid, gid, sid and name');
    const found = this.fromTrustee(wanted);
    if (found === undefined) throw identityNotFound(given.map((key) => `${key} ${String(wanted[key])}`).join(', '));
    for (const key of given) {
      const other = this.fromTrustee({ domain: wanted.domain ?? null, [key]: wanted[key] });
      if (other !== undefined && !this.#same(found, other))
        throw invalidIdentity(`The keys ${given.join(', ')} name different identities`);
    }
    return this.trustee(found);
  }

  /** As `find`, and local accounts must exist: for role members and token owners. */
  findExisting(wanted: Trustee): Identity {
    const found = this.find(wanted);
    if (found.domain === 'LOCAL' && found.name === null) throw identityNotFound(`auth_id ${found.auth_id}`);
    return found;
  }

  /** The display form that the SDK puts into queries: `name`, `uid:1001`, `auth_id:500`, a SID, `local:name` (FACTS 1). */
  fromDisplayForm(text: string): string | undefined {
    const colon = text.indexOf(':');
    const prefix = colon < 0 ? '' : text.slice(0, colon).toLowerCase();
    const rest = text.slice(colon + 1).trim();
    switch (prefix) {
      case 'uid':
      case 'gid':
        return /^\d{1,10}$/.test(rest) ? this.fromTrustee({ [prefix]: Number(rest) }) : undefined;
      case 'auth_id':
        return this.#checkedAuthId(rest);
      case 'sid':
        return this.#fromSid(rest);
      case 'local':
        return this.#fromName(rest, 'LOCAL');
      case 'name':
      case 'world':
      case 'ad':
      case 'ldap_user':
      case 'ldap_group':
        return this.#fromName(rest, undefined);
      default:
        return isSid(text) ? this.#fromSid(text) : this.#fromName(text, undefined);
    }
  }

  describe(authId: string, as: 'owner' | 'group'): FsIdentity {
    const known = kindOfAuthId(authId);
    if (known.kind === 'uid') return { id_type: 'NFS_UID', id_value: String(known.uid) };
    if (known.kind === 'gid') return { id_type: 'NFS_GID', id_value: String(known.gid) };
    if (known.kind === 'well-known') return { id_type: 'INTERNAL', id_value: known.entry.name };
    const user = this.#accounts.users.get(authId);
    const group = this.#accounts.groups.get(authId);
    if (user !== undefined && (as === 'owner' || group === undefined))
      return { id_type: 'LOCAL_USER', id_value: user.name };
    if (group !== undefined) return { id_type: 'LOCAL_GROUP', id_value: group.name };
    if (known.kind === 'local') return { id_type: 'SMB_SID', id_value: this.sidOfLocal(authId) };
    return { id_type: 'SMB_SID', id_value: this.#foreignById.get(authId) ?? `S-1-0-${authId}` };
  }

  fromDetails(details: FsIdentity): string | undefined {
    const { id_type: type, id_value: value } = details;
    switch (type) {
      case 'NFS_UID':
      case 'NFS_GID': {
        const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
        if (!isPosixNumber(number)) return undefined;
        return type === 'NFS_UID' ? authIdOfUid(number) : authIdOfGid(number);
      }
      case 'LOCAL_USER':
        return (this.#accounts.userNamed(value) ?? this.#accounts.users.get(value))?.id;
      case 'LOCAL_GROUP':
        return (this.#accounts.groupNamed(value) ?? this.#accounts.groups.get(value))?.id;
      case 'SMB_SID':
        return this.#fromSid(value);
      case 'INTERNAL':
        return WELL_KNOWN.find((entry) => entry.name === value)?.authId;
      case 'QUMULO_OPERATOR':
        break;
    }
    return undefined;
  }

  /** Every id of the same person, and their groups. Throws when nobody is meant. */
  expand(wanted: Trustee): ExpandedIdentity {
    const id = this.findExisting(wanted);
    const user = this.#userBehind(id);
    const group = this.#accounts.groups.get(id.auth_id ?? '') ?? this.#groupOfGid(id.gid);
    const local = user ?? group;
    const posix = user?.uid ?? group?.gid ?? null;
    const nfs =
      posix === null ? (id.domain?.startsWith('POSIX') === true ? id : null) : this.#posix(user !== undefined, posix);
    const smb = local === undefined ? (id.domain === 'ACTIVE_DIRECTORY' ? id : null) : this.trustee(local.id);
    return {
      id,
      type: typeOf(id, user !== undefined, group !== undefined),
      nfs_id: nfs,
      smb_id: smb,
      equivalent_ids: [id, nfs, smb].filter(isFirstOfItsId),
      group_ids: user === undefined ? [] : this.#accounts.groupsOf(user).map((member) => this.trustee(member.id)),
    };
  }

  /** All auth ids under which roles may have been given to this user: the user, the uid, all groups and their gids. */
  authIdsOf(user: User): ReadonlySet<string> {
    const ids = new Set([user.id]);
    if (user.uid !== null) ids.add(authIdOfUid(user.uid));
    for (const group of this.#accounts.groupsOf(user)) {
      ids.add(group.id);
      if (group.gid !== null) ids.add(authIdOfGid(group.gid));
    }
    for (const { authId, sid } of WELL_KNOWN) if (sid === 'S-1-1-0' || sid === 'S-1-5-11') ids.add(authId);
    return ids;
  }

  #posix(isUser: boolean, number: number): Identity {
    return this.trustee(isUser ? authIdOfUid(number) : authIdOfGid(number));
  }

  #userBehind(id: Identity): User | undefined {
    const user = this.#accounts.users.get(id.auth_id ?? '');
    if (user !== undefined || id.uid === null) return user;
    return [...this.#accounts.users.values()].find((candidate) => candidate.uid === id.uid);
  }

  #groupOfGid(gid: number | null) {
    return gid === null ? undefined : [...this.#accounts.groups.values()].find((candidate) => candidate.gid === gid);
  }

  /** Equal, or a local account and its own NFS number. */
  #same(one: string, other: string): boolean {
    if (one === other) return true;
    const [first, second] = [this.trustee(one), this.trustee(other)];
    return (first.uid !== null && first.uid === second.uid) || (first.gid !== null && first.gid === second.gid);
  }

  #checkedAuthId(text: string): string | undefined {
    try {
      kindOfAuthId(text);
      return String(BigInt(text));
    } catch (error) {
      if (error instanceof RangeError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #fromSid(text: string): string | undefined {
    const sid = text.toUpperCase();
    if (!isSid(sid)) return undefined;
    const known = authIdOfSid(sid, this.localDomainSid) ?? this.#foreignBySid.get(sid);
    if (known !== undefined) return known;
    const authId = foreignAuthId(this.#foreignBySid.size);
    this.#foreignBySid.set(sid, authId);
    this.#foreignById.set(authId, sid);
    return authId;
  }

  #fromName(text: string, domain: TrusteeDomain | undefined): string | undefined {
    const name = /^local\\/i.test(text) ? text.slice(6) : text;
    if (domain === undefined || domain === 'LOCAL' || domain === 'API_NULL_DOMAIN') {
      const local = this.#accounts.userNamed(name) ?? this.#accounts.groupNamed(name);
      if (local !== undefined) return local.id;
      if (domain === 'LOCAL') return undefined;
    }
    const wanted = name.toLowerCase();
    return WELL_KNOWN.find((entry) => entry.name.toLowerCase() === wanted)?.authId;
  }
}

function identity(domain: TrusteeDomain, authId: string, known: Partial<Identity>): Identity {
  return { domain, auth_id: authId, uid: null, gid: null, sid: null, name: null, ...known };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined && value !== '';
}

function isFirstOfItsId(
  candidate: Identity | null,
  index: number,
  all: readonly (Identity | null)[],
): candidate is Identity {
  return candidate !== null && all.findIndex((other) => other?.auth_id === candidate.auth_id) === index;
}

function typeOf(id: Identity, isUser: boolean, isGroup: boolean): ExpandedIdentity['type'] {
  if (isUser || id.domain === 'POSIX_USER') return 'USER';
  if (isGroup || id.domain === 'POSIX_GROUP' || id.domain === 'WORLD') return 'GROUP';
  return 'UNKNOWN';
}
