import type { Clock, QumuloClient } from '@qwarden/qumulo-client';
import { refusedUnchanged } from '../actions/cluster-outcome.ts';
import type { ActionContext, ActionInput, ActionOutcome, Outside } from '../actions/port.ts';
import type { LoopGuard } from '../guard/guard.ts';
import { RUNAWAY, type RunawayBreaker } from '../guard/runaway.ts';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import type { ConcurrencyLimiter } from '../jobs/limiter.ts';
import { isLocked, type LockRecord } from '../ledger/lock-record.ts';
import { lockRecordOf } from '../ledger/of-job.ts';
import type { AttemptTrace, JobEnd, QueueStore, RuleJob } from '../queue/port.ts';
import { sentence } from '../text/sentence.ts';
import { iso } from '../time/iso.ts';
import type { MonitorCounters, MonitorEvent } from './events.ts';
import { outcomeProblem } from './outcome.ts';
import { RateLimit } from './rate.ts';
import type { Standings } from './standing.ts';
import type { FindRule, RunnableRule, RunnableStep } from './runnable.ts';
import type { Targets } from './targets.ts';

const RETRY: BackoffPolicy = { baseMs: 500, capMs: 300_000, floorMs: 50 };
/** For what must not be missed, and should not be late. */
const PERSEVERING: BackoffPolicy = { ...RETRY, capMs: 60_000 };
/** Tries of one step, when it is the file's own trouble: about half an hour. After that a person decides. */
const MOST_ATTEMPTS = 15;
/** When it is the target's: about a day. A target that is down longer than that is not coming back by itself. */
const MOST_TARGET_ATTEMPTS = 300;

export interface JobRunOptions {
  readonly store: Pick<QueueStore, 'jobs' | 'locks'>;
  readonly cluster: QumuloClient;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly random: () => number;
  readonly guard: LoopGuard;
  readonly runaway: RunawayBreaker;
  readonly limiter: ConcurrencyLimiter;
  readonly targets: Targets;
  readonly counters: MonitorCounters;
  readonly findRule: FindRule;
  readonly standings: Standings;
  readonly namesOf: ActionContext['namesOf'];
  readonly dryRun: boolean;
  /** Of the watch: stands in the ledger. */
  readonly directoryId: string;
  /** No other process takes jobs: one that was never tried here was never tried. */
  readonly alone: boolean;
  /** When this process began, local clock. */
  readonly startedAt: number;
  /** Ends calls; only after the drain. */
  readonly signal: AbortSignal;
  readonly inFlight: () => number;
  readonly report: (event: MonitorEvent) => void;
}

/** Carries out one job: its steps in the order written, each durable before the next. */
export class JobRun {
  readonly #o: JobRunOptions;
  readonly #rates = new Map<string, RateLimit>();
  /** Jobs that have been given a time and wait for it. */
  readonly #reserved = new Set<string>();
  /** Jobs that have begun and wait for their file to be ready, with the match they answer: to look again is no further run. */
  readonly #begun = new Map<string, string>();
  /** By key: what to call when the actions of a run have ended. */
  readonly #acted = new Map<string, () => void>();

  constructor(options: JobRunOptions) {
    this.#o = options;
  }

