import type { Arrival } from '../events/arrival.ts';

/** What became of a file's retention lock. What is still to be done, or was given up, is a job (see queue/port.ts) and no record. */
export type LockState =
  | 'locked'
  | 'already-locked'
  | 'skipped'
  | 'forgotten'
  /** It could not be set, and the rule went on without it. */
  | 'failed';

/** What an action found out about the retention lock of its file, for the ledger. */
export interface LockNote {
  readonly state: LockState;
  /** What was asked for, in short: `7y, legal hold`. */
  readonly terms: string;
  /** As read back; null when there is none. */
  readonly retentionPeriod: string | null;
  readonly legalHold: boolean;
  /** As the cluster gives it; tells a reused id from the same file. Null when not known. */
  readonly creationTime: string | null;
  readonly links: number;
  /** What a person should know besides. */
  readonly note: string | null;
  /** Absolute, when it is newer than the job's. */
  readonly path?: string | undefined;
}

/** The ledger's record of one file under one watch. Times are ms since the epoch on the local clock. */
export interface LockRecord extends Omit<LockNote, 'terms' | 'path'> {
  readonly fileId: string;
  /** Of the watched directory. */
  readonly directoryId: string;
  /** Absolute, as last known. */
  readonly path: string;
  /** How it came under the rule. */
  readonly how: Arrival;
  readonly recordedAt: number;
  readonly seenAt: number;
  readonly dueAt: number | null;
  /** When we set it; null when others did, or nobody. */
  readonly lockedAt: number | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly rule: string;
  readonly ruleSet: string;
  /** In one line: `rule "lock finished records": 7y`. */
  readonly why: string;
}

export interface LockRecordQuery {
  readonly states?: readonly LockState[] | undefined;
  readonly fileId?: string | undefined;
  /** This path or below it. */
  readonly under?: string | undefined;
  /** On legal hold or not. */
  readonly legalHold?: boolean | undefined;
  /** The retention period ends at or before, at or after: RFC 3339 in UTC, whole seconds. */
  readonly until?: string | undefined;
  readonly after?: string | undefined;
}

/** The ledger in a store. Records are written with the end of a step (`JobQueue.stepDone`, `finish`), in the same transaction. */
export interface LockRecords {
  /** Each once, in a fixed order; memory does not grow with their number. */
  list(query: LockRecordQuery): AsyncIterable<LockRecord>;
  /** Of one file: one for each watch at most. */
  find(fileId: string): Promise<readonly LockRecord[]>;
  /** Drops what was skipped or forgotten before that time. Returns how many. */
  prune(before: number): Promise<number>;
}

/**
 * What is kept when `next` is to be written where `earlier` is. A retention lock that stands is not forgotten because of what came later: one
 * of ours stays the record of its file when it is met again as it is, under whatever name.
 */
export function keptRecord(earlier: LockRecord | undefined, next: LockRecord): LockRecord {
  if (earlier === undefined || !isSameFile(earlier, next) || !isLocked(earlier)) return next;
  if (!isLocked(next)) return earlier;
  const met = next.state === 'already-locked' && earlier.state === 'locked' && isSameLock(earlier, next);
  return met ? { ...earlier, path: next.path } : next;
}

/** Is there, as far as the record tells, a retention lock on the file? */
export function isLocked({ state }: Pick<LockRecord, 'state'>): boolean {
  return state === 'locked' || state === 'already-locked';
}

function isSameFile(a: LockRecord, b: LockRecord): boolean {
  return a.creationTime === null || b.creationTime === null || a.creationTime === b.creationTime;
}

function isSameLock(a: LockRecord, b: LockRecord): boolean {
  return a.retentionPeriod === b.retentionPeriod && a.legalHold === b.legalHold;
}
