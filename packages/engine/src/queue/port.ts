import type { NotifyEvent } from '@qwarden/qumulo-client';
import type { Change } from '../events/change.ts';

/** Where a reader stands in one partition of the log: everything up to and with it has been decided about. Opaque; `""` = the beginning. */
export type Position = string;

/** A received batch of notifications. */
export interface NewBatch {
  readonly epoch: number;
  readonly receivedAt: number;
  readonly events: number;
  /** Absolute path of the watched directory when it came: paths in `raw` are below it. */
  readonly root: string;
  /** Where it comes from: the stream itself, or something that was found without it. */
  readonly source: 'stream' | 'catch-up' | 'walk' | 'injected';
  /** The JSON text, bytes as they came. */
  readonly raw: string;
  /** The events of `raw`, where they are at hand: a store may hand them on to its reader, and never stores them. */
  readonly parsed?: readonly NotifyEvent[] | undefined;
}

export interface LogEntry extends NewBatch {
  readonly position: Position;
}

/**
 * The durable log of changes. `append` resolves when the batch is on stable storage; nothing is decided about a change before that. Entries
 * that a reader has not committed are never dropped, whatever the bounds say: then `append` waits, and with it the watch.
 */
export interface ChangeLog {
  /** A file's changes are all in one partition, in order. */
  readonly partitions: number;
  append(batch: NewBatch): Promise<void>;
  /** The oldest entries behind `after`. */
  read(partition: number, after: Position, limit: number): Promise<LogEntry[]>;
  /** Resolves when there may be entries behind `after`, or the signal aborts. */
  more(partition: number, after: Position, signal: AbortSignal): Promise<void>;
  /** For people: entries in order, decided about or not. */
  history(query: {
    readonly since?: number | undefined;
    readonly after?: Position | undefined;
  }): AsyncIterable<LogEntry>;
  lag(): Promise<LogLag>;
}

export interface LogLag {
  /** Batches that are not decided about yet, and when the oldest of them was received. */
  readonly batches: number;
  readonly events: number;
  readonly oldestAt: number | null;
  /** Bytes that the log holds. */
  readonly bytes: number;
}

export type JobState = 'waiting' | 'running' | 'dead' | 'parked';

/** One rule to carry out for one file. Times are ms since the epoch on the local clock. */
export interface RuleJob {
  /** `rule` + NUL + file id; with `#n` behind it for one of several at once (mode `parallel`). */
  readonly key: string;
  readonly rule: string;
  /** The rule set that it was made with: its parameters stay as they were. */
  readonly ruleSet: string;
  readonly fileId: string;
  /** Absolute, as last known. */
  readonly path: string;
  /** The latest change that it answers. */
  readonly change: Change;
  /** Its match (see MatchTrace). */
  readonly match: string;
  readonly state: JobState;
  readonly armedAt: number;
  readonly changedAt: number;
  readonly settleMs: number;
  /** Null: dead or parked. */
  readonly dueAt: number | null;
  /** Steps of the rule that are done. */
  readonly step: number;
  /** Failed tries of the present step. */
  readonly attempts: number;
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Rules of ours whose effects led to its change, oldest first (loop guard). */
  readonly causes: readonly string[];
  readonly lastError: string | null;
}

/** A match that makes a job, or answers one that is there. */
export interface Arming {
  readonly job: Omit<RuleJob, 'state' | 'step' | 'attempts' | 'outputs' | 'lastError'>;
  /**
   * What it means while the job of that key *runs* (one that waits only settles anew, whatever the mode): `single` nothing; `restart` and
   * `queued` the job runs again afterwards (`restart`: its remaining steps are left out).
   */
  readonly mode: 'single' | 'restart' | 'queued' | 'parallel';
}

/** What became of a run. */
export type JobEnd =
  | { readonly kind: 'done' }
  /** Again at `dueAt`; `failed` counts as a failed try. */
  | {
      readonly kind: 'again';
      readonly dueAt: number;
      readonly failed: boolean;
      readonly error: string | null;
      readonly path: string;
    }
  /** Out of tries, or refused for good. A person decides. */
  | { readonly kind: 'dead'; readonly error: string }
  /** Held back by the loop guard. */
  | { readonly kind: 'parked'; readonly error: string };

export interface JobFilter {
  readonly states?: readonly JobState[] | undefined;
  readonly rule?: string | undefined;
  readonly fileId?: string | undefined;
  /** This path or below it. */
  readonly under?: string | undefined;
  readonly limit?: number | undefined;
}

export interface JobCounts {
  readonly waiting: number;
  readonly due: number;
  readonly running: number;
  readonly dead: number;
  readonly parked: number;
}

