/** A file system on a clock that moves only when told, with an administrator and a plain user. */
import {
  type Caller,
  type FileAttributes,
  FileSystem,
  type FileSystemOptions,
  FsError,
  type WatchEvent,
  type WatchHandle,
  authIdOfGid,
  authIdOfUid,
} from '../../src/fs/index.ts';
import type { Unknowns } from '../../src/unknowns.ts';

export const admin: Caller = {
  authId: '500',
  groupIds: ['513'],
  privileges: new Set(['PRIVILEGE_FILE_FULL_ACCESS', 'PRIVILEGE_FS_FILE_LOCK_WRITE']),
};

export const userOf = (uid: number, gid = uid, privileges: readonly string[] = []): Caller => ({
  authId: authIdOfUid(uid),
  groupIds: [authIdOfGid(gid)],
  privileges: new Set(privileges),
});

/** 2030-01-01T00:00:00Z */
export const startNs = 1_893_456_000_000_000_000n;

export type World = {
  readonly fs: FileSystem;
  readonly options: FileSystemOptions;
  /** Moves the clock. */
  advance(ns: bigint): void;
  /** Runs the deliveries that wait, until none is left. */
  settle(): void;
  file(path: string, text?: string): FileAttributes;
  directory(path: string): FileAttributes;
  read(path: string, snapshot?: number): string;
  names(path: string, snapshot?: number): string[];
  /** Watches and collects. */
  watch(path: string, recursive?: boolean, filter?: readonly string[]): Watched;
};

export type Watched = {
  readonly handle: WatchHandle;
  readonly events: WatchEvent[];
  readonly batches: number[];
  ended: string | null;
};

export const splitPath = (path: string): { parent: string; name: string } => {
  const cut = path.lastIndexOf('/');
  return { parent: cut === 0 ? '/' : path.slice(0, cut), name: path.slice(cut + 1) };
};

export const makeWorld = (unknowns: Partial<Unknowns> = {}): World => {
  let now = startNs;
  const tasks: (() => void)[] = [];
  const options: FileSystemOptions = {
    clock: { nowNs: () => now },
    unknowns,
    schedule: (task) => void tasks.push(task),
  };
  const fs = new FileSystem(options);
  const create = (path: string, action: 'CREATE_FILE' | 'CREATE_DIRECTORY') => {
    const { parent, name } = splitPath(path);
    return fs.createEntry(admin, parent, { name, action }).value;
  };
  return {
    fs,
    options,
    advance: (ns) => {
      now += ns;
    },
    settle: () => {
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
    },
    file: (path, text) => {
      const made = create(path, 'CREATE_FILE');
      return text === undefined ? made : fs.writeData(admin, path, Buffer.from(text)).value;
    },
    directory: (path) => create(path, 'CREATE_DIRECTORY'),
    read: (path, snapshot) =>
      Buffer.concat([...fs.readData(admin, path, { snapshot, skipAtimeUpdate: true }).chunks()]).toString(),
    names: (path, snapshot) => {
      const names: string[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const { value } = fs.list(admin, path, { snapshot, after, limit: 3 });
        names.push(...value.files.map((file) => file.name));
        after = value.next;
      }
      return names.sort();
    },
    watch: (path, recursive = true, filter) => {
      const watched: { events: WatchEvent[]; batches: number[]; ended: string | null } = {
        events: [],
        batches: [],
        ended: null,
      };
      const handle = fs.watch.open(
        admin,
        path,
        { recursive, filter },
        {
          batch: (events) => {
            watched.events.push(...events);
            watched.batches.push(events.length);
            return true;
          },
          end: (reason) => {
            watched.ended = reason;
          },
        },
      );
      return Object.assign(watched, { handle });
    },
  };
};

/** The error class that a call is refused with; undefined when it is not refused. */
export const refusal = (call: () => unknown): string | undefined => {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof FsError) return error.errorClass;
    throw error;
  }
};
