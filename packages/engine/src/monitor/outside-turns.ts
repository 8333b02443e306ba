import type { ActionOutcome } from '../actions/port.ts';
import type { Targets } from './targets.ts';

/** So many runs of one step at once. What is outside may take its time, or hang: it must hold up neither other rules nor the cluster. */
const MOST = 32;
const WAIT = { leastMs: 100, mostMs: 10_000 };

interface Step {
  running: number;
  sentAway: number;
  /** How long a run lasts, of late. */
  meanMs: number;
  /** What it failed because of last. */
  target: string | undefined;
}

/** Whose turn it is among the jobs that have something to do outside. Nobody waits here: who comes too early is told when to come again. */
export class OutsideTurns {
  readonly #targets: Targets;
  readonly #steps = new Map<string, Step>();

  constructor(targets: Targets) {
    this.#targets = targets;
  }

  /** Ms after which to come again; 0: it may run now, and `ended` must follow. */
  begin(name: string): number {
    const step = this.#step(name);
    const { target } = step;
    const pauseMs = target === undefined ? 0 : this.#targets.pauseMs(target);
    const most = target === undefined ? MOST : this.#targets.allows(target, MOST);
    if (step.running >= most) {
      step.sentAway += 1;
      // The more are waiting, the longer it takes until it is this one's turn.
      const rounds = Math.ceil(step.sentAway / MOST);
      return Math.max(pauseMs, Math.min(WAIT.mostMs, Math.max(WAIT.leastMs, step.meanMs * rounds)));
    }
    step.running += 1;
    step.sentAway = Math.max(0, step.sentAway - 1);
    return 0;
  }

  ended(name: string, outcome: ActionOutcome, tookMs: number): void {
    const step = this.#step(name);
    step.running -= 1;
    step.meanMs += (tookMs - step.meanMs) / 8;
    if (outcome.kind === 'transient' && outcome.target.startsWith('host:')) step.target = outcome.target;
    this.#targets.learn(outcome, step.target ?? 'file');
    // One that answers again may be told of anew, and is no more asked about.
    if (outcome.kind !== 'transient' && outcome.kind !== 'aborted') step.target = undefined;
  }

  #step(name: string): Step {
    let step = this.#steps.get(name);
    if (step === undefined) this.#steps.set(name, (step = { running: 0, sentAway: 0, meanMs: 0, target: undefined }));
    return step;
  }
}