  /**
   * Resolves when its end is durable. Rejects only when the store does.
   * @param acted called once its actions have ended, and only its end is to be written
   */
  async run(taken: RuleJob, acted: () => void): Promise<void> {
    this.#acted.set(taken.key, acted);
    try {
      await this.#run(taken);
    } finally {
      if (this.#acted.get(taken.key) === acted) this.#acted.delete(taken.key);
    }
  }

  async #run(taken: RuleJob): Promise<void> {
    const { counters } = this.#o;
    const rule = await this.#o.findRule(taken.ruleSet, taken.rule);
    if (rule === undefined) {
      const error = `The rule set ${taken.ruleSet.slice(0, 12)} that this job was made with cannot be read any more.`;
      counters.dead += 1;
      await this.#finish(taken, { kind: 'dead', error }, undefined);
      return;
    }
    const first = taken.step === 0 && taken.attempts === 0 && this.#begun.get(taken.key) !== taken.match;
    if (first && (await this.#heldBack(taken, rule))) return;
    let job: RuleJob | undefined = taken;
    for (let n = job.step; job !== undefined && n < rule.steps.length; n += 1) {
      const step = rule.steps[n];
      if (step !== undefined) job = await this.#step(job, rule, step, n);
    }
    // Nothing was left to do: the process died right before the end.
    if (job !== undefined) await this.#finish(job, { kind: 'done' }, undefined);
  }

  /** Over its limits, or a runaway: then it does not run now. */
  async #heldBack(job: RuleJob, rule: RunnableRule): Promise<boolean> {
    const { clock, runaway, counters } = this.#o;
    if (!this.#reserved.delete(job.key)) {
      const waitMs = this.#rateOf(job, rule).reserve();
      if (waitMs > 0) {
        const dueAt = clock.now() + waitMs;
        this.#reserved.add(job.key);
        await this.#finish(job, { kind: 'again', dueAt, failed: false, error: null, path: job.path }, undefined);
        return true;
      }
    }
    if (runaway.mayRun(job.key)) {
      this.#begun.set(job.key, job.match);
      return false;
    }
    const reason = `It ran ${RUNAWAY.runs} times for this file within ${RUNAWAY.withinMs / 1000} s: something changes the file back each time.`;
    await this.#finish(job, { kind: 'parked', error: reason }, undefined);
    counters.parked += 1;
    const remedy = 'Find what feeds it (qwarden why PATH); then qwarden jobs retry, or cancel.';
    this.#tell({ kind: 'parked', ...this.#about(job), reason, remedy });
    return true;
  }

  #rateOf(job: RuleJob, rule: RunnableRule): RateLimit {
    const key = `${job.ruleSet}\0${job.rule}`;
    let rate = this.#rates.get(key);
    if (rate === undefined) {
      rate = new RateLimit(this.#o.clock, rule.limits);
      this.#rates.set(key, rate);
    }
    return rate;
  }

  /** One step to its end. Undefined: the job does not go on, and its end is written. */
  async #step(job: RuleJob, rule: RunnableRule, step: RunnableStep, n: number): Promise<RuleJob | undefined> {
    const { clock, limiter, targets } = this.#o;
    const started = clock.monotonic();
    const outcome = await this.#attempt(job, rule, step, n);
    const now = clock.monotonic();
    const tookMs = now - started;
    targets.learn(outcome, 'cluster');
    if (outcome.kind === 'transient' && outcome.overload && outcome.target === 'cluster') limiter.overloaded();
    else if (outcome.kind !== 'transient' && outcome.kind !== 'aborted')
      limiter.succeeded(tookMs, this.#o.inFlight(), now);
    return await this.#conclude(job, rule, step, n, n + 1 === rule.steps.length, outcome, tookMs);
  }

  async #attempt(job: RuleJob, rule: RunnableRule, step: RunnableStep, n: number): Promise<ActionOutcome> {
    const fresh = this.#o.alone && job.attempts === 0 && job.armedAt >= this.#o.startedAt;
    const input = inputOf(job, step, n, fresh);
    const context = this.#context([...job.causes, rule.name], (path) =>
      this.#o.standings.of(rule, job.change, path, this.#o.signal),
    );
    try {
      if (this.#o.dryRun) {
        const { action } = step;
        const would = (await action.dryRunForLedger?.(input, context)) ?? { note: await action.dryRun(input, context) };
        return understood({ kind: 'done', ...would });
      }
      return understood(await step.action.run(input, context));
    } catch (error) {
      if (error instanceof Error && error.name === 'StateError') throw error;
      return broke(error instanceof Error ? error.message : String(error));
    }
  }

  async #conclude(
    job: RuleJob,
    rule: RunnableRule,
    step: RunnableStep,
    n: number,
    last: boolean,
    outcome: ActionOutcome,
    tookMs: number,
  ): Promise<RuleJob | undefined> {
    const { store, counters, dryRun } = this.#o;
    const { action } = step;
    const about = { ...this.#about(job), action: action.name, step: n, attempt: job.attempts + 1 };
    const trace = (kind: AttemptTrace['outcome'], note: string): AttemptTrace => ({
      match: job.match,
      at: this.#o.clock.now(),
      step: n,
      action: action.name,
      attempt: job.attempts + 1,
      outcome: kind,
      note,
      tookMs: Math.round(tookMs),
    });
    const note = 'ledger' in outcome ? outcome.ledger : undefined;
    const { directoryId, clock } = this.#o;
    const lock = note && lockRecordOf(job, note, { directoryId, rule, now: clock.now() });
    const goOn: GoOn = async (path, record, { output, failure } = {}) => {
      const locked = lock && failure !== undefined ? { ...lock, lastError: failure } : lock;
      if (last) {
        await this.#finish(job, { kind: 'done' }, record, locked);
        return undefined;
      }
      const handedOn = output === undefined ? undefined : { action: action.name, values: output };
      const restart = await store.jobs.stepDone(job, { step: n + 1, path, output: handedOn, ledger: locked }, record);
      if (restart) {
        await this.#finish(job, { kind: 'done' }, undefined);
        return undefined;
      }
      const outputs = output === undefined ? job.outputs : { ...job.outputs, [action.name]: output };
      return { ...job, step: n + 1, path, outputs, attempts: 0 };
    };
    switch (outcome.kind) {
      case 'done': {
        const next = await goOn(outcome.path ?? job.path, trace(dryRun ? 'would' : 'done', outcome.note), outcome);
        if (dryRun) {
          counters.would += 1;
          this.#tell({ kind: 'would', ...about, note: outcome.note, lock });
        } else {
          counters.done += 1;
          const settled = job.changedAt + job.settleMs;
          const latencyMs = Math.max(0, this.#o.clock.now() - Math.max(settled, job.armedAt));
          const sinceChangeMs = Math.max(0, this.#o.clock.now() - settled);
          const { note, level = 'info' } = outcome;
          this.#tell({ kind: 'done', ...about, note, level, latencyMs, sinceChangeMs, lock });
        }
        return next;
      }
      case 'skipped': {
        const next = await goOn(job.path, trace('skipped', outcome.note));
        counters.skipped += 1;
        this.#tell({ kind: 'skipped', ...about, note: outcome.note, lock });
        return next;
      }
      case 'gone':
        await this.#finish(job, { kind: 'done' }, trace('gone', outcome.note), lock);
        counters.gone += 1;
        this.#tell({ kind: 'gone', ...about, note: outcome.note, lock });
        return undefined;
      case 'not-yet': {
        await this.#again(job, outcome.delayMs, false, outcome.reason, trace('not-yet', outcome.reason));
        const { reason, delayMs, until } = outcome;
        const again = job.lastError === reason;
        this.#tell({ kind: 'not-yet', ...about, reason, delayMs, until, again });
        return undefined;
      }
      case 'transient':
        return await this.#transient(job, step, outcome, about, trace, goOn);
      case 'failed':
        return await this.#failed(job, step, outcome, about, trace, goOn);
      case 'aborted':
        await store.jobs.release(job);
        return undefined;
      default:
        outcome satisfies never;
        return undefined;
    }
  }

  async #transient(
    job: RuleJob,
    step: RunnableStep,
    outcome: Extract<ActionOutcome, { kind: 'transient' }>,
    about: StepAbout,
    trace: MakeTrace,
    goOn: GoOn,
  ): Promise<RuleJob | undefined> {
    const most = outcome.target === 'file' ? MOST_ATTEMPTS : MOST_TARGET_ATTEMPTS;
    if (job.attempts + 1 >= most && step.action.perseveres !== true) {
      const remedy = 'qwarden dead retry, when its cause is gone; qwarden dead discard otherwise.';
      const reason = `${outcome.reason} (after ${job.attempts + 1} tries)`;
      const failed = { kind: 'failed' as const, reason, remedy, ledger: outcome.ledger };
      return await this.#failed(job, step, failed, about, trace, goOn);
    }
    const policy = step.action.perseveres === true ? PERSEVERING : RETRY;
    const pause = outcome.target === 'file' ? 0 : this.#o.targets.pauseMs(outcome.target);
    const delayMs = Math.max(outcome.waitMs ?? 0, pause, backoffMs(policy, job.attempts + 1, this.#o.random));
    await this.#again(job, delayMs, true, outcome.reason, trace('transient', outcome.reason));
    this.#o.counters.retries += 1;
    this.#tell({ kind: 'retrying', ...about, reason: outcome.reason, delayMs });
    return undefined;
  }

  async #failed(
    job: RuleJob,
    step: RunnableStep,
    outcome: Extract<ActionOutcome, { kind: 'failed' }>,
    about: StepAbout,
    trace: MakeTrace,
    goOn: GoOn,
  ): Promise<RuleJob | undefined> {
    const { reason, remedy, answer } = outcome;
    const record = trace('failed', `${sentence(reason)} ${remedy}`);
    if (step.continueOnError) {
      const next = await goOn(job.path, record, { failure: reason });
      this.#tell({ kind: 'failed', ...about, reason, remedy, answer, goesOn: true });
      return next;
    }
    await this.#finish(job, { kind: 'dead', error: reason }, record);
    this.#o.counters.dead += 1;
    this.#tell({ kind: 'failed', ...about, reason, remedy, answer, goesOn: false });
    return undefined;
  }

  async #again(job: RuleJob, delayMs: number, failed: boolean, error: string, record: AttemptTrace): Promise<void> {
    const end: JobEnd = { kind: 'again', dueAt: this.#o.clock.now() + delayMs, failed, error, path: job.path };
    await this.#finish(job, end, record);
  }

  #finish(job: RuleJob, end: JobEnd, record: AttemptTrace | undefined, ledger?: LockRecord): Promise<void> {
    if (end.kind !== 'again') this.#begun.delete(job.key);
    if (end.kind === 'done') this.#o.counters.jobsDone += 1;
    this.#acted.get(job.key)?.();
    return this.#o.store.jobs.finish(job, end, record, ledger);
  }

  #context(causes: readonly string[], standing: ActionContext['standing']): ActionContext {
    const { cluster, clock, random, signal, outside, guard, store } = this.#o;
    return {
      cluster,
      clock,
      random,
      signal,
      outside,
      standing,
      namesOf: this.#o.namesOf,
      isLocked: async (fileId) => (await store.locks.find(fileId)).some(isLocked),
      effect: (expected, make) => guard.effect(expected, causes, make, refusedUnchanged),
    };
  }

  #about(job: RuleJob): { at: string; rule: string; fileId: string; path: string } {
    return { at: iso(this.#o.clock.now()), rule: job.rule, fileId: job.fileId, path: job.path };
  }

  #tell(event: MonitorEvent): void {
    this.#o.report(event);
  }
}

