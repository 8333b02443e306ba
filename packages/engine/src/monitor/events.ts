import type { NoteLevel } from '../actions/port.ts';
import type { Change } from '../events/change.ts';
import type { LockRecord } from '../ledger/lock-record.ts';

interface Base {
  /** RFC 3339, local clock, UTC. */
  readonly at: string;
}

/** About one job. */
interface JobBase extends Base {
  readonly rule: string;
  readonly fileId: string;
  readonly path: string;
}

/** About one try of one step. */
interface StepBase extends JobBase {
  readonly action: string;
  readonly step: number;
  readonly attempt: number;
}

/** What the ledger has, or would have, of the file because of it. */
interface AboutLock {
  readonly lock?: LockRecord | undefined;
}
/** `baseline`: the first walk of a watch, which finds what was there before. */
export type CatchUpReason = 'baseline' | 'gap' | 'restart';

/** What a monitor tells while it works. Nothing is told before it is durable. */
export type MonitorEvent =
  | (Base & {
      readonly kind: 'listening';
      readonly path: string;
      readonly directoryId: string;
      readonly recursive: boolean;
      readonly epoch: number;
    })
  | (Base & { readonly kind: 'working'; readonly message: string })
  | (Base & { readonly kind: 'stream-ended'; readonly reason: string; readonly message: string | null })
  | (Base & {
      readonly kind: 'stream-retry';
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    })
  | (Base & {
      readonly kind: 'refused';
      readonly what: 'login' | 'watch';
      readonly reason: string;
      readonly remedy: string;
      readonly retryInMs: number;
    })
  /** The queue takes no more until its reader has caught up: the stream is not read meanwhile; and then it is again. */
  | (Base & {
      readonly kind: 'watch-paused';
      readonly batches: number;
      readonly events: number;
      readonly oldestAt: string | null;
    })
  | (Base & { readonly kind: 'watch-resumed'; readonly pausedMs: number })
  | (Base & { readonly kind: 'catch-up-started'; readonly reason: CatchUpReason; readonly since: string })
  | (Base & {
      readonly kind: 'catch-up-finished';
      readonly reason: CatchUpReason;
      readonly looked: number;
      readonly found: number;
      readonly tookMs: number;
    })
  | (Base & {
      readonly kind: 'catch-up-failed';
      readonly reason: CatchUpReason;
      readonly message: string;
      readonly retryInMs: number;
    })
  /** A gap has to be closed without one: by the times of the files. */
  | (Base & { readonly kind: 'no-inventory'; readonly message: string })
  | (Base & { readonly kind: 'watch-removed'; readonly path: string })
  | (Base & { readonly kind: 'watch-renamed'; readonly oldPath: string; readonly path: string })
  | (Base & { readonly kind: 'unreadable'; readonly message: string })
  | (Base & {
      readonly kind: 'rules-loaded';
      readonly hash: string;
      readonly rules: number;
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
    })
  | (Base & {
      readonly kind: 'rules-broken';
      readonly message: string;
      readonly problems: readonly string[];
      readonly keptHash: string;
    })
  /** A change that an effect of ours has caused: `rules` led to it and do not see it, others do. */
  | (Base & {
      readonly kind: 'own-effect';
      readonly fileId: string;
      readonly path: string;
      readonly change: string;
      readonly rules: readonly string[];
    })
  | (JobBase & {
      readonly kind: 'matched';
      readonly change: Change;
      readonly dueAt: string;
    })
  /** It changed again before it was due. */
  | (JobBase & { readonly kind: 'settling'; readonly dueAt: string })
  | (StepBase & {
      readonly kind: 'done';
      readonly note: string;
      readonly level: NoteLevel;
      /** Since it was due, and armed. */
      readonly latencyMs: number;
      /** Since its change, but for the settle time. */
      readonly sinceChangeMs: number;
    } & AboutLock)
  | (StepBase & { readonly kind: 'skipped'; readonly note: string } & AboutLock)
  | (StepBase & { readonly kind: 'gone'; readonly note: string } & AboutLock)
  | (StepBase & { readonly kind: 'would'; readonly note: string } & AboutLock)
  | (StepBase & {
      readonly kind: 'not-yet';
      readonly reason: string;
      readonly delayMs: number;
      readonly until?: 'quiet' | 'closed' | undefined;
      /** The reason is the same as last time. */
      readonly again: boolean;
    })
  | (StepBase & { readonly kind: 'retrying'; readonly reason: string; readonly delayMs: number })
  | (StepBase & {
      readonly kind: 'failed';
      readonly reason: string;
      readonly remedy: string;
      readonly answer?: { readonly status: number; readonly errorClass: string } | undefined;
      readonly goesOn: boolean;
    })
  | (JobBase & { readonly kind: 'parked'; readonly reason: string; readonly remedy: string })
  | (Base & { readonly kind: 'throttled'; readonly target: string; readonly delayMs: number; readonly reason: string })
  | (Base & { readonly kind: 'recovered'; readonly target: string; readonly message: string })
  | (Base & { readonly kind: 'skew'; readonly skewMs: number; readonly message: string })
  /** The store is a service: it went away, is back, is set up so that something could be lost, or was not waited for at the end. */
  | (Base & {
      readonly kind: 'store';
      readonly state: 'away' | 'back' | 'careless' | 'new' | 'freed' | 'left';
      readonly message: string;
    })
  | (Base & { readonly kind: 'fatal'; readonly reason: string; readonly remedy: string })
  | (Base & { readonly kind: 'draining'; readonly inFlight: number; readonly waiting: number });

export type MonitorEventKind = MonitorEvent['kind'];

export interface MonitorCounters {
  events: number;
  matches: number;
  ownEffects: number;
  /** Changes that were told twice, by the stream and by a walk: the second time counts for nothing. */
  toldTwice: number;
  done: number;
  skipped: number;
  gone: number;
  would: number;
  /** Jobs that came to their end; one that is dead or parked did not. */
  jobsDone: number;
  retries: number;
  dead: number;
  parked: number;
  streamRestarts: number;
}

export function noCounters(): MonitorCounters {
  return {
    events: 0,
    matches: 0,
    ownEffects: 0,
    toldTwice: 0,
    done: 0,
    skipped: 0,
    gone: 0,
    would: 0,
    jobsDone: 0,
    retries: 0,
    dead: 0,
    parked: 0,
    streamRestarts: 0,
  };
}
