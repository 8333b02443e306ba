import { StateError, type StateErrorKind } from '../../ledger/state-error.ts';

/** What can be wrong with a file. */
type FileErrorKind = Exclude<StateErrorKind, 'other-watch' | 'emptied' | 'unavailable' | 'access' | 'unsuitable'>;

/** Primary result codes of SQLite, https://sqlite.org/rescode.html. */
const KINDS: Readonly<Record<number, FileErrorKind>> = {
  5: 'in-use',
  6: 'in-use',
  8: 'read-only',
  10: 'other',
  11: 'corrupt',
  13: 'disk-full',
  14: 'read-only',
  26: 'corrupt',
};
const DISK_IO = { full: new Set(['ENOSPC', 'EDQUOT']), readOnly: new Set(['EROFS', 'EACCES', 'EPERM']) };

/** The monitor calls it by another name. */
const FLAG = '--state-dir DIR (the monitor: --store sqlite:DIR)';

const ADVICE: Readonly<Record<FileErrorKind, (path: string) => string>> = {
  'in-use': (path) =>
    `The state file ${path} is in use by another process. Wait for it to end, or give this one another ${FLAG}.`,
  'newer-version': (path) =>
    `The state file ${path} was written by a newer qwarden. Use that version, or another ${FLAG}.`,
  'read-only': (path) =>
    `The state file ${path} cannot be written. Check owner and permissions of its directory, or give another ${FLAG}.`,
  'disk-full': (path) =>
    `The file system of ${path} is full. Nothing is done on the cluster without a record: free some space and start again.`,
  corrupt: (path) =>
    `The state file ${path} is damaged. Keep it for inspection and move it away; the next start makes a new one.`,
  'other-cluster': (path) => `The state file ${path} belongs to another cluster. Give each cluster its own ${FLAG}.`,
  missing: (path) => `There is no state in ${path} yet. Has qwarden run with this ${FLAG}?`,
  'no-queue': (path) =>
    `The state file ${path} is not the store of a monitor. Name the directory of one that "qwarden monitor" has run with.`,
  closed: (path) => `The state file ${path} is closed already.`,
  other: (path) => `The state file ${path} could not be used.`,
};

export function stateError(
  kind: FileErrorKind,
  path: string,
  options?: { cause?: unknown; pid?: number | undefined; detail?: string },
): StateError {
  const detail = options?.detail === undefined ? '' : ` (${options.detail})`;
  return new StateError(kind, `${ADVICE[kind](path)}${detail}`, { cause: options?.cause, pid: options?.pid });
}

/** What SQLite or the file system threw, as a StateError. */
export function toStateError(error: unknown, path: string): StateError {
  if (error instanceof StateError) return error;
  const code = property(error, 'code');
  if (typeof code === 'string' && DISK_IO.full.has(code)) return stateError('disk-full', path, { cause: error });
  if (typeof code === 'string' && DISK_IO.readOnly.has(code)) return stateError('read-only', path, { cause: error });
  const errcode = property(error, 'errcode');
  const kind =
    typeof errcode === 'number'
      ? (KINDS[errcode & 0xff] ?? 'other')
      : code === 'ERR_INVALID_STATE'
        ? 'closed'
        : 'other';
  return stateError(kind, path, { cause: error, ...(error instanceof Error ? { detail: error.message } : {}) });
}

function property(error: unknown, name: 'code' | 'errcode'): unknown {
  return typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined;
}