function understood(outcome: ActionOutcome): ActionOutcome {
  const problem = outcomeProblem(outcome);
  return problem === undefined ? outcome : broke(problem);
}

function broke(why: string): ActionOutcome {
  const remedy = 'This is a bug in the action: please report it with this message.';
  return { kind: 'failed', reason: `The action broke: ${why}`, remedy };
}

interface StepAbout {
  readonly at: string;
  readonly rule: string;
  readonly fileId: string;
  readonly path: string;
  readonly action: string;
  readonly step: number;
  readonly attempt: number;
}
type MakeTrace = (kind: AttemptTrace['outcome'], note: string) => AttemptTrace;
/** Writes that the step is done. Undefined: so is the job. */
type GoOn = (
  path: string,
  record: AttemptTrace,
  more?: {
    readonly output?: Readonly<Record<string, string>> | undefined;
    /** Why the step could not be done, where the rule goes on without it. */
    readonly failure?: string | undefined;
  },
) => Promise<RuleJob | undefined>;

function inputOf(job: RuleJob, step: RunnableStep, n: number, fresh: boolean): ActionInput<unknown> {
  return {
    params: step.params,
    change: job.change,
    subject: { fileId: job.fileId, path: job.path },
    job: {
      key: job.key,
      match: job.match,
      rule: job.rule,
      step: n,
      attempt: job.attempts + 1,
      changedAt: job.changedAt,
      armedAt: job.armedAt,
      settleMs: job.settleMs,
      fresh,
    },
    outputs: job.outputs,
  };
}
