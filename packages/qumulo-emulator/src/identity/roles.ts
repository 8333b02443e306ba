import { ADMIN_USER, ADMINISTRATORS_GROUP } from './auth-id.ts';
import { alreadyMember, builtIn, invalidIdentity, nameTaken, roleMemberNotFound, roleNotFound } from './errors.ts';
import { allPrivileges, builtInRoles, type Privilege } from './privileges.ts';

/** A role: privileges for its members, who are auth ids of users and groups of any origin. */
export interface Role {
  readonly name: string;
  readonly builtIn: boolean;
  description: string;
  /** In the order sent (FACTS 14). */
  privileges: readonly Privilege[];
  readonly members: Set<string>;
  version: number;
}

/** Roles by name, without regard to case (FACTS 8). The three built-in ones can have members, and are else fixed. */
export class Roles {
  readonly #roles = new Map<string, Role>();
  #onChange: () => void;

  constructor(dataAdministratorsMayLock: boolean, onChange: () => void = () => {}) {
    this.#onChange = onChange;
    for (const { name, description, privileges } of builtInRoles(dataAdministratorsMayLock)) {
      const members = new Set(name === 'Administrators' ? [ADMIN_USER, ADMINISTRATORS_GROUP] : []);
      this.#roles.set(name.toLowerCase(), { name, builtIn: true, description, privileges, members, version: 1 });
    }
  }

  all(): Role[] {
    return [...this.#roles.values()];
  }

  role(name: string): Role {
    const role = this.#roles.get(name.toLowerCase());
    if (role === undefined) throw roleNotFound(name);
    return role;
  }

  add(name: string, description: string, privileges: readonly Privilege[]): Role {
    if (name === '' || /[\s\p{Cc}]/u.test(name))
      throw invalidIdentity('The name of a role has no blanks and is not empty');
    const key = name.toLowerCase();
    if (this.#roles.has(key)) throw nameTaken(name);
    const role: Role = {
      name,
      builtIn: false,
      description,
      privileges: unique(privileges),
      members: new Set(),
      version: 1,
    };
    this.#roles.set(key, role);
    this.#onChange();
    return role;
  }

  change(role: Role, description: string | undefined, privileges: readonly Privilege[] | undefined): Role {
    if (role.builtIn) throw builtIn(`Role ${role.name}`);
    if (description !== undefined) role.description = description;
    if (privileges !== undefined) role.privileges = unique(privileges);
    role.version++;
    this.#onChange();
    return role;
  }

  remove(role: Role): void {
    if (role.builtIn) throw builtIn(`Role ${role.name}`);
    this.#roles.delete(role.name.toLowerCase());
    this.#onChange();
  }

  addMember(role: Role, authId: string): void {
    if (role.members.has(authId)) throw alreadyMember(authId);
    role.members.add(authId);
    role.version++;
    this.#onChange();
  }

  removeMember(role: Role, authId: string): void {
    if (!role.members.has(authId)) throw roleMemberNotFound(authId, role.name);
    if (role.builtIn && role.name === 'Administrators' && authId === ADMIN_USER)
      throw builtIn('The membership of admin');
    role.members.delete(authId);
    role.version++;
    this.#onChange();
  }

  /** A user or group that is gone is no member any more. */
  forget(authId: string): void {
    for (const role of this.#roles.values()) if (role.members.delete(authId)) role.version++;
  }

  rolesOf(authIds: ReadonlySet<string>): Role[] {
    return this.all().filter((role) => role.members.values().some((member) => authIds.has(member)));
  }

  /** In the order of the documented enum. */
  privilegesOf(authIds: ReadonlySet<string>): readonly Privilege[] {
    const held = new Set(this.rolesOf(authIds).flatMap((role) => role.privileges));
    return allPrivileges.filter((privilege) => held.has(privilege));
  }
}

const unique = (privileges: readonly Privilege[]): readonly Privilege[] => [...new Set(privileges)];
