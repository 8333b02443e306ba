import type { Clock } from '@qwarden/qumulo-client';

/**
 * So many runs of one rule for one file within so long, and something feeds it. Where each match is a job of its own (`mode: parallel`), one write
 * makes several.
 */
export const RUNAWAY = { runs: 6, parallelRuns: 20, withinMs: 60_000 } as const;

/** By the key of a job: that of one which `mode: parallel` has made names the change, too. */
export function runawayKey(jobKey: string): string {
  return isParallel(jobKey) ? jobKey.slice(0, jobKey.lastIndexOf('#')) : jobKey;
}

export function isParallel(jobKey: string): boolean {
  return jobKey.indexOf('#', jobKey.lastIndexOf('\0')) >= 0;
}

/**
 * The breaker of one rule for one file. Two programs that act on each other's changes cannot see each other's effects as their own; what
 * they can see is that the same file keeps coming back.
 */
export class RunawayBreaker {
  readonly #clock: Clock;
  readonly #starts = new Map<string, number[]>();
  #looked: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#looked = clock.now();
  }

  /**
   * A run begins. False: too many of late, hold it back.
   * @param key of a rule and a file, {@link runawayKey}
   */
  mayRun(key: string, most: number = RUNAWAY.runs): boolean {
    const now = this.#clock.now();
    this.#forget(now);
    const starts = (this.#starts.get(key) ?? []).filter((at) => now - at < RUNAWAY.withinMs);
    if (starts.length >= most) return false;
    starts.push(now);
    this.#starts.set(key, starts);
    return true;
  }

  /** A person has released it: it starts anew. */
  release(key: string): void {
    this.#starts.delete(key);
  }

  #forget(now: number): void {
    if (now - this.#looked < RUNAWAY.withinMs) return;
    this.#looked = now;
    for (const [key, starts] of this.#starts) {
      if (starts.every((at) => now - at >= RUNAWAY.withinMs)) this.#starts.delete(key);
    }
  }
}
