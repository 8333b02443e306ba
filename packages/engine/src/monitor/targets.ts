import type { Clock } from '@qwarden/qumulo-client';
import { Gate } from '../jobs/gate.ts';
import type { ActionOutcome } from '../actions/port.ts';
import { iso } from '../time/iso.ts';
import type { MonitorEvent } from './events.ts';

/** A pause shorter than this is told once in `TELL_EVERY_MS`: under load there can be hundreds a second. */
const WORTH_TELLING_MS = 1000;
const TELL_EVERY_MS = 5000;

interface Target {
  readonly gate: Gate;
  /** Told that it refuses who we are; once, until it does not. */
  refused: boolean;
  toldAt: number;
  told: boolean;
}

/** One breaker for the cluster, and one for each host that actions speak to: what fails for one file because of its target waits for the target. */
export class Targets {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #report: (event: MonitorEvent) => void;
  readonly #targets = new Map<string, Target>();

  constructor(clock: Clock, random: () => number, report: (event: MonitorEvent) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#report = report;
  }

  get cluster(): Gate {
    return this.#target('cluster').gate;
  }

  /** How long the target is paused from now, ms; 0 = it may be tried. */
  pauseMs(target: string): number {
    const known = this.#targets.get(target);
    return known === undefined ? 0 : Math.max(0, known.gate.pausedUntil - this.#clock.monotonic());
  }

  /** How many may speak to it at once, given the limit otherwise. */
  allows(target: string, limit: number): number {
    return this.#targets.get(target)?.gate.allows(limit, this.#clock.monotonic()) ?? limit;
  }

  /** Targets that are paused or being tried out, for the status. */
  tripped(): readonly string[] {
    return [...this.#targets].filter(([, { gate }]) => gate.tripped).map(([name]) => name);
  }

  /** What an outcome says about its target. `target`: the one that was spoken to when it went well. */
  learn(outcome: ActionOutcome, target: string): void {
    if (outcome.kind === 'aborted') return;
    const now = this.#clock.monotonic();
    if (outcome.kind !== 'transient') {
      const known = this.#targets.get(target);
      if (known?.gate.succeeded() !== true) return;
      known.refused = false;
      if (!known.told) return;
      known.told = false;
      const message =
        target === 'cluster' ? 'the cluster answers again' : `${target.replace('host:', '')} answers again`;
      this.#report({ kind: 'recovered', at: iso(this.#clock.now()), target, message });
      return;
    }
    if (outcome.target === 'file') return;
    const { gate } = this.#target(outcome.target);
    const login = outcome.login !== undefined;
    const delayMs = gate.failed(now, { atOnce: outcome.overload, waitMs: outcome.waitMs, login });
    if (delayMs === undefined) return;
    const known = this.#target(outcome.target);
    if (outcome.login !== undefined) {
      if (known.refused) return;
      known.refused = true;
      known.told = true;
      const at = iso(this.#clock.now());
      const { reason } = outcome;
      this.#report({ kind: 'refused', at, what: 'login', reason, remedy: outcome.login.remedy, retryInMs: delayMs });
      return;
    }
    if (delayMs < WORTH_TELLING_MS && now - known.toldAt < TELL_EVERY_MS) return;
    known.toldAt = now;
    known.told = true;
    this.#report({
      kind: 'throttled',
      at: iso(this.#clock.now()),
      target: outcome.target,
      delayMs,
      reason: outcome.reason,
    });
  }

  #target(name: string): Target {
    let target = this.#targets.get(name);
    if (target === undefined) {
      target = { gate: new Gate(this.#random), refused: false, toldAt: Number.NEGATIVE_INFINITY, told: false };
      this.#targets.set(name, target);
    }
    return target;
  }
}
