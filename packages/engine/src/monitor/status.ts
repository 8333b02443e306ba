import type { JobCounts, LogLag } from '../queue/port.ts';
import type { MonitorCounters } from './events.ts';
import type { StreamState } from './following.ts';

export interface MonitorStatus {
  readonly stream: StreamState;
  readonly since: string;
  /** The queue has no room: the stream is not read until its reader has caught up. */
  readonly paused: boolean;
  readonly lag: LogLag;
  readonly jobs: JobCounts;
  readonly inFlight: number;
  readonly concurrencyLimit: number;
  readonly tripped: readonly string[];
  readonly awaitedEchoes: number;
  readonly ruleSet: { readonly hash: string; readonly rules: number };
  readonly counters: Readonly<MonitorCounters>;
}

export interface MonitorSummary {
  readonly counters: Readonly<MonitorCounters>;
  readonly jobs: JobCounts;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly endReason: 'signal' | 'watch-removed' | 'fatal';
  readonly error?: Error;
}
