import type { FilelockCounters, FilelockEvent } from './events.ts';
import { LatencyHistogram } from './latency.ts';

const RATE_SECONDS = 5;

/** Numbers of one run. */
export class Tally {
  readonly counters: FilelockCounters = {
    seen: 0,
    locked: 0,
    alreadyLocked: 0,
    wouldLock: 0,
    skipped: 0,
    forgotten: 0,
    failed: 0,
    pending: 0,
    existing: 0,
    streamRestarts: 0,
    events: 0,
  };
  readonly latency = new LatencyHistogram();
  readonly #perSecond = new Map<number, number>();

  count(event: FilelockEvent): void {
    const { counters } = this;
    if (event.kind === 'locked') this.#locked(event.latencyMs, Date.parse(event.at));
    else if (event.kind === 'seen') counters.seen += 1;
    else if (event.kind === 'already-locked') counters.alreadyLocked += 1;
    else if (event.kind === 'would-lock') counters.wouldLock += 1;
    else if (event.kind === 'skipped') counters.skipped += 1;
    else if (event.kind === 'forgotten') counters.forgotten += 1;
    else if (event.kind === 'failed') counters.failed += 1;
    else if (event.kind === 'existing-found') counters.existing = event.count;
  }

  #locked(latencyMs: number, now: number): void {
    this.counters.locked += 1;
    this.latency.add(latencyMs);
    const second = Math.floor(now / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
    if (this.#perSecond.size > RATE_SECONDS * 2) {
      for (const key of this.#perSecond.keys()) if (key < second - RATE_SECONDS) this.#perSecond.delete(key);
    }
  }

  /** Retention locks confirmed a second, over the last whole seconds. */
  rate(now: number): number {
    const second = Math.floor(now / 1000);
    let sum = 0;
    for (let back = 1; back <= RATE_SECONDS; back += 1) sum += this.#perSecond.get(second - back) ?? 0;
    return sum / RATE_SECONDS;
  }
}
