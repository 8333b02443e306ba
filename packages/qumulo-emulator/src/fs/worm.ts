/**
 * Retention locks: which changes of a locked file are refused, and how a lock itself may change (FACTS 5).
 *
 * A file is locked while its legal hold is on or its retention period lies in the future by the cluster's clock. Every
 * operation that changes an object calls `guard` for it first; the test `worm-table` walks all of them through all lock states.
 */
import type { Unknowns } from '../unknowns.ts';
import type { LockState } from './types.ts';
import type { Core } from './core.ts';
import { fileLocked, lockNotRegularFile, retentionInPast, retentionShortened } from './errors.ts';
import { type FileLock, type Inode, kindFile } from './inode.ts';
import { compareTimes, formatTime, parseTime, type Time } from './times.ts';

/** What somebody wants to do to a file. */
export type LockedAction =
  | 'write'
  | 'truncate'
  | 'punch-hole'
  | 'copy-chunk-into'
  | 'delete'
  | 'unlink'
  | 'unlink-one-of-several'
  | 'rename'
  | 'rename-over'
  | 'set-attributes'
  | 'set-acl'
  | 'user-metadata'
  | 'stream'
  | 'new-hard-link'
  | 'atime'
  | 'tree-delete';

const retained = (lock: FileLock, now: Time): boolean => lock.until !== null && compareTimes(lock.until, now) > 0;

/** Is a lock valid at this moment? */
export const isLocked = (lock: FileLock | undefined, now: Time): boolean =>
  lock !== undefined && (lock.legalHold || retained(lock, now));

const allowed = (action: LockedAction, unknowns: Unknowns): boolean => {
  switch (action) {
    case 'user-metadata':
      return unknowns.lockedUserMetadata === 'allow';
    case 'stream':
      return unknowns.lockedStreams === 'allow';
    case 'new-hard-link':
      return unknowns.lockedNewHardLink === 'allow';
    case 'unlink-one-of-several':
      return unknowns.lockedUnlinkOneOfSeveral === 'allow';
    case 'atime':
      return unknowns.lockedAtimeUpdate === 'allow';
    case 'write':
    case 'truncate':
    case 'punch-hole':
    case 'copy-chunk-into':
    case 'delete':
    case 'unlink':
    case 'rename':
    case 'rename-over':
    case 'set-attributes':
    case 'set-acl':
    case 'tree-delete':
      return false;
    default:
      return action satisfies never;
  }
};

/** Would the action be refused now? */
export const refuses = (core: Core, node: Inode, action: LockedAction): boolean =>
  node.lock !== undefined && isLocked(node.lock, core.now()) && !allowed(action, core.unknowns);

/** @throws FsError when the file is locked and the action is one that a lock forbids */
export const guard = (core: Core, node: Inode, action: LockedAction): void => {
  if (refuses(core, node, action)) throw fileLocked(core.unknowns.lockedFileError, `file ${node.id} (${action})`);
};

/** The wire's `lock`. */
export const lockState = (core: Core, node: Inode): LockState => {
  const lock = node.lock;
  if (lock === undefined) return { retention_period: null, legal_hold: false };
  const shown =
    lock.until !== null && (core.unknowns.expiredRetentionShown === 'kept' || retained(lock, core.now()))
      ? formatTime(lock.until.seconds, lock.until.nanos)
      : null;
  return { retention_period: shown, legal_hold: lock.legalHold };
};

export type LockPatch = { retention_period?: string | null; legal_hold?: boolean | null };

const nextRetention = (core: Core, current: FileLock, text: string | null, now: Time): Time | null => {
  const { unknowns } = core;
  const valid = retained(current, now);
  if (text === null) {
    if (valid && unknowns.retentionNull === 'refuse' && current.until !== null) {
      throw retentionShortened(unknowns.retentionShortenError, formatTime(current.until.seconds, current.until.nanos));
    }
    return current.until;
  }
  const asked = parseTime(text, 'retention_period');
  if (current.until !== null) {
    const order = compareTimes(asked, current.until);
    if (order === 0) return current.until;
    if (order < 0 && (valid || !unknowns.expiredRetentionMayMoveEarlier)) {
      throw retentionShortened(unknowns.retentionShortenError, formatTime(current.until.seconds, current.until.nanos));
    }
  }
  if (unknowns.retentionInPast === 'refuse' && compareTimes(asked, now) <= 0) {
    throw retentionInPast(unknowns.retentionInPastError);
  }
  if (unknowns.retentionMaxSeconds !== null && asked.seconds > unknowns.retentionMaxSeconds) {
    throw retentionInPast(unknowns.retentionInPastError);
  }
  return asked;
};

const unlocked: FileLock = { until: null, legalHold: false };

/**
 * The lock after a patch; the same object when nothing changes. Absent keys are left alone, the two parts are independent.
 * @throws FsError not a regular file, unparseable date, date in the past, retention shortened or cleared
 */
export const patchedLock = (core: Core, node: Inode, patch: LockPatch): FileLock | undefined => {
  if (node.kind !== kindFile) {
    throw lockNotRegularFile(core.unknowns.lockNotRegularFileError, `inode ${node.id}`);
  }
  const current = node.lock ?? unlocked;
  const until =
    patch.retention_period === undefined
      ? current.until
      : nextRetention(core, current, patch.retention_period, core.now());
  const legalHold = patch.legal_hold ?? current.legalHold;
  if (until === current.until && legalHold === current.legalHold) return node.lock;
  return { until, legalHold };
};
