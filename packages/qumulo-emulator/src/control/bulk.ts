import type { Caller } from '../fs/api.ts';
import type { Emulator } from '../types.ts';

export interface BulkCreate {
  /** Path or id of the directory that takes the files. */
  readonly directory: string;
  readonly count: number;
  /** The names are this and a number from 0; default `file-`. */
  readonly prefix?: string | undefined;
  /** Files a second; default as fast as it goes. */
  readonly perSecond?: number | undefined;
  /** Waits while a notify stream has more events queued than this, so that none overflows; default 50,000. */
  readonly maxQueued?: number | undefined;
}

export interface BulkCreated {
  readonly ids: string[];
  /** When each was created, by the clock of `LockCall.monotonicMs`. */
  readonly createdMs: number[];
}

export interface FileCount {
  /** Regular files below the directory, subdirectories included. */
  readonly files: number;
  /** Those of them with a retention period or on legal hold. */
  readonly locked: number;
}

/** Files made in one turn of the event loop at most, so that calls are answered in between. */
const CHUNK = 200;
const LIST_PAGE = 500;
const DEFAULT_MAX_QUEUED = 50_000;

/**
 * Creates empty files as the administrator, with all that comes of it (events, sums, quotas), but without HTTP: so that whoever
 * measures a client does not measure the writer of its files. Rejects with an `FsError` when a file cannot be made.
 */
export async function createFiles(emulator: Emulator, wanted: BulkCreate): Promise<BulkCreated> {
  const { directory, count, prefix = 'file-', perSecond, maxQueued = DEFAULT_MAX_QUEUED } = wanted;
  const caller = administrator(emulator);
  const made: BulkCreated = { ids: [], createdMs: [] };
  const started = performance.now();
  while (made.ids.length < count) {
    const due = perSecond === undefined ? count : Math.floor(((performance.now() - started) * perSecond) / 1000) + 1;
    const room = longestQueue(emulator) <= maxQueued;
    const until = room ? Math.min(count, due, made.ids.length + CHUNK) : 0;
    while (made.ids.length < until) {
      const name = `${prefix}${made.ids.length}`;
      const { value } = emulator.fs.createEntry(caller, directory, { name, action: 'CREATE_FILE' });
      made.ids.push(value.id);
      made.createdMs.push(performance.now());
    }
    await (room && due >= count ? nextTurn() : nextMillisecond());
  }
  return made;
}

/** Counts the files below a directory and those with a retention lock, without HTTP. */
export async function countFiles(emulator: Emulator, directory: string): Promise<FileCount> {
  const caller = administrator(emulator);
  const todo = [directory];
  let files = 0;
  let locked = 0;
  for (let ref = todo.pop(); ref !== undefined; ref = todo.pop()) {
    for (let after: string | null = ''; after !== null; ) {
      const { value } = emulator.fs.list(caller, ref, { after, limit: LIST_PAGE });
      for (const { id, type } of value.files) {
        if (type === 'FS_FILE_TYPE_DIRECTORY') todo.push(id);
        if (type !== 'FS_FILE_TYPE_FILE') continue;
        files += 1;
        if (isLocked(emulator, caller, id)) locked += 1;
      }
      after = value.next;
      await nextTurn();
    }
  }
  return { files, locked };
}

function isLocked(emulator: Emulator, caller: Caller, id: string): boolean {
  const { lock } = emulator.fs.getAttributes(caller, id, { retrieveFileLock: true }).value;
  return lock !== undefined && lock !== null && (lock.legal_hold || lock.retention_period !== null);
}

function administrator({ cluster, username }: Emulator): Caller {
  const user = cluster.identity.accounts.userNamed(username);
  if (user === undefined) throw new Error(`There is no user ${username} any more`);
  return cluster.identity.callerOf(user);
}

function longestQueue(emulator: Emulator): number {
  return emulator.streams.all().reduce((longest, stream) => Math.max(longest, stream.queued), 0);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function nextMillisecond(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
