import type { NotifyEvents } from '@qwarden/qumulo-client';
import type { Change } from '../events/change.ts';
import type { Inventory, InventoryStore } from '../inventory/port.ts';
import type { LockRecord, LockRecords } from '../ledger/lock-record.ts';

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
  /** JSON texts, bytes as they came, a line each. A store with several partitions splits it, event by event. */
  readonly raw: string;
  /** The events of `raw`, where they are at hand: a store may hand them on to its reader, and never stores them. */
  readonly parsed?: NotifyEvents | undefined;
}

/** How much of the log is kept. */
export interface LogBounds {
  /** Entries that were decided about are kept so long, ms. */
  readonly keepMs: number;
  /** And at most so many bytes of them, in all partitions together. */
  readonly keepBytes: number;
  /** Not decided about, in each partition: beyond it `append` waits, and with it the watch. */
  readonly mostUnreadBatches: number;
}

export const DEFAULT_LOG_BOUNDS: LogBounds = {
  keepMs: 7 * 86_400_000,
  keepBytes: 1024 ** 3,
  mostUnreadBatches: 1_000_000,
};

export interface LogEntry extends NewBatch {
  readonly position: Position;
}

/**
 * The durable log of changes. `append` resolves when the batch is on stable storage; nothing is decided about a change before that. Entries
 * that a reader has not committed are never dropped, whatever the bounds say: then `append` waits, and with it the watch. Batches are kept in
 * the order in which `append` was called, also when one had to wait. `read` gives only what is on stable storage.
 */
export interface ChangeLog {
  /** A file's changes are all in one partition, in order; changes that come without a file id are in partition 0. */
  readonly partitions: number;
  append(batch: NewBatch): Promise<void>;
  /** The oldest entries behind `after`. */
  read(partition: number, after: Position, limit: number): Promise<LogEntry[]>;
  /** Resolves when there may be entries behind `after`, or the signal aborts. */
  more(partition: number, after: Position, signal: AbortSignal): Promise<void>;
  /**
   * For people: entries in order, decided about or not; over several partitions in the order in which they were received. A batch that was
   * split is as many entries. `after` is the position of an entry that this method gave before.
   */
  history(query: {
    readonly since?: number | undefined;
    readonly after?: Position | undefined;
  }): AsyncIterable<LogEntry>;
  lag(): Promise<LogLag>;
}

export interface LogLag {
  /** Batches that are not decided about yet (one that was split counts in each partition), and when the oldest of them was received. */
  readonly batches: number;
  readonly events: number;
  readonly oldestAt: number | null;
  /** Bytes that the log holds. */
  readonly bytes: number;
}

export type JobState = 'waiting' | 'running' | 'dead' | 'parked';

/** One rule to carry out for one file. Times are ms since the epoch on the local clock. */
export interface RuleJob {
  /** `rule` + NUL + file id; with `#` and what tells it from the others behind it for one of several at once (mode `parallel`). */
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
  /** When it was armed; settling anew leaves it as it is. */
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
  /** Of a job that `take` gave: whose run it is. Goes back with it to `stepDone`, `finish` and `release`. */
  readonly lease?: string | undefined;
}

/** A match that makes a job, or answers one that is there. */
export interface Arming {
  readonly job: Omit<RuleJob, 'state' | 'step' | 'attempts' | 'outputs' | 'lastError' | 'lease'>;
  /**
   * What it means while the job of that key *runs*: `single` and `parallel` nothing (in mode `parallel` each match has a key of its own);
   * `restart` and `queued` the job runs again afterwards, once, with the latest of these armings (`restart`: its remaining steps are left
   * out). Whatever the mode, a job that waits settles anew: it keeps its `armedAt`, and everything else is as the arming says, from the
   * first step. A dead one is armed as if it were new. A parked one is held back until a person decides.
   */
  readonly mode: 'single' | 'restart' | 'queued' | 'parallel';
}

/** A job of a reader's that settles. */
export interface SettlingJob extends Pick<RuleJob, 'key' | 'rule' | 'fileId' | 'settleMs'> {
  readonly dueAt: number;
  /** The file id of its change; its path when the change came without one. */
  readonly ref: string;
}

