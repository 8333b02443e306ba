import type { Clock } from '@qwarden/qumulo-client';

/** What a rule may do in a time; what is over waits. */
export interface RuleRate {
  /** Runs per `perMs`, null = no such limit. */
  readonly rate: { readonly runs: number; readonly perMs: number } | null;
  /** Runs that may come at once after a quiet time; null = one interval's worth. */
  readonly burst: number | null;
  readonly perHour: number | null;
}

const HOUR_MS = 3_600_000;

/** Token bucket and hourly maximum of one rule. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #limits: RuleRate;
  readonly #most: number;
  #tokens: number;
  #at: number;
  #hour: number[] = [];

  constructor(clock: Clock, limits: RuleRate) {
    this.#clock = clock;
    this.#limits = limits;
    this.#most = Math.max(1, limits.burst ?? (limits.rate === null ? 1 : Math.ceil(limits.rate.runs)));
    this.#tokens = this.#most;
    this.#at = clock.monotonic();
  }

  /** Takes one run. How long to wait instead, ms, when there is none; 0 = taken. */
  take(): number {
    const now = this.#clock.monotonic();
    const { rate, perHour } = this.#limits;
    if (perHour !== null) {
      this.#hour = this.#hour.filter((at) => now - at < HOUR_MS);
      const oldest = this.#hour[0];
      if (this.#hour.length >= perHour && oldest !== undefined) return oldest + HOUR_MS - now;
    }
    if (rate !== null) {
      const perToken = rate.perMs / rate.runs;
      this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#at) / perToken);
      this.#at = now;
      if (this.#tokens < 1) return Math.max(1, Math.ceil((1 - this.#tokens) * perToken));
      this.#tokens -= 1;
    }
    if (perHour !== null) this.#hour.push(now);
    return 0;
  }
}
