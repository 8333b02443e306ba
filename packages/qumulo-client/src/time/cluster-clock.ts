import type { Clock } from './clock.ts';

/** The cluster's clock as far as its answers have shown it. */
export interface ClusterClock {
  /**
   * The latest moment it can be on the cluster now, ms since the epoch: never too early, at most about 1 s and a round
   * trip late. For retention. The local clock before the first answer.
   */
  latestMs(): number;
  /** Best estimate of the cluster's time now, ms since the epoch. The local clock before the first answer. */
  nowMs(): number;
  /** Cluster minus local, ms; undefined before the first answer. */
  skewMs(): number | undefined;
  /** By how much `nowMs` and `skewMs` can be wrong in either direction, ms; a second before the first answer. */
  uncertaintyMs(): number;
}

export interface ClusterClockFeed extends ClusterClock {
  /** One answer: its `Date`, and the monotonic moments when it was asked for and when it was there. */
  sample(dateMs: number, sentAt: number, receivedAt: number): void;
}

/** Clocks of two machines drift apart by less than this (200 ppm). */
const drift = 2e-4;
/** So many answers in a row must say that the cluster's clock went back. */
const believedAfter = 3;

/**
 * An answer's `Date` D (whole seconds, FACTS 9) was written between sending and receiving, while the cluster's clock was in
 * `[D, D + 1000)`. So the offset of the cluster's clock from our monotonic one is at least `D - receivedAt` and below
 * `D + 1000 - sentAt`. Answers at different parts of a second narrow that down to about a round trip. An answer that
 * contradicts the interval means that somebody moved the cluster's clock: start again from that answer. A clock moved
 * back is believed at the third such answer in a row only, since a single one may just come from a server that was busy
 * between writing its Date and sending it, and retention must not become shorter for that.
 */
export function createClusterClock(clock: Clock): ClusterClockFeed {
  let behindInARow = 0;
  let known: { lowest: number; highest: number; spread: number; at: number } | undefined;

  return {
    sample(dateMs, sentAt, receivedAt) {
      const lowest = dateMs - receivedAt;
      const highest = dateMs + 1_000 - sentAt;
      const fresh = { lowest, highest, spread: highest - lowest, at: receivedAt };
      if (known === undefined) {
        known = fresh;
        return;
      }
      const aged = drift * Math.max(0, receivedAt - known.at);
      known.lowest -= aged;
      known.highest += aged;
      known.at = receivedAt;
      const behind = highest < known.lowest;
      behindInARow = behind ? behindInARow + 1 : 0;
      if (behind && behindInARow < believedAfter) return;
      if (behind || lowest > known.highest) {
        known = fresh;
        behindInARow = 0;
        return;
      }
      if (lowest >= known.lowest) {
        known.lowest = lowest;
        known.spread = fresh.spread;
      }
      known.highest = Math.min(known.highest, highest);
    },
    // Not `highest`: a server that writes its Date a little late (Node caches it) makes that bound too low, while the
    // best lower bound only ever comes from its promptest answer.
    latestMs: () => (known === undefined ? clock.now() : Math.ceil(clock.monotonic() + known.lowest + known.spread)),
    nowMs: () => estimate() ?? clock.now(),
    skewMs: () => {
      const now = estimate();
      return now === undefined ? undefined : now - clock.now();
    },
    uncertaintyMs: () => (known === undefined ? 1_000 : Math.max(0, (known.highest - known.lowest) / 2)),
  };

  function estimate(): number | undefined {
    return known === undefined ? undefined : clock.monotonic() + (known.lowest + known.highest) / 2;
  }
}
