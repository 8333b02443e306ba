import type { Clock, QumuloClient } from '@qwarden/qumulo-client';
import { clusterOutcome, refusedUnchanged } from '../actions/cluster-outcome.ts';
import type { ActionContext, ActionInput, ActionOutcome, ExpectedEffect, Outside } from '../actions/port.ts';
import type { LoopGuard } from '../guard/guard.ts';
import type { RunawayBreaker } from '../guard/runaway.ts';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import type { ConcurrencyLimiter } from '../jobs/limiter.ts';
import { isLocked, type LockRecord } from '../ledger/lock-record.ts';
import { lockRecordOf } from '../ledger/of-job.ts';
import type { AttemptTrace, JobEnd, QueueStore, RuleJob } from '../queue/port.ts';
import type { Facts } from '../rules/facts.ts';
import { sentence } from '../text/sentence.ts';
import { iso } from '../time/iso.ts';
import type { Tracing } from '../tracing/port.ts';
import type { MonitorCounters, MonitorEvent } from './events.ts';
import { FactsSource } from './facts.ts';
import { outcomeProblem } from './outcome.ts';
import { RateLimit } from './rate.ts';
import type { WatchedDirectory } from '../watch/place.ts';
import { OutsideTurns } from './outside-turns.ts';
import type { Standings } from './standing.ts';
import type { FindRule, RunnableRule, RunnableStep } from './runnable.ts';
import type { Targets } from './targets.ts';

const RETRY: BackoffPolicy = { baseMs: 500, capMs: 300_000, floorMs: 50 };
const GO = { kind: 'go' } as const;
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
  /** Why a rule set has none of its rules here, for people. */
  readonly whyNoRule: (ruleSet: string) => Promise<string>;
  readonly standings: Standings;
  readonly namesOf: ActionContext['namesOf'];
  readonly dryRun: boolean;
  /** The watch: its id stands in the ledger. */
  readonly directory: Pick<WatchedDirectory, 'id' | 'settled'>;
  /** No other process takes jobs: one that was never tried here was never tried. */
  readonly alone: boolean;
  /** When this process began, local clock. */
  readonly startedAt: number;
  /** Ends calls; only after the drain. */
  readonly signal: AbortSignal;
  readonly inFlight: () => number;
  readonly report: (event: MonitorEvent) => void;
  readonly tracing?: Tracing | undefined;
}

/** Carries out one job: its steps in the order written, each durable before the next. */
export class JobRun {
  readonly #o: JobRunOptions;
  readonly #outside: OutsideTurns;
  readonly #rates = new Map<string, RateLimit>();
  /** Jobs that have been given a time and wait for it. */
  readonly #reserved = new Set<string>();
  /** Jobs that have begun and wait for their file to be ready, with the match they answer: to look again is no further run. */
  readonly #begun = new Map<string, string>();
  /** By key: what to call when the actions of a run have ended. */
  readonly #acted = new Map<string, () => void>();