export interface JobQueue {
  /** Takes due jobs for this worker: nobody else gets them until the lease ends. Earliest first. */
  take(now: number, limit: number): Promise<RuleJob[]>;
  /**
   * A step is done: durable before the next one begins. True: a match of mode `restart` has come meanwhile, and what is left of this run
   * is to be left out.
   */
  stepDone(
    job: RuleJob,
    done: {
      readonly step: number;
      readonly path: string;
      readonly output?: { readonly action: string; readonly values: Readonly<Record<string, string>> } | undefined;
    },
    attempt: AttemptTrace,
  ): Promise<boolean>;
  /** Ends a run, with the record of its last attempt when there is one. */
  finish(job: RuleJob, end: JobEnd, attempt: AttemptTrace | undefined): Promise<void>;
  /** Gives a job back untouched. */
  release(job: RuleJob): Promise<void>;
  /** When the next job is due, after `now`. */
  nextDue(now: number): Promise<number | undefined>;
  counts(now: number): Promise<JobCounts>;
  list(filter: JobFilter): AsyncIterable<RuleJob>;
  find(key: string): Promise<RuleJob | undefined>;
  /** Makes a dead or parked job due, from the step where it stopped. False when it is neither. */
  retry(key: string, now: number): Promise<boolean>;
  /** Removes a job that does not run. False when there is none, or it runs. */
  cancel(key: string, why: string, now: number): Promise<boolean>;
}

/** An effect of ours whose echo is awaited. */
export interface Expectation {
  readonly fileId: string;
  readonly type: string;
  /** Rules that led to it, the one that made it last. */
  readonly causes: readonly string[];
  readonly expiresAt: number;
}

export interface ExpectationStore {
  /** Durable when it resolves. */
  add(expectations: readonly Expectation[]): Promise<readonly number[]>;
  withdraw(ids: readonly number[]): Promise<void>;
  /** All that have not been met and are not expired. */
  open(now: number): Promise<readonly (Expectation & { readonly id: number })[]>;
}

/** Why a change matched a rule. */
export interface MatchTrace {
  readonly match: string;
  readonly at: number;
  readonly rule: string;
  readonly ruleSet: string;
  readonly change: Change;
  /** Conditions with the values that met them, as `explain` has them (JSON). */
  readonly conditions: string;
  /** `armed`, or why no job came of it: `ignored (runs already)`, `own effect`, … */
  readonly verdict: string;
  readonly job: string | null;
}

export interface AttemptTrace {
  readonly match: string;
  readonly at: number;
  readonly step: number;
  readonly action: string;
  readonly attempt: number;
  readonly outcome: 'done' | 'skipped' | 'gone' | 'not-yet' | 'transient' | 'failed' | 'would' | 'cancelled';
  readonly note: string;
  readonly tookMs: number;
}

export interface TraceQuery {
  readonly fileId?: string | undefined;
  /** This path, now or before. */
  readonly path?: string | undefined;
  readonly rule?: string | undefined;
  readonly since?: number | undefined;
  readonly limit?: number | undefined;
}

export interface TraceStore {
  /** Newest first. */
  matches(query: TraceQuery): AsyncIterable<MatchTrace>;
  /** Of one match, oldest first. */
  attempts(match: string): Promise<readonly AttemptTrace[]>;
  prune(before: number): Promise<number>;
}

/** All that a reader decided about a stretch of the log: becomes durable together with its position, or not at all. */
export interface ReaderCommit {
  readonly position: Position;
  /** What the reader must remember beside its position (JSON). */
  readonly state: string;
  /** Each with the trace of its match; the store fills in the verdict. */
  readonly arm: readonly { readonly arming: Arming; readonly trace: Omit<MatchTrace, 'verdict'> }[];
  /** Matches that no job came of. */
  readonly traces: readonly MatchTrace[];
  /** Expectations that were met. */
  readonly met: readonly number[];
}

export interface ReaderRecord {
  readonly position: Position;
  readonly state: string | null;
}

/** Which directory is watched, and how: the coverage record is one for each. */
export interface WatchKey {
  readonly directoryId: string;
  readonly recursive: boolean;
  /** Absolute, as now known. */
  readonly path: string;
}

export interface EpochRecord {
  readonly epoch: number;
  readonly openedAt: number;
  readonly registeredAt: number | null;
  readonly endedAt: number | null;
  readonly endReason: string | null;
  readonly events: number;
  /** What closed the gap before it, and when; null while it is open. `start`: there was nothing before. */
  readonly gapClosedBy: string | null;
  readonly gapClosedAt: number | null;
}

/** Coverage record of one watch. All that changes it is durable when it resolves. */
export interface CoverageLog {
  openEpoch(at: number): Promise<number>;
  registered(epoch: number, at: number): Promise<void>;
  ended(epoch: number, at: number, reason: string, events: number): Promise<void>;
  gapClosed(epoch: number, by: 'start' | 'walk', at: number): Promise<void>;
  /**
   * Until when, by the local clock, every change is known to be in the log: the last batch of the last epoch whose gap is closed, or its
   * registration. Undefined: never watched.
   */
  seenUntil(): Promise<number | undefined>;
  epochs(): AsyncIterable<EpochRecord>;
}

/** The queue between watch, rules and actions, behind one durable store. All methods reject with StateError. */
export interface QueueStore {
  readonly log: ChangeLog;
  readonly jobs: JobQueue;
  readonly traces: TraceStore;
  readonly expectations: ExpectationStore;
  coverage(watch: WatchKey): Promise<CoverageLog>;
  reader(partition: number): Promise<ReaderRecord>;
  commit(partition: number, commit: ReaderCommit): Promise<void>;
  /** Keeps the text of a rule set for the jobs made with it. */
  keepRuleSet(hash: string, text: string, now: number): Promise<void>;
  ruleSet(hash: string): Promise<string | undefined>;
  close(): Promise<void>;
}
