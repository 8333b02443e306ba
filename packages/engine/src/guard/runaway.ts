import type { Clock } from '@qwarden/qumulo-client';
import type { RuleJob } from '../queue/port.ts';
import { Recent } from './recent.ts';
import { type Leave, SelfFed } from './self-fed.ts';

/** Had to change one file, under one name, so many times: others undo it. */
const MOST_RETURNS = 6;
/** Within so long, and so many settle times more: where two rules undo each other's work, each turn takes the settle time of both. */
const WITHIN_MS = 60_000;
const WITHIN_SETTLES = 15;
/** Effects on one file that are remembered: what it went through before so many has not come back since. */
const MOST_REMEMBERED = 64;

/** What the breaker knows of a run. */
export type GuardedRun = Pick<RuleJob, 'key' | 'match' | 'path' | 'changedAt' | 'settleMs'>;

/** An effect of a rule on the file of its job. */
interface Made {
  readonly at: number;
  /** Where the file was when the run began. */
  readonly path: string;
  readonly match: string;
}

/**
 * The breaker of one rule for one file. Two programs that act on each other's changes cannot see each other's effects as their own; what they can
 * see is that the same file comes back to where, or to what, they have changed already. Runs that do nothing to the file itself are not counted:
 * a file may be saved, and copied, as often as people like. What leads to each next change in other ways ({@link SelfFed}) has a fuse of its own.
 */
export class RunawayBreaker {
  readonly #clock: Clock;
  readonly #made: Recent<readonly Made[]>;
  readonly #selfFed: SelfFed;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#made = new Recent(clock);
    this.#selfFed = new SelfFed(clock);
  }

  /** A run is about to begin. */
  begin(run: GuardedRun): Leave {
    const key = ofRuleAndFile(run.key);
    const now = this.#clock.now();
    const made = this.#lately(key, now - memoryMs(run.settleMs));
    const first = made.filter(({ path }) => path === run.path).at(-MOST_RETURNS);
    if (first !== undefined && isReturn(run, made.at(-1))) {
      const seconds = Math.max(1, Math.ceil((now - first.at) / 1000));
      return {
        kind: 'stop',
        why: `It changed this file ${MOST_RETURNS} times within ${seconds} s, and each time the file was changed again or put back.`,
      };
    }
    const { changedAt, settleMs } = run;
    return this.#selfFed.begin(key, { changedAt, keepMs: memoryMs(settleMs), parallel: isParallel(run.key) });
  }

  /** The run has made an effect on its file. Several effects of one run are one; so are those of several that answer changes from before it. */
  changed(run: GuardedRun, at: number): void {
    const key = ofRuleAndFile(run.key);
    const keepMs = memoryMs(run.settleMs);
    const made = this.#lately(key, at - keepMs);
    if (!isReturn(run, made.at(-1))) return;
    const { path, match } = run;
    this.#made.set(key, [...made.slice(1 - MOST_REMEMBERED), { at, path, match }], at + keepMs);
  }

  /** The run is over, whatever became of it. */
  ended({ key, settleMs }: GuardedRun): void {
    this.#selfFed.ended(ofRuleAndFile(key), memoryMs(settleMs));
  }

  /** A person has looked at this job: what fed it counts anew. */
  release(jobKey: string): void {
    const key = ofRuleAndFile(jobKey);
    this.#made.delete(key);
    this.#selfFed.release(key);
  }

  #lately(key: string, since: number): readonly Made[] {
    return (this.#made.get(key) ?? []).filter(({ at }) => at >= since);
  }
}

/** Does it answer a change that came after our last effect? */
function isReturn({ match, changedAt }: GuardedRun, last: Made | undefined): boolean {
  return last === undefined || (last.match !== match && changedAt >= last.at);
}

function memoryMs(settleMs: number): number {
  return WITHIN_MS + WITHIN_SETTLES * settleMs;
}

/** The key of a job that `mode: parallel` has made names the change, too. */
function ofRuleAndFile(jobKey: string): string {
  return isParallel(jobKey) ? jobKey.slice(0, jobKey.lastIndexOf('#')) : jobKey;
}

function isParallel(jobKey: string): boolean {
  return jobKey.indexOf('#', jobKey.lastIndexOf('\0')) >= 0;
}