  constructor(options: JobRunOptions) {
    this.#o = options;
    this.#outside = new OutsideTurns(options.targets);
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
    await this.#o.directory.settled();
    const rule = await this.#o.findRule(taken.ruleSet, taken.rule);
    if (rule === undefined) {
      const error = await this.#o.whyNoRule(taken.ruleSet);
      counters.dead += 1;
      await this.#finish(taken, { kind: 'dead', error }, undefined);
      const about = { ...this.#about(taken), action: 'rule set', step: taken.step, attempt: taken.attempts + 1 };
      const remedy = 'qwarden dead retry, when its cause is gone; qwarden dead discard otherwise.';
      this.#tell({ kind: 'failed', ...about, reason: error, remedy, goesOn: false });
      return;
    }
    const undone = await this.#undecided(taken, rule);
    if (undone !== undefined) return await undone();
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

  /** A match that the cluster refused to tell enough of is decided now, before anything is done. Undefined: it is one; else its end. */
  async #undecided(job: RuleJob, rule: RunnableRule): Promise<(() => Promise<void>) | undefined> {
    const [step] = rule.steps;
    if (job.change.undecided !== true || job.step > 0 || step === undefined) return undefined;
    const outcome = await this.#look(job, rule);
    if (outcome === undefined) return undefined;
    return async () => {
      await this.#conclude(job, rule, { ...step, continueOnError: false }, 0, true, outcome, 0);
    };
  }

  async #look({ change, fileId, path }: RuleJob, rule: RunnableRule): Promise<ActionOutcome | undefined> {
    const { cluster, signal } = this.#o;
    const source = new FactsSource(cluster, signal);
    const facts: { -readonly [K in keyof Facts]: Facts[K] } = { now: cluster.clusterClock.nowMs() };
    const asked = { ...change, path };
    try {
      for (;;) {
        const verdict = rule.decide(asked, facts);
        if (verdict === 'match') return undefined;
        if (verdict === 'attributes') facts.attributes = await source.attributes(fileId);
        else if (verdict === 'tags') facts.tags = await source.tags(fileId);
        else if (facts.attributes === null || facts.tags === null)
          return { kind: 'gone', note: 'gone before it could be looked at' };
        else return { kind: 'skipped', note: 'the rule does not cover it' };
      }
    } catch (error) {
      const forbidden =
        'Give the user of qwarden the right to read the attributes of this file (or a role with PRIVILEGE_FILE_READ_ACCESS), then retry the job.';
      const outcome = clusterOutcome(error, { forbidden });
      if (outcome.kind !== 'failed') return outcome;
      return { ...outcome, reason: `whether the rule covers it cannot be told: ${outcome.reason}` };
    }
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
    const leave = rule.changesFiles ? runaway.begin(job) : GO;
    if (leave.kind === 'go') {
      this.#begun.set(job.key, job.match);
      return false;
    }
    const { why: reason } = leave;
    if (leave.kind === 'wait') {
      const { ms: delayMs } = leave;
      this.#reserved.add(job.key);
      const dueAt = clock.now() + delayMs;
      await this.#finish(job, { kind: 'again', dueAt, failed: false, error: reason, path: job.path }, undefined);
      const about = { ...this.#about(job), action: rule.steps[0]?.action.name ?? '', step: 0, attempt: 1 };
      this.#tell({ kind: 'not-yet', ...about, reason, delayMs, until: 'quiet', again: job.lastError === reason });
      return true;
    }
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
    const { reach = 'cluster' } = step.action;
    if (reach === 'outside') return await this.#outsideStep(job, rule, step, n);
    const started = clock.monotonic();
    const outcome = await this.#attempt(job, rule, step, n);
    const now = clock.monotonic();
    const tookMs = now - started;
    targets.learn(outcome, reach);
    if (outcome.kind === 'transient' && outcome.overload && outcome.target === 'cluster') limiter.overloaded();
    else if (outcome.kind !== 'transient' && outcome.kind !== 'aborted')
      limiter.succeeded(tookMs, this.#o.inFlight(), now);
    return await this.#conclude(job, rule, step, n, n + 1 === rule.steps.length, outcome, tookMs);
  }

  /** It takes none of the places of those who speak to the cluster. */
  async #outsideStep(job: RuleJob, rule: RunnableRule, step: RunnableStep, n: number): Promise<RuleJob | undefined> {
    const { clock } = this.#o;
    const name = `${job.ruleSet}\0${rule.name}\0${n}`;
    const waitMs = this.#outside.begin(name);
    if (waitMs > 0) {
      const { lastError, path } = job;
      const error = lastError ?? `Others are before it (${step.action.name}).`;
      await this.#finish(job, { kind: 'again', dueAt: clock.now() + waitMs, failed: false, error, path }, undefined);
      return undefined;
    }
    this.#acted.get(job.key)?.();
    const started = clock.monotonic();
    const outcome = await this.#attempt(job, rule, step, n);
    const tookMs = clock.monotonic() - started;
    this.#outside.ended(name, outcome, tookMs);
    return await this.#conclude(job, rule, step, n, n + 1 === rule.steps.length, outcome, tookMs);
  }

  async #attempt(job: RuleJob, rule: RunnableRule, step: RunnableStep, n: number): Promise<ActionOutcome> {
    const { tracing } = this.#o;
    if (tracing === undefined) return await this.#act(job, rule, step, n);
    const about = { job, action: step.action.name, step: n, attempt: job.attempts + 1 };
    return await tracing.attempt(about, () => this.#act(job, rule, step, n));
  }

  async #act(job: RuleJob, rule: RunnableRule, step: RunnableStep, n: number): Promise<ActionOutcome> {
    const fresh = this.#o.alone && job.attempts === 0 && job.armedAt >= this.#o.startedAt;
    const input = inputOf(job, step, n, fresh);
    const context = this.#context(job, rule, async (path, attributes) => {
      // Where and how its own earlier steps have put it is what the rule is for: conditions were for what came.
      if (Object.values(job.outputs).some((output) => output['path'] === path)) return 'covered';
      const seen = { change: job.change, path, attributes: n === 0 ? attributes : undefined };
      return await this.#o.standings.of(rule, seen, this.#o.signal);
    });
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
    const { directory, clock } = this.#o;
    const lock = note && lockRecordOf(job, note, { directoryId: directory.id, rule, now: clock.now() });
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
        const { path } = outcome;
        const output = path === undefined ? undefined : { path };
        const next = await goOn(path ?? job.path, trace('skipped', outcome.note), { output });
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

  async #finish(job: RuleJob, end: JobEnd, record: AttemptTrace | undefined, ledger?: LockRecord): Promise<void> {
    if (end.kind !== 'again' && this.#begun.delete(job.key)) this.#o.runaway.ended(job);
    if (end.kind === 'done') this.#o.counters.jobsDone += 1;
    this.#acted.get(job.key)?.();
    await this.#o.store.jobs.finish(job, end, record, ledger);
    this.#o.tracing?.ended(job, end);
  }

  #context(job: RuleJob, rule: RunnableRule, standing: ActionContext['standing']): ActionContext {
    const { cluster, clock, random, signal, outside, guard, runaway, store } = this.#o;
    const causes = [...job.causes, rule.name];
    return {
      cluster,
      clock,
      random,
      signal,
      outside,
      standing,
      namesOf: this.#o.namesOf,
      isLocked: async (fileId) => (await store.locks.find(fileId)).some(isLocked),
      effect: async (expected, make) => {
        const at = clock.now();
        const made = await guard.effect(await this.#seen(expected), causes, make, refusedUnchanged);
        if (expected.some((effect) => isOnItsFile(effect, job))) runaway.changed(job, at);
        return made;
      },
    };
  }

  /** Without what happens outside of the watch: the cluster tells nothing of it here. */
  async #seen(expected: readonly ExpectedEffect[]): Promise<readonly ExpectedEffect[]> {
    const { standings, signal } = this.#o;
    const inside = ({ at }: ExpectedEffect) => at === undefined || standings.sees(at);
    if (expected.every(inside)) return expected;
    // The watched directory itself may have been renamed. That what was inside leaves it is the usual case.
    if (!expected.some(inside)) await standings.refresh(signal);
    return expected.filter(inside);
  }

  #about(job: RuleJob): { at: string; rule: string; fileId: string; path: string } {
    return { at: iso(this.#o.clock.now()), rule: job.rule, fileId: job.fileId, path: job.path };
  }

  #tell(event: MonitorEvent): void {
    this.#o.report(event);
  }
}

/** Of what the cluster may not tell at all, that is only what can have led to the job: a tag is no answer to a write. */
function isOnItsFile({ fileId, types, maybe = false }: ExpectedEffect, { fileId: own, change }: RuleJob): boolean {
  return fileId === own && (!maybe || types.includes(change.type));
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
