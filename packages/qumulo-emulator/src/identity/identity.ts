import { createHash } from 'node:crypto';
import type { Caller } from '../fs/api.ts';
import { AccessTokens } from './access-tokens.ts';
import { Accounts, type User } from './accounts.ts';
import { ADMIN_USER } from './auth-id.ts';
import { Directory } from './directory.ts';
import { passwordMatches } from './password.ts';
import { type Privilege, allPrivileges } from './privileges.ts';
import { Roles } from './roles.ts';
import { Sessions } from './sessions.ts';

export interface IdentityOptions {
  readonly admin: { readonly name: string; readonly password: string };
  readonly sessionTtlMs: number;
  /** Names the cluster: local SIDs are made of it. */
  readonly clusterId: string;
  /** UNKNOWN on clusters (FACTS 8): does Data-Administrators hold PRIVILEGE_FS_FILE_LOCK_WRITE? */
  readonly dataAdministratorsMayLock: boolean;
  /** Default: role changes reach a session at its next login, and an access token at once (it has no login). */
  readonly roleChangesReachTokens: 'at-once' | 'never';
}

/** Who authenticated, and how. */
export interface Principal {
  readonly user: User;
  readonly caller: Caller;
  readonly accessTokenId: string | undefined;
}

/** Users, groups, roles, sessions and tokens of one cluster. Knows no HTTP; time is a parameter of each call. */
export class Identity {
  readonly accounts: Accounts;
  readonly roles: Roles;
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly tokens = new AccessTokens();
  /** `home_directory` by auth id, for any identity (FACTS: identity attributes). */
  readonly homeDirectories = new Map<string, string>();
  userDefinedMappings: unknown = [];
  #generation = 0;
  readonly #callersOfTokens = new Map<string, { generation: number; caller: Caller }>();
  readonly #tokensFollowRoles: boolean;

  constructor(options: IdentityOptions) {
    const changed = () => {
      this.#generation++;
    };
    this.accounts = new Accounts(options.admin, changed);
    this.roles = new Roles(options.dataAdministratorsMayLock, changed);
    this.directory = new Directory(this.accounts, domainSid(options.clusterId));
    this.sessions = new Sessions(options.sessionTtlMs);
    this.#tokensFollowRoles = options.roleChangesReachTokens === 'at-once';
  }

  /** A new session's bearer, or undefined when user and password do not match. */
  login(name: string, password: string, now: number): string | undefined {
    const user = this.accounts.userNamed(name.replace(/^local\\/i, ''));
    if (user === undefined || !passwordMatches(user.password, password)) return undefined;
    return this.sessions.open(user.id, this.callerOf(user), now);
  }

  /** Whoever this bearer stands for at this moment; undefined = 401. */
  authenticate(bearer: string, now: number): Principal | undefined {
    const session = this.sessions.valid(bearer, now);
    if (session !== undefined) {
      const user = this.accounts.users.get(session.userId);
      return user === undefined ? undefined : { user, caller: session.caller, accessTokenId: undefined };
    }
    const token = this.tokens.valid(bearer, now);
    const user = token === undefined ? undefined : this.accounts.users.get(token.userId);
    if (token === undefined || user === undefined) return undefined;
    return { user, caller: this.#callerOfToken(token.id, user), accessTokenId: token.id };
  }

  /** The user with groups and privileges as they are now. */
  callerOf(user: User): Caller {
    const authIds = this.directory.authIdsOf(user);
    const privileges: readonly Privilege[] = user.id === ADMIN_USER ? allPrivileges : this.roles.privilegesOf(authIds);
    const groupIds = this.accounts.groupsOf(user).map((group) => group.id);
    const others = [...authIds].filter((id) => id !== user.id && !groupIds.includes(id));
    return { authId: user.id, groupIds: [...groupIds, ...others], privileges: new Set<string>(privileges) };
  }

  removeUser(id: string): void {
    const user = this.accounts.removeUser(id);
    this.roles.forget(user.id);
    this.sessions.endAllOf(user.id);
    this.tokens.removeAllOf(user.id);
  }

  removeGroup(id: string): void {
    this.roles.forget(this.accounts.removeGroup(id).id);
  }

  #callerOfToken(tokenId: string, user: User): Caller {
    const known = this.#callersOfTokens.get(tokenId);
    if (known !== undefined && (known.generation === this.#generation || !this.#tokensFollowRoles)) return known.caller;
    const caller = this.callerOf(user);
    this.#callersOfTokens.set(tokenId, { generation: this.#generation, caller });
    return caller;
  }
}

/** Three numbers that differ from cluster to cluster, as the domain part of local SIDs. */
function domainSid(clusterId: string): string {
  const digest = createHash('sha256').update(clusterId).digest();
  return `S-1-5-21-${digest.readUInt32BE(0)}-${digest.readUInt32BE(4)}-${digest.readUInt32BE(8)}`;
}
