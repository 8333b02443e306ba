import { ADMIN_USER, ADMINISTRATORS_GROUP, GUEST_USER, GUESTS_GROUP, isPosixNumber, USERS_GROUP } from './auth-id.ts';
import {
  alreadyMember,
  builtIn,
  emptyPassword,
  groupMemberNotFound,
  groupNotEmpty,
  groupNotFound,
  invalidIdentity,
  nameTaken,
  posixNumberTaken,
  userNotFound,
} from './errors.ts';
import { digestPassword, type PasswordDigest } from './password.ts';

/** A local user. `version` moves with every change and becomes the ETag. */
export interface User {
  readonly id: string;
  name: string;
  primaryGroup: string;
  uid: number | null;
  homeDirectory: string | null;
  password: PasswordDigest;
  version: number;
}

export interface Group {
  readonly id: string;
  name: string;
  gid: number | null;
  readonly members: Set<string>;
  version: number;
}

/** What a user is made of; a key that is absent in a change stays as it is. */
export interface UserFields {
  readonly name?: string | undefined;
  readonly primaryGroup?: string | undefined;
  /** Decimal text; `''` or `'0'`-`'4294967295'`. `''` = none (FACTS 14). */
  readonly uid?: string | undefined;
  readonly homeDirectory?: string | null | undefined;
  readonly password?: string | undefined;
}

/**
 * Local users and groups (FACTS 4 for the fixed ids, FACTS 14 for what test suites on clusters pin). Ids count up from 1000
 * and are never used twice.
 */
export class Accounts {
  readonly users = new Map<string, User>();
  readonly groups = new Map<string, Group>();
  #nextId = 1000;
  #onChange: () => void;

  /** `onChange` is called after every change, so that callers built from these accounts can be built anew. */
  constructor(admin: { name: string; password: string }, onChange: () => void = () => {}) {
    this.#onChange = onChange;
    this.#seedGroup(ADMINISTRATORS_GROUP, 'Administrators', [ADMIN_USER]);
    this.#seedGroup(USERS_GROUP, 'Users', []);
    this.#seedGroup(GUESTS_GROUP, 'Guests', [GUEST_USER]);
    this.#seedUser(ADMIN_USER, admin.name, digestPassword(admin.password));
    this.#seedUser(GUEST_USER, 'guest', null);
  }

  user(id: string): User {
    const user = this.users.get(normalId(id));
    if (user === undefined) throw userNotFound(id);
    return user;
  }

  group(id: string): Group {
    const group = this.groups.get(normalId(id));
    if (group === undefined) throw groupNotFound(id);
    return group;
  }

  userNamed(name: string): User | undefined {
    return findByName(this.users, name);
  }

  groupNamed(name: string): Group | undefined {
    return findByName(this.groups, name);
  }

