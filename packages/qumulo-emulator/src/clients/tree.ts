import type { Caller, FileSystemApi } from '../fs/api.ts';
import { type ClientAction, type ClientOutcome, ClientRefused, type ClientRequest } from './request.ts';

/** Where a client comes in, as whom, and what it may do there besides what the files themselves allow. */
export interface Entrance {
  /** Directory of the cluster that is the client's `/`. */
  readonly root: string;
  readonly caller: Caller;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  /** For refusals. */
  readonly name: string;
}

/** A client's path as the cluster's; nothing leads out of the root. */
export function pathIn(root: string, path: string | undefined): string {
  if (path === undefined) throw new ClientRefused('not-found', 'No path given');
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw new ClientRefused('not-found', `'..' in ${path}`);
  return `${root === '/' ? '' : root}/${names.join('/')}`;
}

function parted(path: string): { directory: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, slash) || '/', name: path.slice(slash + 1) };
}

export function demandAccess({ name, mayRead, mayWrite }: Entrance, action: ClientAction): void {
  const reads = action === 'read';
  if (reads ? !mayRead : !mayWrite) throw new ClientRefused(reads ? 'not-allowed' : 'read-only', `${action}: ${name}`);
}

/** Does it. @throws FsError what the tree itself refuses */
export function act(fs: FileSystemApi, { caller, root }: Entrance, request: ClientRequest, ref: string): ClientOutcome {
  const { action } = request;
  const done = (fileId: string | null): ClientOutcome => ({ done: true, fileId });
  switch (action) {
    case 'read': {
      const pieces = [...fs.readData(caller, ref).chunks()];
      return { done: true, fileId: fs.idOf(ref), data: Buffer.concat(pieces).toString('utf8') };
    }
    case 'write': {
      if (fs.idOf(ref) === null) create(fs, caller, ref, 'CREATE_FILE');
      return done(fs.writeData(caller, ref, Buffer.from(request.data ?? '')).value.id);
    }
    case 'append': {
      const offset = Number(fs.getAttributes(caller, ref).value.size);
      return done(fs.writeData(caller, ref, Buffer.from(request.data ?? ''), { offset }).value.id);
    }
    case 'create':
      return done(create(fs, caller, ref, 'CREATE_FILE'));
    case 'mkdir':
      return done(create(fs, caller, ref, 'CREATE_DIRECTORY'));
    case 'remove': {
      const id = fs.idOf(ref);
      fs.delete(caller, ref);
      return done(id);
    }
    case 'rename': {
      const { directory, name } = parted(pathIn(root, request.to));
      const entry = { name, action: 'RENAME', old_path: ref, clobber: true } as const;
      return done(fs.createEntry(caller, directory, entry).value.id);
    }
    case 'open':
    case 'close':
      break;
  }
  throw new ClientRefused('not-found', `${action} is for SMB`);
}

function create(fs: FileSystemApi, caller: Caller, path: string, action: 'CREATE_FILE' | 'CREATE_DIRECTORY'): string {
  const { directory, name } = parted(path);
  return fs.createEntry(caller, directory, { name, action }).value.id;
}
