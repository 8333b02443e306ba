import type { Clock, QumuloClient } from '@qwarden/qumulo-client';
import { iso } from '../time/iso.ts';
import type { MonitorEvent } from './events.ts';

/** A change of the difference that is worth a word. */
const SKEW_MS = 2000;

export interface ClockSkewDeps {
  readonly cluster: Pick<QumuloClient, 'clusterClock'>;
  readonly clock: Clock;
  readonly report: (event: MonitorEvent) => void;
}

/** Tells when the clocks of the cluster and of this machine have come apart, or together again. */
export class ClockSkew {
  readonly #deps: ClockSkewDeps;
  #toldMs: number;

  /** @param toldMs the difference that the user has been told already */
  constructor(deps: ClockSkewDeps, toldMs: number) {
    this.#deps = deps;
    this.#toldMs = toldMs;
  }

  tell(): void {
    const { cluster, clock, report } = this.#deps;
    const skewMs = cluster.clusterClock.skewMs();
    if (skewMs === undefined || Math.abs(skewMs - this.#toldMs) <= SKEW_MS) return;
    this.#toldMs = skewMs;
    const message = `The cluster's clock is ${Math.abs(Math.round(skewMs / 100) / 10)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's. Retention follows the cluster's.`;
    report({ kind: 'skew', at: iso(clock.now()), skewMs, message });
  }
}
