import type { Clock, ClusterClock } from '@qwarden/qumulo-client';

/** Half of a second is unsure after a few answers, and each at the right moment halves that. */
const MOST_ANSWERS = 5;
/** It takes as long as this for a change to be made and told. */
const ENOUGH_MS = 40;

export interface SharpenDeps {
  readonly clusterClock: Pick<ClusterClock, 'nowMs' | 'uncertaintyMs'>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Makes the cluster answer, with its time in whole seconds. */
  readonly ask: () => Promise<unknown>;
}

/** Is the cluster's clock known as well as it is going to be? */
export function isSharp(clusterClock: Pick<ClusterClock, 'uncertaintyMs'>): boolean {
  return clusterClock.uncertaintyMs() <= ENOUGH_MS;
}

/**
 * Learns the cluster's clock to some ten milliseconds, in some seconds: its answers tell whole seconds, so that one at the turn of a second by
 * our estimate says which half of what is unsure it is. Rejects with what `sleep` or `ask` rejects with.
 */
export async function sharpenClock({ clusterClock, clock, ask }: SharpenDeps, signal: AbortSignal): Promise<void> {
  for (let answers = 0; answers < MOST_ANSWERS && !isSharp(clusterClock); answers += 1) {
    await clock.sleep(1000 - (clusterClock.nowMs() % 1000), signal);
    await ask();
  }
}
