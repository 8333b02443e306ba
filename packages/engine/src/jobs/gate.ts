import { type BackoffPolicy, backoffMs } from './backoff.ts';

/** One call every few seconds is no load, and a cluster that is back is noticed soon. */
const BACKOFF: BackoffPolicy = { baseMs: 250, capMs: 10_000, floorMs: 50 };
/** Where each try is a failed login: accounts are locked out for too many of those. */
const LOGIN_BACKOFF: BackoffPolicy = { baseMs: 250, capMs: 30_000, floorMs: 50 };
/** So many failures in a row, none of them a file's own, and it is the cluster. */
const TRIP_AFTER = 8;

export interface GateFailure {
  /** Trips at this very failure. */
  readonly atOnce: boolean;
  /** Asked for by the cluster. */
  readonly waitMs?: number | undefined;
  readonly login?: boolean;
}

/**
 * The breaker towards the cluster. Closed: everything passes. Tripped: nothing does until a time, then one call at a time until one succeeds.
 * Times are on the monotonic clock.
 */
export class Gate {
  readonly #random: () => number;
  #failuresInARow = 0;
  #trips = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #probing = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Most calls that may be in flight now, given the limit otherwise. */
  allows(limit: number, now: number): number {
    if (now < this.#pausedUntil) return 0;
    return this.#probing ? 1 : limit;
  }

  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  get tripped(): boolean {
    return this.#probing;
  }

  /** True when this ended a pause: the cluster answers again. */
  succeeded(): boolean {
    const was = this.#probing;
    this.#failuresInARow = 0;
    this.#trips = 0;
    this.#probing = false;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    return was;
  }

  /** A failure that is the cluster's. Returns the pause in ms when it trips the gate. */
  failed(now: number, options: GateFailure): number | undefined {
    // What was in flight when the gate tripped fails together with it: that is one failure, not many.
    if (now < this.#pausedUntil) return undefined;
    this.#failuresInARow += 1;
    if (!options.atOnce && !this.#probing && this.#failuresInARow < TRIP_AFTER) return undefined;
    this.#trips += 1;
    const pause =
      options.waitMs ?? backoffMs(options.login === true ? LOGIN_BACKOFF : BACKOFF, this.#trips, this.#random);
    this.#probing = true;
    this.#pausedUntil = now + pause;
    return pause;
  }
}
