import type { MonitorCounters } from '../monitor/events.ts';
import type { JobCounts, LogLag } from '../queue/port.ts';

/** What a process knows of itself, at any time. */
export interface Vitals {
  readonly stream: 'connecting' | 'watching' | 'down';
  /** A watcher does not know yet of every change until now. */
  readonly gapOpen: boolean;
  /** The queue has no room: the stream is not read meanwhile. */
  readonly paused: boolean;
  readonly inFlight: number;
  readonly concurrencyLimit: number;
  /** Names of the targets whose breaker is open: `cluster`, or a host. */
  readonly tripped: readonly string[];
  readonly awaitedEchoes: number;
  readonly ruleSet: { readonly hash: string; readonly rules: number };
  /** How far the cluster's clock is ahead of ours; undefined before the first answer. */
  readonly skewMs: number | undefined;
  readonly counters: Readonly<MonitorCounters>;
}

/** What the store has to be asked for: the same for all processes that share it. */
export interface Depths {
  readonly lag: LogLag;
  readonly jobs: JobCounts;
  /** When the job that waits longest became due; null when none is due. */
  readonly oldestDueAt: number | null;
}

/** What there is to read of a run besides what it tells. */
export interface Measured {
  vitals(): Vitals;
  /** Jobs that wait for their file to stay quiet. */
  settling(): Promise<number>;
  /** Rejects with StateError; while a store that is a service is away, it waits. */
  depths(): Promise<Depths>;
}
