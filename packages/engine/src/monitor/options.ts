import type { Clock, NotifyEventType, QumuloClient } from '@qwarden/qumulo-client';
import type { Actions, Outside } from '../actions/port.ts';
import type { InventoryStore } from '../inventory/port.ts';
import type { CoverageLog, QueueStore, WatchKey } from '../queue/port.ts';
import type { Tracing } from '../tracing/port.ts';
import type { MonitorEvent } from './events.ts';

export type MonitorRole = 'all' | 'watcher' | 'worker';

export interface MonitorOptions {
  readonly cluster: QumuloClient;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: MonitorEvent) => void;
  readonly tracing?: Tracing | undefined;
  readonly store: QueueStore;
  readonly actions: Actions;
  readonly directory: { readonly id: string; readonly path: string; readonly recursive: boolean };
  readonly coverage: CoverageLog;
  /** What is known to be below the directory; a worker needs none. */
  readonly inventory: InventoryStore | undefined;
  readonly dryRun: boolean;
  /** `watcher` follows the stream and decides, `worker` carries out; `all` does both. */
  readonly role: MonitorRole;
  /** Of a worker: which directory the queue's watcher watches, as far as there is one. */
  readonly ofQueue?: (() => Promise<WatchKey | undefined>) | undefined;
  /** Aborts when another has taken over the watch; its reason is the error. */
  readonly lost: AbortSignal | undefined;
  /** Other processes share the store. */
  readonly shared: boolean;
  readonly maxConcurrency: number | undefined;
  /** The difference of the clocks that the user has been told already, ms. */
  readonly skewToldMs: number;
  /** Directories that were made are looked into, in case their first files were not told of; default: no. */
  readonly lookIntoNew?: boolean | undefined;
  /** Types of change to be told of; default: all. */
  readonly types?: readonly NotifyEventType[] | undefined;
  /**
   * The watched directory has a new path, which counts once this resolves: for rules that follow it. Jobs made before are then carried out
   * where the rule of the same name in the rule set in force is for the file.
   */
  readonly beforeRenamed?: ((path: string) => Promise<void>) | undefined;
  /** A job that has failed for good is tried once more when its file is not there any more: nobody is to be asked about that. */
  readonly forgetsGone?: boolean | undefined;
  /** Called by `close()`, after the store is closed. */
  readonly release: () => Promise<void>;
}
