import * as fc from 'fast-check';
import { assert, expect, it } from 'vitest';
import type { Arming, JobEnd, JobState, QueueStore, RuleJob, Touch } from '../../src/queue/port.ts';
import {
  all,
  arming,
  attempt,
  batch,
  commit,
  event,
  type OpenQueue,
  type QueueHarness,
  touch,
  unread,
} from './queue-store.fixtures.ts';

const FILES = ['1', '2', '9007199254740993'];
const key = (fileId: string) => `lock\0${fileId}`;

type Step =
  | { readonly do: 'arm'; readonly fileId: string; readonly mode: Arming['mode']; readonly wait: number }
  | { readonly do: 'touch'; readonly fileId: string; readonly wait: number; readonly from: string }
  | { readonly do: 'take'; readonly limit: number }
  | { readonly do: 'step' | 'release'; readonly which: number }
  | { readonly do: 'finish'; readonly which: number; readonly kind: JobEnd['kind']; readonly failed: boolean }
  | { readonly do: 'retry' | 'cancel' | 'append'; readonly fileId: string }
  | { readonly do: 'read'; readonly count: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'crash' };

const fileId = fc.constantFrom(...FILES);
const which = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('arm' as const),
      fileId,
      mode: fc.constantFrom('single', 'restart', 'queued', 'parallel'),
      wait: fc.nat(20),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('touch' as const),
      fileId,
      wait: fc.integer({ min: -10, max: 20 }),
      from: fc.constantFrom('', '/watched/f1', '/watched/f2', '/new'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), limit: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('step' as const, 'release' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('finish' as const),
      which,
      kind: fc.constantFrom('done', 'again', 'dead', 'parked'),
      failed: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'cancel' as const, 'append' as const), fileId }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const), count: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
);

interface ModelJob {
  state: JobState;
  armedAt: number;
  changedAt: number;
  dueAt: number | null;
  path: string;
  match: string;
  step: number;
  attempts: number;
  again: Arming | undefined;
  lease: string | undefined;
}

/** The queue as a child would write it. */
class Model {
  readonly jobs = new Map<string, ModelJob>();
  readonly verdicts = new Map<string, string>();
  attempts = 0;

  arm({ job, mode }: Arming): string {
    const present = this.jobs.get(job.key);
    if (present?.state === 'parked') return 'held back: the job is parked';
    if (present?.state === 'running') {
      if (mode === 'single' || mode === 'parallel') return 'ignored: the job runs already';
      present.again = { job, mode };
      return 'runs again afterwards';
    }
    const settles = present?.state === 'waiting';
    this.begin(job, settles ? present.armedAt : job.armedAt);
    return settles ? 'settles anew' : 'armed';
  }

  begin(job: Arming['job'], armedAt: number): void {
    const { match, dueAt, changedAt, path } = job;
    this.jobs.set(job.key, {
      state: 'waiting',
      armedAt,
      changedAt,
      dueAt,
      path,
      match,
      step: 0,
      attempts: 0,
      again: undefined,
      lease: undefined,
    });
  }

  touch({ key, changedAt, dueAt, renames }: Touch): void {
    const present = this.jobs.get(key);
    if (present === undefined) return;
    const [rename] = renames;
    const moved = (job: { dueAt: number | null; path: string }) => ({
      changedAt,
      dueAt: Math.max(dueAt, job.dueAt ?? 0),
      path: job.path === rename?.from ? rename.to : job.path,
    });
    if (present.again !== undefined)
      present.again = { ...present.again, job: { ...present.again.job, ...moved(present.again.job) } };
    if (present.state === 'waiting' && present.step === 0 && present.attempts === 0)
      Object.assign(present, moved(present));
  }

  due(now: number): ModelJob[] {
    return [...this.jobs.values()].filter(({ state, dueAt }) => state === 'waiting' && dueAt !== null && dueAt <= now);
  }

  held(job: RuleJob): ModelJob | undefined {
    const found = this.jobs.get(job.key);
    return found?.state === 'running' && found.lease === job.lease ? found : undefined;
  }

  crash(): void {
    for (const job of this.jobs.values()) if (job.state === 'running') job.state = 'waiting';
  }
}

