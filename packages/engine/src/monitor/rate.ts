import type { Clock } from '@qwarden/qumulo-client';

/** What a rule may do in a time; what is over waits. */
export interface RuleRate {
  /** Runs per `perMs`, null = no such limit. */
  readonly rate: { readonly runs: number; readonly perMs: number } | null;
  /** Runs that may come at once after a quiet time; null = as many as `rate` names. */
  readonly burst: number | null;
  readonly perHour: number | null;
}

const HOUR_MS = 3_600_000;

/**
 * Gives each run of a rule its time, by a rate with bursts and by a maximum an hour. A run that must wait gets a time of its own, so that a
 * thousand that wait are asked about once each, and not again at every turn.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perHour: number | null;
  /** Time between two runs, and how far ahead of it runs may be; 0 = no rate. */
  readonly #everyMs: number;
  readonly #aheadMs: number;
  /** When the next run would come if all came evenly. */
  #even = Number.NEGATIVE_INFINITY;
  /** Times given within the last hour, and those to come. */
  #given: number[] = [];

  constructor(clock: Clock, { rate, burst, perHour }: RuleRate) {
    this.#clock = clock;
    this.#perHour = perHour;
    this.#everyMs = rate === null ? 0 : rate.perMs / rate.runs;
    this.#aheadMs = (Math.max(1, burst ?? rate?.runs ?? 1) - 1) * this.#everyMs;
  }

  /** How long this run has to wait, ms; 0 = it may begin. */
  reserve(): number {
    const now = this.#clock.monotonic();
    let at = now;
    if (this.#everyMs > 0) {
      this.#even = Math.max(this.#even, now);
      at = Math.max(at, this.#even - this.#aheadMs);
      this.#even += this.#everyMs;
    }
    if (this.#perHour !== null) {
      this.#given = this.#given.filter((time) => time > now - HOUR_MS);
      const earlier = this.#given.at(-this.#perHour);
      if (earlier !== undefined) at = Math.max(at, earlier + HOUR_MS);
      this.#given.push(at);
    }
    return Math.ceil(at - now);
  }
}
