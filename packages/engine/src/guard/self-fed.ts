import type { Clock } from '@qwarden/qumulo-client';
import { Recent } from './recent.ts';

/** What a run has done to its file is told by the cluster within so long after its end. */
const ECHO_MS = 1000;
/** So many runs in a row that answer such a change: it is seen what happens without a run. */
const SUSPECT_RUNS = 30;
/** So long, or twice as long as a run if that is longer: whoever else changes the file during each run does it then, too. */
const LEAST_PAUSE_MS = 10_000;
const MOST_PAUSE_MS = 600_000;
/** So many pauses without a change, and a change with each run between them: it is the run. */
const MOST_QUIET_PAUSES = 5;
/** Where each change is a job of its own nothing can be held back alone: so many within so long are too many. */
const PARALLEL = { runs: 300, withinMs: 60_000 } as const;

/** May a run begin? `wait`: not for so long; `stop`: a person decides. `why` is for people. */
export type Leave =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly ms: number; readonly why: string }
  | { readonly kind: 'stop'; readonly why: string };

interface Row {
  /** Of the last run. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Runs in a row that answered a change of during, or right after, the run before; and since when they are counted. */
  readonly fed: number;
  readonly since: number;
  readonly quietPauses: number;
  /** Held back until then. */
  readonly pausedUntil: number | undefined;
}

/**
 * Finds rules that feed themselves where nobody sees how: a program changes the very file that it is run for, or a name grows with each turn of
 * two rules. All there is to see is the change that follows each run. Others may
 * change a file that often, too: so the rule is held back for a moment now and then, and is stopped only when the file never changes meanwhile.
 */
export class SelfFed {
  readonly #clock: Clock;
  readonly #rows: Recent<Row>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#rows = new Recent(clock);
  }

  /**
   * A run is about to begin.
   * @param key of rule and file
   */
  begin(key: string, run: { changedAt: number; keepMs: number; parallel: boolean }): Leave {
    const now = this.#clock.now();
    const row = this.#rows.get(key);
    if (row === undefined) return this.#go(key, ANEW, now);
    const { startedAt, endedAt = now, pausedUntil } = row;
    if (run.changedAt < startedAt || run.changedAt > endedAt + ECHO_MS) return this.#go(key, ANEW, now);
    if (pausedUntil === undefined) return this.#count(key, row, run, now);
    // One write may be told in several changes, of which the last come when it is held back already.
    if (now < pausedUntil) return wait(row, pausedUntil - now);
    const quietPauses = row.quietPauses + 1;
    if (quietPauses < MOST_QUIET_PAUSES) return this.#go(key, { ...row, quietPauses }, now);
    this.#rows.delete(key);
    return {
      kind: 'stop',
      why: `${inARow(row.fed)}, and never while it was held back: what it does leads to these changes.`,
    };
  }

  /** @param keepMs how long a change may take to lead to the next run */
  ended(key: string, keepMs: number): void {
    const row = this.#rows.get(key);
    const now = this.#clock.now();
    if (row !== undefined) this.#rows.set(key, { ...row, endedAt: now }, now + keepMs);
  }

  release(key: string): void {
    this.#rows.delete(key);
  }

  #count(key: string, row: Row, run: { changedAt: number; keepMs: number; parallel: boolean }, now: number): Leave {
    const { startedAt, endedAt = now } = row;
    const fed = row.fed + 1;
    if (run.parallel) {
      if (now - row.since >= PARALLEL.withinMs) return this.#go(key, ANEW, now);
      if (fed < PARALLEL.runs) return this.#go(key, { ...row, fed }, now);
      this.#rows.delete(key);
      return { kind: 'stop', why: `${inARow(fed)}: what it does seems to lead to these changes.` };
    }
    if (fed < SUSPECT_RUNS) return this.#go(key, { ...row, fed }, now);
    const ms = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, 2 * (endedAt - startedAt + ECHO_MS)));
    const held = { ...row, fed, pausedUntil: now + ms };
    this.#rows.set(key, held, now + ms + run.keepMs);
    return wait(held, ms);
  }

  #go(
    key: string,
    { fed, quietPauses, since }: Pick<Row, 'fed' | 'quietPauses'> & { since?: number },
    now: number,
  ): Leave {
    const row = { startedAt: now, endedAt: undefined, fed, since: since ?? now, quietPauses, pausedUntil: undefined };
    // Until it has ended, however long it takes.
    this.#rows.set(key, row, Number.POSITIVE_INFINITY);
    return { kind: 'go' };
  }
}

const ANEW = { fed: 0, quietPauses: 0 } as const;

function wait({ fed }: Row, ms: number): Leave {
  return { kind: 'wait', ms, why: `${inARow(fed)}: it waits to see whether the file changes without it.` };
}

function inARow(runs: number): string {
  return `It ran ${runs} times in a row because this file changed while it ran, or within ${ECHO_MS / 1000} s after that`;
}
