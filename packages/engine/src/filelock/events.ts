import type { Arrival } from '../events/arrival.ts';

/** What a catch-up was for: the first inventory of a watch, a restart, a stream that ended, a directory that came in. */
export type CatchUpReason = 'baseline' | 'restart' | 'gap';

interface Base {
  /** Local clock, RFC 3339 with milliseconds. */
  readonly at: string;
}

/** About one file. `path` is absolute on the cluster, as last known. */
interface AboutFile extends Base {
  readonly fileId: string;
  readonly path: string;
}

/** The retention lock of a file, as read back from the cluster (or, in a dry run, as it would be asked). */
interface WithLock extends AboutFile {
  /** End of the retention period, RFC 3339; null when there is none. */
  readonly retentionPeriod: string | null;
  readonly legalHold: boolean;
}

/** Everything `run()` has to tell, in order. Data goes in fields; the words are the listener's. */
export type FilelockEvent =
  /** The cluster confirmed the watch: changes from here on are seen. */
  | (Base & { kind: 'listening'; path: string; directoryId: string; recursive: boolean; epoch: number })
  /** Any end of the stream except our own: changes may have been missed, a catch-up will follow. */
  | (Base & { kind: 'stream-ended'; reason: string; message: string | null })
  | (Base & { kind: 'stream-retry'; attempt: number; delayMs: number; reason: string })
  /** The queue takes no more until its reader has caught up: the stream is not read meanwhile; and then it is again. */
  | (Base & { kind: 'watch-paused'; batches: number; events: number; oldestAt: string | null })
  | (Base & { kind: 'watch-resumed'; pausedMs: number })
  | (Base & { kind: 'catch-up-started'; reason: CatchUpReason })
  | (Base & { kind: 'catch-up-finished'; reason: CatchUpReason; files: number; found: number; tookMs: number })
  | (Base & { kind: 'catch-up-failed'; reason: CatchUpReason; message: string; retryInMs: number })
  /** Files that were there before the watch began and match the policy; `samples` are the first few paths. */
  | (Base & {
      kind: 'existing-found';
      count: number;
      samples: readonly string[];
      action: 'ignored' | 'reported' | 'retention-lock';
    })
  /** A file came under the policy. `dueAt`: when its retention lock is due if it does not change any more. */
  | (AboutFile & { kind: 'seen'; how: Arrival; dueAt: string })
  /** It changed again before it was due. */
  | (AboutFile & { kind: 'settling'; dueAt: string })
  /** Held open by a client (`--wait-for-close`); asked again at `dueAt`. */
  | (AboutFile & { kind: 'still-open'; reason: string; dueAt: string })
  /**
   * The retention lock is on, read back and recorded. `latencyMs`: from the moment it was due (last change + interval) to its
   * confirmation. `note`: what a person should know (the clock of the cluster jumped, set by an earlier try).
   */
  | (WithLock & { kind: 'locked'; latencyMs: number; attempt: number; how: Arrival; note: string | null })
  /** `shorter`: it ends earlier than the policy asks and `--extend` was not given. */
  | (WithLock & { kind: 'already-locked'; shorter: boolean; note: string | null })
  | (WithLock & { kind: 'would-lock'; how: Arrival })
  | (AboutFile & { kind: 'skipped'; reason: string })
  /** Gone before its retention lock was due: information, not an error. */
  | (AboutFile & { kind: 'forgotten'; reason: 'moved-out' | 'gone' })
  /** A transient error, once per file; it is tried again without limit. */
  | (AboutFile & { kind: 'retrying'; attempt: number; reason: string; delayMs: number })
  /** The retention lock of a file that was retried is on after all (`scope: 'file'`), or the cluster answers again (`'cluster'`). */
  | (Base & {
      kind: 'recovered';
      scope: 'file' | 'cluster';
      fileId: string | null;
      path: string | null;
      message: string;
    })
  /** For good, once per file. It is kept and tried again at the next start. */
  | (AboutFile & {
      kind: 'failed';
      reason: string;
      remedy: string;
      status: number | null;
      errorClass: string | null;
      attempt: number;
    })
  /** The cluster refuses qwarden as a whole (login, token): setting retention locks pauses, events go on being taken in. */
  | (Base & { kind: 'refused'; what: 'login' | 'watch'; reason: string; remedy: string; retryInMs: number })
  | (Base & { kind: 'skew'; skewMs: number; message: string })
  /** A notification that this release cannot read; it stays in the log. */
  | (Base & { kind: 'unreadable'; message: string })
  | (Base & { kind: 'throttled'; delayMs: number; reason: string })
  /** For once, what happened in a gap is judged by the times of the files. */
  | (Base & { kind: 'no-inventory'; message: string })
  | (Base & { kind: 'watch-removed'; path: string })
  | (Base & { kind: 'watch-renamed'; oldPath: string; path: string })
  /** Going on makes no sense: `run()` rejects or ends with this. */
  | (Base & { kind: 'fatal'; reason: string; remedy: string })
  | (Base & { kind: 'draining'; inFlight: number; pending: number });

export type FilelockEventKind = FilelockEvent['kind'];

/** Numbers of one run. `pending` and `existing` are what the state holds now. */
export interface FilelockCounters {
  /** Files that came under the policy. */
  seen: number;
  locked: number;
  alreadyLocked: number;
  wouldLock: number;
  skipped: number;
  forgotten: number;
  failed: number;
  /** Due or settling. */
  pending: number;
  /** Files that were there before the watch began. */
  existing: number;
  streamRestarts: number;
  /** Notifications taken in, those that led to nothing included. */
  events: number;
}

export interface LatencySummary {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export type EndReason = 'signal' | 'watch-removed' | 'fatal';

export interface FilelockSummary extends FilelockCounters {
  latency: LatencySummary;
  startedAt: string;
  endedAt: string;
  endReason: EndReason;
  /** With `watch-removed` and `fatal`: what happened, for people. */
  error?: Error;
}

export interface FilelockStatus extends FilelockCounters {
  inFlight: number;
  concurrencyLimit: number;
  stream: 'connecting' | 'watching' | 'down';
  /** Since when `stream` is what it is, RFC 3339. */
  since: string;
  /** Pending and not yet due. */
  settlingNow: number;
  /** Retention locks confirmed a second, over the last few seconds. */
  rate: number;
  latency: LatencySummary;
}