/**
 * A change of a file that is no match for the rule of a job, and yet starts the job's settle time again. Moves a job that waits and was never
 * begun, and what is to run again after a run; any other is left as it is. A job never becomes due earlier by it.
 */
export interface Touch {
  readonly key: string;
  readonly fileId: string;
  readonly changedAt: number;
  readonly dueAt: number;
  /** Other names that the file got meanwhile, in order: the job's path goes along where it is the name that was given up. */
  readonly renames: readonly { readonly from: string; readonly to: string }[];
}

/** What became of an arming; stands in the trace of its match. */
export type ArmVerdict =
  | 'armed'
  | 'settles anew'
  | 'runs again afterwards'
  | 'ignored: the job runs already'
  | 'held back: the job is parked';

/** What became of a run. A job that was to run again afterwards does so, whatever became of it, but when it is parked. */
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
  /**
   * Takes due jobs for this worker: nobody else gets them until they are finished or released, or this worker is gone (its process, or its
   * lease). Earliest first. What was armed is taken only when that is on stable storage.
   *
   * A worker that has lost a job, because it could not reach the store for longer than its lease, changes nothing about it any more:
   * `stepDone` says true, `finish` and `release` do nothing.
   */
  take(now: number, limit: number): Promise<RuleJob[]>;
  /**
   * A step is done: durable before the next one begins. True: a match of mode `restart` has come meanwhile, or the job is not this worker's
   * any more, and what is left of this run is to be left out.
   */
  stepDone(
    job: RuleJob,
    done: {
      readonly step: number;
      readonly path: string;
      readonly output?: { readonly action: string; readonly values: Readonly<Record<string, string>> } | undefined;
      /** For the ledger, see `keptRecord`. */
      readonly ledger?: LockRecord | undefined;
    },
    attempt: AttemptTrace,
  ): Promise<boolean>;
  /** Ends a run, with the record of its last attempt and for the ledger where there is one. */
  finish(job: RuleJob, end: JobEnd, attempt: AttemptTrace | undefined, ledger?: LockRecord): Promise<void>;
  /** Gives a job back untouched. */
  release(job: RuleJob): Promise<void>;
  /** When the next job is due, or may come back from a worker that is gone: later than `now`. */
  nextDue(now: number): Promise<number | undefined>;
  /**
   * Calls back when a job may be due earlier than `nextDue` said: one was armed, retried or given back, here or by another process. May call
   * without need. Returns how to end it.
   */
  onNews(listener: () => void): () => void;
  /**
   * Jobs with a settle time that a reader of that partition made, wait, were never begun, and are due later than `after`: what its touches may
   * be about.
   */
  settling(partition: number, after: number): AsyncIterable<SettlingJob>;
  counts(now: number): Promise<JobCounts>;
  /** Those with a due time first, earliest first. What changes while it is listed may be in it or not. */
  list(filter: JobFilter): AsyncIterable<RuleJob>;
  find(key: string): Promise<RuleJob | undefined>;
  /** Makes a dead or parked job due, from the step where it stopped. False when it is neither. */
  retry(key: string, now: number): Promise<boolean>;
  /** Removes a job that does not run, and notes why as an attempt of its match. False when there is none, or it runs. */
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
  /** Forgets matches from before that time, but those of jobs that are still there. Returns how many. */
  prune(before: number): Promise<number>;
}

/** All that a reader decided about a stretch of the log: becomes durable together with its position, or not at all. */
export interface ReaderCommit {
  readonly position: Position;
  /** What the reader must remember beside its position (JSON). */
  readonly state: string;
  /**
   * Each with the trace of its match; the store fills in the verdict. One whose match has a trace already was armed before, and is left out:
   * what is decided twice is done once.
   */
  readonly arm: readonly { readonly arming: Arming; readonly trace: Omit<MatchTrace, 'verdict'> }[];
  /** After the armings; one for each job at most. */
  readonly touch: readonly Touch[];
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
  /** What closed the gap before it, and when; null while it is open. `start`, `baseline`: there was nothing before. */
  readonly gapClosedBy: string | null;
  readonly gapClosedAt: number | null;
}

