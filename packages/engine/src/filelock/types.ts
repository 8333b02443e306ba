import type { Clock, FileRef, QumuloClient } from '@qwarden/qumulo-client';
import type { FilelockEvent, FilelockStatus, FilelockSummary } from './events.ts';
import type { FilelockPolicy } from './policy.ts';
import type { Measured } from '../metrics/measured.ts';
import type { MonitorEvent } from '../monitor/events.ts';
import type { Tracing } from '../tracing/port.ts';

export interface FilelockOptions {
  readonly watch: { readonly ref: FileRef; readonly recursive: boolean };
  readonly policy: FilelockPolicy;
  /** Says what it would do and changes nothing, on the cluster or in the state directory. */
  readonly dryRun: boolean;
  /** Most retention locks in flight at once; default 128. Give the client at least as many `connections`. */
  readonly maxConcurrency?: number | undefined;
  /** The difference of the clocks that the user has been told already, ms (see `startupChecks`). */
  readonly skewToldMs?: number | undefined;
  /** Directory of the ledger; made when missing. One process at a time. */
  readonly stateDir: string;
}

export interface FilelockDeps {
  readonly client: QumuloClient;
  readonly clock?: Clock | undefined;
  /** Source of jitter, `[0, 1)`. */
  readonly random?: (() => number) | undefined;
  /** Called for every event, in order. Must not throw. */
  readonly report: (event: FilelockEvent) => void;
  /** Called before, with what the engine itself has to tell. Must not throw. */
  readonly observe?: ((event: MonitorEvent) => void) | undefined;
  /** See `openTracing`; the caller closes it. */
  readonly tracing?: Tracing | undefined;
}

/** The main job: one watch, one policy, one state directory. */
export interface Filelock {
  /**
   * Opens the stream, waits for registration, closes the gap, works until the signal aborts; then finishes what is in flight (10 s at
   * most), leaves the rest in the state, and resolves with the summary. With `endReason` `watch-removed` or `fatal` it resolves too:
   * `error` says what happened. Rejects only when called twice.
   */
  run(signal: AbortSignal): Promise<FilelockSummary>;
  /** Rejects with StateError. */
  status(): Promise<FilelockStatus>;
  /** The engine that it runs on, for its metrics. */
  readonly measured: Measured;
  /** Releases the state directory. Safe to call twice. */
  close(): Promise<void>;
}
