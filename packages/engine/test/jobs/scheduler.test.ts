import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/jobs/gate.ts';
import { ConcurrencyLimiter } from '../../src/jobs/limiter.ts';
import type { Job } from '../../src/jobs/port.ts';
import { Scheduler } from '../../src/jobs/scheduler.ts';
import { FakeClock } from '../support/fake-clock.ts';

function job(id: number, dueAt: number): Job {
  return {
    fileId: String(id),
    path: `${id}`,
    how: 'created',
    seenAt: 0,
    changedAt: 0,
    dueAt,
    attempts: 0,
    links: 1,
    run: 1,
    lastError: null,
  };
}

class Setting {
  readonly clock = new FakeClock(0);
  readonly store = new Map<string, Job>();
  readonly started: string[] = [];
  running = 0;
  most = 0;
  loads = 0;
  hold: Promise<void> = Promise.resolve();
  readonly scheduler: Scheduler;

  constructor(cap: number) {
    this.scheduler = new Scheduler({
      clock: this.clock,
      limiter: new ConcurrencyLimiter(cap),
      gate: new Gate(() => 1),
      jobs: {
        get: (id) => this.store.get(id),
        due: (now, limit) => {
          this.loads += 1;
          return this.#sorted()
            .filter(({ dueAt }) => dueAt !== null && dueAt <= now)
            .slice(0, limit);
        },
        nextDueAfter: (now) => this.#sorted().find(({ dueAt }) => dueAt !== null && dueAt > now)?.dueAt ?? undefined,
      },
      run: async (started) => {
        this.clock.activity += 1;
        this.started.push(started.fileId);
        this.running += 1;
        this.most = Math.max(this.most, this.running);
        await this.hold;
        this.running -= 1;
        this.store.delete(started.fileId);
      },
      onFatal: (error) => {
        throw error;
      },
    });
  }

  add(...jobs: Job[]): void {
    for (const each of jobs) this.store.set(each.fileId, each);
    this.scheduler.offer(jobs);
  }

  #sorted(): Job[] {
    return [...this.store.values()].sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
  }
}

describe('the scheduler', () => {
  it('starts each job once, when it is due', async () => {
    const setting = new Setting(8);
    setting.scheduler.start();
    setting.add(job(1, 1000), job(2, 500));
    await setting.clock.advance(499);
    expect(setting.started).toEqual([]);
    await setting.clock.advance(10);
    expect(setting.started).toEqual(['2']);
    await setting.clock.advance(1000);
    expect(setting.started).toEqual(['2', '1']);
  });

  it('runs no more at once than it may, and every one of ten thousand', async () => {
    const setting = new Setting(5);
    setting.scheduler.start();
    setting.add(...Array.from({ length: 10_000 }, (_, id) => job(id, 0)));
    await setting.clock.settle();
    expect(new Set(setting.started).size).toBe(10_000);
    expect(setting.started).toHaveLength(10_000);
    expect(setting.most).toBe(5);
  });

  it('finds what is in the store when it starts', async () => {
    const setting = new Setting(8);
    setting.store.set('1', job(1, -5000));
    setting.store.set('2', job(2, 700));
    setting.scheduler.start();
    await setting.clock.advance(1000);
    expect(setting.started).toEqual(['1', '2']);
  });

  it('does not start a job that settles anew or was forgotten while it waited its turn', async () => {
    const setting = new Setting(1);
    let release = () => undefined as void;
    setting.hold = new Promise((resolve) => {
      release = resolve;
    });
    setting.scheduler.start();
    setting.add(job(1, 0), job(2, 0), job(3, 0));
    setting.store.delete('2');
    setting.store.set('3', job(3, 5000));
    release();
    await setting.clock.advance(4000);
    expect(setting.started).toEqual(['1']);
    await setting.clock.advance(2000);
    expect(setting.started).toEqual(['1', '3']);
  });

  it('a job that is in flight is not started a second time', async () => {
    const setting = new Setting(4);
    let release = () => undefined as void;
    setting.hold = new Promise((resolve) => {
      release = resolve;
    });
    setting.scheduler.start();
    setting.add(job(1, 0));
    setting.add(job(1, 0));
    await setting.clock.settle();
    expect(setting.started).toEqual(['1']);
    release();
    await setting.clock.settle();
    expect(setting.started).toEqual(['1']);
  });

  it('stopped twice at the same time, both wait for what is in flight', async () => {
    const setting = new Setting(4);
    let release = () => undefined as void;
    setting.hold = new Promise((resolve) => {
      release = resolve;
    });
    setting.scheduler.start();
    setting.add(job(1, 0));
    const both = Promise.all([setting.scheduler.stop(), setting.scheduler.stop()]);
    release();
    await both;
    expect(setting.running).toBe(0);
  });
});
