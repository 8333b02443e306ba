import type { RequestInfo } from '@qwarden/qumulo-client';
import type { ActionOutcome } from '../actions/port.ts';
import type { JobEnd, RuleJob } from '../queue/port.ts';

/** As far as a job is known when it is made. */
export type MadeJob = Pick<RuleJob, 'key' | 'match' | 'rule' | 'ruleSet' | 'change' | 'fileId'>;

/** One try of one step. */
export interface Attempt {
  readonly job: MadeJob;
  readonly action: string;
  readonly step: number;
  readonly attempt: number;
}

/**
 * Follows changes that rules want from their receipt to their effects, for OpenTelemetry. (The story of a file, `qwarden why`, is another
 * thing: the queue's own traces, which are always there.) Where nobody wants them there is no such object, and nothing is done.
 */
export interface Tracing {
  /** These jobs were made of changes, or answer them, and that is durable now. `since`: when deciding began, ms since the epoch. */
  decided(jobs: readonly MadeJob[], since: number): void;
  /** Calls of the cluster while `make` runs are its parts. */
  attempt(attempt: Attempt, make: () => Promise<ActionOutcome>): Promise<ActionOutcome>;
  /** A job has come to its end, and that is durable. */
  ended(job: RuleJob, end: JobEnd): void;
  /** A call of the cluster's API has ended. */
  called(info: RequestInfo): void;
  /** Delivers what is left, for some seconds at most. */
  close(): Promise<void>;
}