/** Coverage record of one watch. All that changes it is durable when it resolves. */
export interface CoverageLog {
  openEpoch(at: number): Promise<number>;
  registered(epoch: number, at: number): Promise<void>;
  ended(epoch: number, at: number, reason: string, events: number): Promise<void>;
  gapClosed(epoch: number, by: 'start' | 'baseline' | 'walk', at: number): Promise<void>;
  /**
   * Until when, by the local clock, every change is known to be in the log: the last batch of the last epoch whose gap is closed, or its
   * registration. Undefined: never watched.
   */
  seenUntil(): Promise<number | undefined>;
  epochs(): AsyncIterable<EpochRecord>;
}

/** A watch that was opened in a store. */
export interface KnownWatch extends WatchKey {
  /** When it was opened first, ms since the epoch. */
  readonly since: number;
}

/** A rule set that was in force. */
export interface KeptRuleSet {
  readonly hash: string;
  /** When it came into force last, ms since the epoch. */
  readonly since: number;
}

/** What people and other processes may see of a queue while the program runs. All methods reject with StateError. */
export interface QueueReader {
  readonly log: Pick<ChangeLog, 'partitions' | 'history' | 'lag'>;
  /** What runs may not be known, and be shown as due. */
  readonly jobs: Pick<JobQueue, 'counts' | 'list' | 'find'>;
  readonly traces: Pick<TraceStore, 'matches' | 'attempts'>;
  readonly locks: Pick<LockRecords, 'list' | 'find'>;
  ruleSet(hash: string): Promise<string | undefined>;
  /** The latest first. */
  ruleSets(): Promise<readonly KeptRuleSet[]>;
  watches(): Promise<readonly KnownWatch[]>;
  /** Oldest first. */
  epochs(watch: WatchKey): AsyncIterable<EpochRecord>;
  /** What is known to be below the directory; null when that is not whole yet, undefined where it is kept elsewhere. */
  knownBelow(watch: WatchKey): Promise<Inventory | null | undefined>;
  /** Which cluster it is about; null when that was never said. */
  clusterId(): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * The queue between watch, rules and actions, behind one durable store. All methods reject with StateError.
 *
 * A store that is a service of its own (Redis) can go away and come back. Calls then wait, and go on by themselves when it is back, each done
 * once; they fail only when waiting cannot help: the store is full, the password was changed, the store was closed. So an error ends the
 * program, whatever the store.
 */
export interface QueueStore extends QueueReader {
  readonly log: ChangeLog;
  readonly jobs: JobQueue;
  readonly traces: TraceStore;
  readonly expectations: ExpectationStore;
  readonly locks: LockRecords;
  /** Calls wait for it to come back. A store that cannot go away does not say. */
  readonly isAway?: boolean;
  /** Rejects with StateError when it is about another cluster. `""`: the cluster does not say which it is. */
  claimFor(clusterId: string): Promise<void>;
  /**
   * From now on this process alone appends and decides, until the store is closed. `about` is for the people who start a second one: that is
   * rejected with StateError `in-use`. The signal aborts, with such an error as its reason, when another has taken over because this process
   * was not heard of for a while: what it appends from then on is not written.
   */
  holdWatch(about: string): Promise<AbortSignal>;
  coverage(watch: WatchKey): Promise<CoverageLog>;
  /** What is known to be below the directory, in the same transactions; undefined where it has to be kept elsewhere. */
  inventory(watch: WatchKey): Promise<InventoryStore | undefined>;
  reader(partition: number): Promise<ReaderRecord>;
  /** Rejects when it would move the position back: then another process reads the same partition. */
  commit(partition: number, commit: ReaderCommit): Promise<void>;
  /** Keeps the text of a rule set for the jobs made with it. In force since `now`, unless it was the latest already. */
  keepRuleSet(hash: string, text: string, now: number): Promise<void>;
  /** Gives back what was taken. What is not durable by now is dropped, and its caller told. */
  close(): Promise<void>;
}
