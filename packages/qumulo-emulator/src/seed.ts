import type { Cluster } from './cluster/cluster.ts';
import type { Caller } from './fs/api.ts';
import { ADMIN_USER } from './identity/auth-id.ts';

/** What a cluster is to hold before the first request. */
export interface SeedState {
  /**
   * Files by absolute path, with their contents; directories on the way are made. A path that ends in `/` is a directory,
   * whatever its value. Everything belongs to the administrator.
   */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly users?: readonly SeedUser[];
}

export interface SeedUser {
  readonly name: string;
  readonly password: string;
  readonly uid?: number;
  /** Names of roles, built-in ones among them. */
  readonly roles?: readonly string[];
}

/** Throws what the file system and the accounts throw, before the cluster listens. */
export function seed(cluster: Cluster, state: SeedState): void {
  const { accounts, roles } = cluster.identity;
  for (const { name, password, uid, roles: held = [] } of state.users ?? []) {
    const user = accounts.addUser({ name, password, uid: uid === undefined ? undefined : String(uid) });
    for (const role of held) roles.addMember(roles.role(role), user.id);
  }
  const caller = cluster.identity.callerOf(accounts.user(ADMIN_USER));
  for (const [path, content] of Object.entries(state.files ?? {})) addFile(cluster, caller, path, content);
}

function addFile({ fs }: Cluster, caller: Caller, path: string, content: string | Uint8Array): void {
  const isDirectory = path.endsWith('/');
  const names = path.split('/').filter((name) => name !== '');
  let parent = '/';
  for (const [index, name] of names.entries()) {
    const child = parent === '/' ? `/${name}` : `${parent}/${name}`;
    const isFile = !isDirectory && index === names.length - 1;
    if (fs.idOf(child) === null)
      fs.createEntry(caller, parent, { name, action: isFile ? 'CREATE_FILE' : 'CREATE_DIRECTORY' });
    parent = child;
  }
  if (!isDirectory) fs.writeData(caller, parent, typeof content === 'string' ? Buffer.from(content) : content);
}