class Run {
  readonly #harness: QueueHarness;
  readonly #model = new Model();
  readonly #runs: RuleJob[] = [];
  readonly #appended: string[] = [];
  readonly #read: string[] = [];

  constructor(harness: QueueHarness) {
    this.#harness = harness;
  }

  get #store(): QueueStore {
    return this.#harness.store;
  }

  get #now(): number {
    return this.#harness.clock.now();
  }

  async all(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.#do(step);
      await this.#compare();
    }
    await this.#harness.reopen();
    this.#model.crash();
    await this.#compare();
    for (const [match, verdict] of this.#model.verdicts)
      assert.deepEqual(
        (await all(this.#store.traces.matches({}))).find((trace) => trace.match === match)?.verdict,
        verdict,
      );
    let attempts = 0;
    for (const match of this.#model.verdicts.keys()) attempts += (await this.#store.traces.attempts(match)).length;
    assert.deepEqual(attempts, this.#model.attempts);
  }

  async #do(step: Step): Promise<void> {
    const store = this.#store;
    switch (step.do) {
      case 'arm': {
        const at = this.#now;
        const armed = arming({ fileId: step.fileId, mode: step.mode, at, dueAt: at + step.wait });
        this.#model.verdicts.set(armed.trace.match, this.#model.arm(armed.arming));
        await commit(store, { arm: [armed] });
        return;
      }
      case 'touch': {
        const at = this.#now;
        const renames = step.from === '' ? [] : [{ from: step.from, to: '/new' }];
        const { fileId } = step;
        const touched = touch(at, { key: key(fileId), fileId, dueAt: at + step.wait, renames });
        this.#model.touch(touched);
        await commit(store, { touch: [touched] });
        return;
      }
      case 'take':
        return await this.#take(step.limit);
      case 'step':
        return await this.#step(step.which);
      case 'release': {
        const job = this.#run(step.which);
        if (job === undefined) return;
        const held = this.#model.held(job);
        if (held !== undefined) held.state = 'waiting';
        await store.jobs.release(job);
        return;
      }
      case 'finish':
        return await this.#finish(step);
      case 'retry': {
        const job = this.#model.jobs.get(key(step.fileId));
        const can = job?.state === 'dead' || job?.state === 'parked';
        assert.deepEqual(await store.jobs.retry(key(step.fileId), this.#now), can);
        if (job !== undefined && can) Object.assign(job, { state: 'waiting', dueAt: this.#now, attempts: 0 });
        return;
      }
      case 'cancel': {
        const job = this.#model.jobs.get(key(step.fileId));
        const can = job !== undefined && job.state !== 'running';
        assert.deepEqual(await store.jobs.cancel(key(step.fileId), 'why', this.#now), can);
        if (can) this.#model.attempts += 1;
        if (can) this.#model.jobs.delete(key(step.fileId));
        return;
      }
      case 'append': {
        const one = event(step.fileId, `f${this.#appended.length}`);
        this.#appended.push(JSON.stringify(one));
        await store.log.append(batch(this.#now, [one]));
        return;
      }
      case 'read':
        return await this.#readOn(step.count);
      case 'pass':
        return await this.#harness.clock.advance(step.ms);
      case 'crash':
        await this.#harness.reopen();
        this.#model.crash();
        return;
      default:
        step satisfies never;
    }
  }

  async #take(limit: number): Promise<void> {
    const due = this.#model.due(this.#now);
    const taken = await this.#store.jobs.take(this.#now, limit);
    const earliest = due.map(({ dueAt }) => dueAt ?? 0).sort((a, b) => a - b);
    assert.deepEqual(
      taken.map(({ dueAt }) => dueAt),
      earliest.slice(0, limit),
    );
    for (const job of taken) {
      const found = this.#model.jobs.get(job.key);
      if (found === undefined || !due.includes(found)) throw new Error(`${job.key} was not due`);
      Object.assign(found, { state: 'running', lease: job.lease });
      this.#runs.unshift(job);
    }
  }

  async #step(which: number): Promise<void> {
    const job = this.#run(which);
    if (job === undefined) return;
    const held = this.#model.held(job);
    const next = { ...job, step: job.step + 1, attempts: 0 };
    const leaveOut = await this.#store.jobs.stepDone(job, { step: next.step, path: job.path }, attempt(job));
    assert.deepEqual(leaveOut, held === undefined || held.again?.mode === 'restart');
    this.#runs[which % this.#runs.length] = next;
    if (held === undefined) return;
    Object.assign(held, { step: next.step, attempts: 0 });
    this.#model.attempts += 1;
  }

  async #finish(step: Extract<Step, { do: 'finish' }>): Promise<void> {
    const job = this.#run(step.which);
    if (job === undefined) return;
    const dueAt = this.#now + 3;
    const end: JobEnd =
      step.kind === 'again'
        ? { kind: 'again', dueAt, failed: step.failed, error: null, path: job.path }
        : step.kind === 'done'
          ? { kind: 'done' }
          : { kind: step.kind, error: 'no' };
    await this.#store.jobs.finish(job, end, step.failed ? attempt(job) : undefined);
    const held = this.#model.held(job);
    if (held === undefined) return;
    if (step.failed) this.#model.attempts += 1;
    if (held.again !== undefined && step.kind !== 'parked') this.#model.begin(held.again.job, held.again.job.armedAt);
    else if (step.kind === 'done') this.#model.jobs.delete(job.key);
    else if (step.kind === 'again')
      Object.assign(held, { state: 'waiting', dueAt, attempts: job.attempts + (step.failed ? 1 : 0) });
    else Object.assign(held, { state: step.kind, dueAt: null, attempts: job.attempts + 1 });
  }

  async #readOn(count: number): Promise<void> {
    for (const { partition, entries } of await unread(this.#store)) {
      const some = entries.slice(0, count);
      for (const { raw } of some) this.#read.push(...JSON.parse(raw).map((one: unknown) => JSON.stringify(one)));
      const position = some.at(-1)?.position;
      if (position !== undefined) await commit(this.#store, { position }, partition);
    }
  }

  /** Runs of now and before: those that have ended must change nothing. */
  #run(which: number): RuleJob | undefined {
    return this.#runs[which % Math.max(1, this.#runs.length)];
  }

  async #compare(): Promise<void> {
    const { jobs } = this.#store;
    const now = this.#now;
    const listed = await all(jobs.list({}));
    const found = listed.map(({ key, state, armedAt, changedAt, dueAt, path, match, step, attempts }) => [
      key,
      { state, armedAt, changedAt, dueAt, path, match, step, attempts },
    ]);
    const expected = [...this.#model.jobs].map(
      ([key, { state, armedAt, changedAt, dueAt, path, match, step, attempts }]) => [
        key,
        { state, armedAt, changedAt, dueAt, path, match, step, attempts },
      ],
    );
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(expected));
    const times = listed.map(({ dueAt }) => dueAt ?? Number.POSITIVE_INFINITY);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    const of = (state: JobState) => [...this.#model.jobs.values()].filter((job) => job.state === state).length;
    const due = this.#model.due(now).length;
    assert.deepEqual(await jobs.counts(now), {
      waiting: of('waiting') - due,
      due,
      running: of('running'),
      dead: of('dead'),
      parked: of('parked'),
    });
    const later = [...this.#model.jobs.values()].flatMap(({ dueAt, state }) =>
      state === 'waiting' && dueAt !== null && dueAt > now ? [dueAt] : [],
    );
    const next = await jobs.nextDue(now);
    if (later.length > 0) assert.deepEqual(next, Math.min(...later));
    const waiting = (await unread(this.#store)).flatMap(({ entries }) => entries.map(({ raw }) => JSON.parse(raw)[0]));
    const rest = waiting.map((one) => JSON.stringify(one));
    assert.deepEqual([...this.#read, ...rest].toSorted(), this.#appended.toSorted());
  }
}

/** Random commands against the store and against a model of it. */
export function queueStoreModel(open: OpenQueue, runs: number): void {
  it('does what a simple model of it does, whatever comes', { timeout: 120_000 }, async () => {
    const held = fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const harness = await open();
        try {
          await new Run(harness).all(steps);
        } finally {
          await harness.dispose();
        }
      }),
      { numRuns: runs },
    );
    await expect(held).resolves.toBeUndefined();
  });
}
