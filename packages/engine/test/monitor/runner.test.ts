import { expect, it } from 'vitest';
import { ConcurrencyLimiter } from '../../src/jobs/limiter.ts';
import { Runner } from '../../src/monitor/runner.ts';
import { Targets } from '../../src/monitor/targets.ts';
import type { RuleJob } from '../../src/queue/port.ts';
import { arming } from '../contract/queue-store.fixtures.ts';
import { FakeClock } from '../support/fake-clock.ts';

const CAP = 8;

/** A queue whose takes last `takeMs`, and jobs whose actions last `actMs`. */
class Setting {
  readonly clock = new FakeClock();
  readonly begun: string[] = [];
  readonly released: string[] = [];
  readonly targets = new Targets(
    this.clock,
    () => 0.5,
    () => undefined,
  );
  acting = 0;
  most = 0;
  readonly runner: Runner;
  readonly #waiting: RuleJob[];

  constructor(jobs: number, takeMs: number, actMs: number) {
    const { clock } = this;
    this.#waiting = Array.from({ length: jobs }, (_, n) => ({
      ...arming({ fileId: String(n), dueAt: 1 }).arming.job,
      state: 'running' as const,
      step: 0,
      attempts: 0,
      outputs: {},
      lastError: null,
    }));
    this.runner = new Runner({
      jobs: {
        take: async (_now, limit) => {
          const taken = this.#waiting.splice(0, limit);
          if (takeMs > 0) await clock.sleep(takeMs);
          return taken;
        },
        nextDue: () => Promise.resolve(undefined),
        release: (job) => {
          this.released.push(job.fileId);
          this.#waiting.push(job);
          return Promise.resolve();
        },
      },
      clock,
      limiter: new ConcurrencyLimiter(CAP),
      targets: this.targets,
      run: {
        run: async ({ fileId }, acted) => {
          this.begun.push(fileId);
          this.acting += 1;
          this.most = Math.max(this.most, this.acting);
          await clock.sleep(actMs);
          this.acting -= 1;
          acted();
        },
      },
      onFatal: (error) => {
        throw error;
      },
    });
    this.runner.start();
  }

  get waiting(): number {
    return this.#waiting.length;
  }
}

it('begins jobs while the next ones are being taken, and never more than may run at once', async () => {
  const setting = new Setting(1000, 10, 10);
  // Were each take waited for, CAP jobs would be done in 20 ms: 200.
  await setting.clock.advance(500);
  expect(setting.begun.length).toBeGreaterThan(CAP * 35);
  expect(setting.most).toBe(CAP);
  await setting.clock.advance(2000);
  expect(setting.begun).toHaveLength(1000);
  expect(new Set(setting.begun).size).toBe(1000);
  expect(setting.released).toEqual([]);
});

it('holds none where a take is quick, or actions are slow', async () => {
  const quick = new Setting(100, 0, 10);
  const slow = new Setting(100, 2, 10_000);
  await quick.clock.advance(55);
  await slow.clock.advance(25_000);
  for (const { begun, waiting } of [quick, slow]) expect(begun.length + waiting).toBe(100);
});

it('gives back what it holds when it is stopped, or has to pause', async () => {
  const setting = new Setting(1000, 10, 10);
  await setting.clock.advance(505);
  const stopped = setting.runner.stop();
  await setting.clock.advance(100);
  await stopped;
  expect(setting.acting).toBe(0);
  expect(setting.released.length).toBeGreaterThan(0);
  expect(setting.begun.length + setting.waiting).toBe(1000);

  const paused = new Setting(1000, 10, 10);
  await paused.clock.advance(505);
  paused.targets.learn(
    { kind: 'transient', reason: 'down', target: 'cluster', overload: true, waitMs: 60_000 },
    'cluster',
  );
  await paused.clock.advance(100);
  expect(paused.acting).toBe(0);
  expect(paused.begun.length + paused.waiting).toBe(1000);
});

it('a job that becomes due while jobs are taken is begun then, and not when the next one wakes it', async () => {
  const clock = new FakeClock();
  const dueAt = clock.now() + 5;
  const job: RuleJob = {
    ...arming({ fileId: '7', dueAt }).arming.job,
    state: 'running',
    step: 0,
    attempts: 0,
    outputs: {},
    lastError: null,
  };
  const waiting = [job];
  const begun: number[] = [];
  const runner = new Runner({
    jobs: {
      take: async (now) => {
        const taken = dueAt <= now ? waiting.splice(0) : [];
        await clock.sleep(10);
        return taken;
      },
      nextDue: (now) => Promise.resolve(waiting.length > 0 && dueAt > now ? dueAt : undefined),
      release: () => Promise.resolve(),
    },
    clock,
    limiter: new ConcurrencyLimiter(CAP),
    targets: new Targets(
      clock,
      () => 0.5,
      () => undefined,
    ),
    run: {
      run: (_job, acted) => {
        begun.push(clock.now());
        acted();
        return Promise.resolve();
      },
    },
    onFatal: (error) => {
      throw error;
    },
  });
  runner.start();
  await clock.advance(100);
  await runner.stop();
  expect(begun).toHaveLength(1);
});
