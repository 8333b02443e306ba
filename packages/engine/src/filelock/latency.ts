import type { LatencySummary } from './events.ts';

const LEAST_MS = 0.01;
const GROWTH = Math.log(1.05);
const BUCKETS = 512;

/** Percentiles in constant memory, exact to 5 %. */
export class LatencyHistogram {
  readonly #buckets = new Float64Array(BUCKETS);
  #count = 0;
  #max = 0;

  add(ms: number): void {
    const bucket = ms <= LEAST_MS ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(ms / LEAST_MS) / GROWTH));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#max = Math.max(this.#max, ms);
  }

  summary(): LatencySummary {
    return { p50Ms: this.#percentile(0.5), p99Ms: this.#percentile(0.99), maxMs: this.#max };
  }

  #percentile(share: number): number {
    let left = Math.ceil(this.#count * share);
    if (left === 0) return 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, round(LEAST_MS * Math.exp(bucket * GROWTH)));
    }
    return this.#max;
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
