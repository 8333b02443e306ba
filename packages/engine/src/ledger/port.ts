import type { Arrival } from '../events/arrival.ts';

/** What was decided about a file. One that is pending, or failed for good, has a job (see jobs/port.ts) and usually no record. */
export type RecordState = 'existing' | 'locked' | 'already-locked' | 'skipped' | 'forgotten';

/** What is known of one file. Times are ms since the epoch on the local clock. */
export interface FileRecord {
  readonly fileId: string;
  /** Below the watched directory, as last known. */
  readonly path: string;
  readonly state: RecordState;
  readonly how: Arrival;
  /** `existing`: did its name match the policy when the inventory saw it? */
  readonly matched: boolean;
  readonly links: number;
  /** As the cluster gives it; tells a reused id from the same file. Null when not known. */
  readonly creationTime: string | null;
  /** When this record was written. */
  readonly recordedAt: number;
  readonly seenAt: number;
  readonly dueAt: number | null;
  readonly lockedAt: number | null;
  readonly retentionPeriod: string | null;
  readonly legalHold: boolean;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly note: string | null;
}

/** The ledger's write side, for one watch. */
export interface FileRecords {
  get(fileId: string): FileRecord | undefined;
  /** Inserts or replaces. */
  put(record: FileRecord): void;
  rename(fileId: string, path: string): void;
  remove(fileId: string): boolean;
  countExisting(): number;
  /** `existing` records that matched the policy, for `--existing lock`; after this file id, in order. */
  existingMatched(after: string | undefined, limit: number): FileRecord[];
  /** Drops `skipped` and `forgotten` records older than this. */
  prune(before: number): number;
}
