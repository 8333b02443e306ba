import type { Clock } from '@qwarden/qumulo-client';
import type { LoopGuard } from '../guard/guard.ts';
import type { InventoryStore } from '../inventory/port.ts';
import type { QueueStore } from '../queue/port.ts';

const EVERY_MS = 60_000;
const KEEP_TRACES_MS = 30 * 86_400_000;

export interface HousekeepingDeps {
  readonly clock: Clock;
  readonly store: QueueStore;
  readonly guard: Pick<LoopGuard, 'expire'>;
  readonly inventory: Pick<InventoryStore, 'record' | 'names'> | undefined;
  /** A job that has failed for good is tried once more when its file is not there any more. */
  readonly forgetsGone: boolean;
  /** Not everything until now is known to be in the log. */
  readonly isGapOpen: () => boolean;
  readonly retry: (key: string) => Promise<unknown>;
}

/** What is to be forgotten, once a minute. */
export class Housekeeping {
  readonly #deps: HousekeepingDeps;
  /** Jobs for files that have gone. */
  readonly #retried = new Set<string>();

  constructor(deps: HousekeepingDeps) {
    this.#deps = deps;
  }

  /** Until the signal aborts. Rejects with StateError. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store, guard, forgetsGone } = this.#deps;
    while (!signal.aborted) {
      try {
        await clock.sleep(EVERY_MS, signal);
        await guard.expire();
        await store.traces.prune(clock.now() - KEEP_TRACES_MS);
        await store.locks.prune(clock.now() - KEEP_TRACES_MS);
        if (forgetsGone) await this.#retryGone();
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async #retryGone(): Promise<void> {
    const { store, inventory, isGapOpen, retry } = this.#deps;
    if (inventory?.record().wholeSince === undefined || isGapOpen()) return;
    for await (const { key, fileId } of store.jobs.list({ states: ['dead'] })) {
      // Once: if it is there after all, it would fail like that each time.
      if (this.#retried.has(key) || inventory.names(fileId).length > 0) continue;
      this.#retried.add(key);
      await retry(key);
    }
  }
}
