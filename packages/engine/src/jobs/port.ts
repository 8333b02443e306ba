import type { Arrival } from '../events/arrival.ts';

/**
 * One action to run for one file because of one rule. Its key is (rule's watch, file id): arming again moves the due time, it never
 * makes a second job. Times are ms since the epoch on the local clock.
 */
export interface Job {
  readonly fileId: string;
  /** Below the watched directory, as last known. */
  readonly path: string;
  readonly how: Arrival;
  /** When the file came under the policy. */
  readonly seenAt: number;
  /** Its last change that we know of. */
  readonly changedAt: number;
  /** Null: out of tries (a dead letter). */
  readonly dueAt: number | null;
  readonly attempts: number;
  /** Names of the file that we know of. */
  readonly links: number;
  /** The run (process) that armed it: a job of an earlier one may have been done without a record. */
  readonly run: number;
  readonly lastError: string | null;
}

/** Jobs of one watch. Changes are durable with the commit that they are made in. */
export interface JobStore {
  get(fileId: string): Job | undefined;
  /** Inserts or replaces. */
  put(job: Job): void;
  /** A change of the file: moves due time and last change, and revives a dead letter. False when there is no such job. */
  touch(fileId: string, changedAt: number, dueAt: number): boolean;
  /** False when there was none. */
  remove(fileId: string): boolean;
  /** Jobs due at or before `now`, earliest first. */
  due(now: number, limit: number): Job[];
  /** The earliest due time after `now`; undefined when there is none. */
  nextDueAfter(now: number): number | undefined;
  /** Makes every dead letter due at `now`; how many. */
  reviveDead(now: number): number;
  countPending(): number;
  countDead(): number;
}
