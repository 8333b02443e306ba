/** What the limit is steered by. Measured: a fast server is served best by 32 in flight, one that is 5 ms away by 128 (PERFORMANCE 2). */
const START = 32;
const FLOOR = 4;
/**
 * Mean latency of a window against the best seen. At 1 calls wait for the way alone and more in flight is pure gain; where the slower
 * side is just busy all the time it is a little above 1, and twice that many in flight keep it so through every jitter. Above `shrink`
 * calls only queue. (Measured 5 ms away: growth that ended at 1.6 stayed at 32 in flight and half the rate.)
 */
const RATIO = { grow: 2.2, shrink: 4 };
const WINDOW = { least: 32, ms: 20 };
/** The best latency is forgotten slowly, so that a cluster that has become slower for good is not punished for ever. */
const BEST_AGEING = 1.02;

/** How many calls may be in flight: grows while latency stays flat, shrinks when calls only queue, halves when the cluster says so. */
export class ConcurrencyLimiter {
  readonly #cap: number;
  readonly #start: number;
  #limit: number;
  #best = Number.POSITIVE_INFINITY;
  #count = 0;
  #sum = 0;
  #least = Number.POSITIVE_INFINITY;
  #peak = 0;
  #windowStart: number | undefined;

  constructor(cap: number) {
    this.#cap = Math.max(1, Math.floor(cap));
    this.#start = Math.min(START, this.#cap);
    this.#limit = this.#start;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** A call has ended well. `inFlight`: how many there were with it; `now` and `latencyMs` on the monotonic clock. */
  succeeded(latencyMs: number, inFlight: number, now: number): void {
    this.#windowStart ??= now;
    this.#count += 1;
    this.#sum += latencyMs;
    this.#least = Math.min(this.#least, latencyMs);
    this.#peak = Math.max(this.#peak, inFlight);
    if (this.#count >= Math.max(WINDOW.least, this.limit) && now - this.#windowStart >= WINDOW.ms) this.#judge();
  }

  /** The cluster is over its capacity (429, 503, time-out). */
  overloaded(): void {
    this.#limit = Math.max(Math.min(FLOOR, this.#cap), this.#limit / 2);
    this.#reset();
  }

  #judge(): void {
    const mean = this.#sum / this.#count;
    this.#best = Math.max(0.05, Math.min(this.#best * BEST_AGEING, this.#least));
    const ratio = mean / this.#best;
    // A limit that nobody reaches says nothing about a higher one.
    if (ratio < RATIO.grow && this.#peak >= this.limit * 0.9) this.#limit = Math.min(this.#cap, this.#limit * 1.25 + 1);
    else if (ratio > RATIO.shrink && this.#limit > this.#start) this.#limit = Math.max(this.#start, this.#limit * 0.9);
    else if (this.#limit < this.#start) this.#limit = Math.min(this.#start, this.#limit + 1);
    this.#reset();
  }

  #reset(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#least = Number.POSITIVE_INFINITY;
    this.#peak = 0;
    this.#windowStart = undefined;
  }
}