  addUser(fields: UserFields & { readonly name: string }): User {
    const name = this.#freeName(fields.name, undefined);
    const uid = this.#freeNumber('uid', fields.uid, undefined);
    const primaryGroup = this.#primaryGroup(fields.primaryGroup) ?? USERS_GROUP;
    const user: User = {
      id: String(this.#nextId++),
      name,
      primaryGroup,
      uid,
      homeDirectory: emptyToNull(fields.homeDirectory) ?? null,
      password: fields.password === undefined || fields.password === '' ? null : digestPassword(fields.password),
      version: 1,
    };
    this.users.set(user.id, user);
    this.#onChange();
    return user;
  }

  /** Changes name, primary group, uid, home directory and password at once (FACTS 14); all or nothing. */
  changeUser(user: User, fields: UserFields): User {
    const name = fields.name === undefined ? user.name : this.#freeName(fields.name, user.id);
    const uid = fields.uid === undefined ? user.uid : this.#freeNumber('uid', fields.uid, user.id);
    const primaryGroup = this.#primaryGroup(fields.primaryGroup) ?? user.primaryGroup;
    if (fields.password === '') throw emptyPassword();
    user.name = name;
    user.uid = uid;
    user.primaryGroup = primaryGroup;
    if (fields.homeDirectory !== undefined) user.homeDirectory = emptyToNull(fields.homeDirectory) ?? null;
    if (fields.password !== undefined) user.password = digestPassword(fields.password);
    user.version++;
    this.#onChange();
    return user;
  }

  setPassword(user: User, password: string): void {
    this.changeUser(user, { password });
  }

  removeUser(id: string): User {
    const user = this.user(id);
    if (user.id === ADMIN_USER || user.id === GUEST_USER) throw builtIn(`User ${user.name}`);
    this.users.delete(user.id);
    for (const group of this.groups.values()) group.members.delete(user.id);
    this.#onChange();
    return user;
  }

  addGroup(name: string, gid: string | undefined): Group {
    const group: Group = {
      id: String(this.#nextId),
      name: this.#freeName(name, undefined),
      gid: this.#freeNumber('gid', gid, undefined),
      members: new Set(),
      version: 1,
    };
    this.#nextId++;
    this.groups.set(group.id, group);
    this.#onChange();
    return group;
  }

  changeGroup(group: Group, name: string | undefined, gid: string | undefined): Group {
    const newName = name === undefined ? group.name : this.#freeName(name, group.id);
    const newGid = gid === undefined ? group.gid : this.#freeNumber('gid', gid, group.id);
    group.name = newName;
    group.gid = newGid;
    group.version++;
    this.#onChange();
    return group;
  }

  removeGroup(id: string): Group {
    const group = this.group(id);
    if (Number(group.id) < 1000) throw builtIn(`Group ${group.name}`);
    for (const user of this.users.values()) if (user.primaryGroup === group.id) throw groupNotEmpty(group.name);
    this.groups.delete(group.id);
    this.#onChange();
    return group;
  }

  addMember(group: Group, userId: string): User {
    const user = this.user(userId);
    if (group.members.has(user.id)) throw alreadyMember(user.name);
    group.members.add(user.id);
    group.version++;
    this.#onChange();
    return user;
  }

  removeMember(group: Group, userId: string): void {
    if (!group.members.delete(normalId(userId))) throw groupMemberNotFound(userId, group.name);
    group.version++;
    this.#onChange();
  }

  /** Everyone in the group: members by name, and users whose primary group it is. */
  membersOf(group: Group): User[] {
    return [...this.users.values()].filter((user) => user.primaryGroup === group.id || group.members.has(user.id));
  }

  /** Groups of a user, the primary one first. */
  groupsOf(user: User): Group[] {
    const primary = this.groups.get(user.primaryGroup);
    const others = [...this.groups.values()].filter((group) => group !== primary && group.members.has(user.id));
    return primary === undefined ? others : [primary, ...others];
  }

  #seedUser(id: string, name: string, password: PasswordDigest): void {
    const primaryGroup = id === GUEST_USER ? GUESTS_GROUP : USERS_GROUP;
    this.users.set(id, { id, name, primaryGroup, uid: null, homeDirectory: null, password, version: 1 });
  }

  #seedGroup(id: string, name: string, members: readonly string[]): void {
    this.groups.set(id, { id, name, gid: null, members: new Set(members), version: 1 });
  }

  #freeName(name: string, owner: string | undefined): string {
    if (name === '' || name.length > 256 || /[\\/\p{Cc}]/u.test(name))
      throw invalidIdentity(`Not a name for a user or group: ${JSON.stringify(name.slice(0, 100))}`);
    for (const other of [this.userNamed(name), this.groupNamed(name)])
      if (other !== undefined && other.id !== owner) throw nameTaken(name);
    return name;
  }

  /** The number in the text, or null for none; throws when it is no 32-bit number or belongs to another. */
  #freeNumber(what: 'uid' | 'gid', text: string | undefined, owner: string | undefined): number | null {
    if (text === undefined || text === '') return null;
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!isPosixNumber(number))
      throw invalidIdentity(`${what} ${JSON.stringify(text.slice(0, 30))} is not a 32-bit number`);
    const taken =
      what === 'uid'
        ? [...this.users.values()].some((user) => user.uid === number && user.id !== owner)
        : [...this.groups.values()].some((group) => group.gid === number && group.id !== owner);
    if (taken) throw posixNumberTaken(`${what} ${number}`);
    return number;
  }

  /** `''` and `'0'` (what qq sends unasked) mean the default. */
  #primaryGroup(id: string | undefined): string | undefined {
    return id === undefined || id === '' || id === '0' ? undefined : this.group(id).id;
  }
}

function findByName<T extends { readonly name: string }>(all: ReadonlyMap<string, T>, name: string): T | undefined {
  const wanted = name.toLowerCase();
  for (const candidate of all.values()) if (candidate.name.toLowerCase() === wanted) return candidate;
  return undefined;
}

/** `0513` and `513` are the same id. */
function normalId(id: string): string {
  return /^\d{1,20}$/.test(id) ? String(BigInt(id)) : id;
}

function emptyToNull(text: string | null | undefined): string | null | undefined {
  return text === '' ? null : text;
}
