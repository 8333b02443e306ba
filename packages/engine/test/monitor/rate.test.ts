import { describe, expect, it } from 'vitest';
import { RateLimit } from '../../src/monitor/rate.ts';
import { FakeClock } from '../support/fake-clock.ts';

const times = (limit: RateLimit, runs: number) => Array.from({ length: runs }, () => limit.reserve());

describe('limits of a rule', () => {
  it('none: every run may begin', () => {
    const limit = new RateLimit(new FakeClock(), { rate: null, burst: null, perHour: null });
    expect(times(limit, 5)).toEqual([0, 0, 0, 0, 0]);
  });

  it('a rate lets a burst through and gives each of the rest a time of its own', () => {
    const limit = new RateLimit(new FakeClock(), { rate: { runs: 10, perMs: 1000 }, burst: 3, perHour: null });
    expect(times(limit, 6)).toEqual([0, 0, 0, 100, 200, 300]);
  });

  it('a quiet time fills the burst again, and no more than the burst', async () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock, { rate: { runs: 1, perMs: 1000 }, burst: 2, perHour: null });
    expect(times(limit, 3)).toEqual([0, 0, 1000]);
    await clock.advance(60_000);
    expect(times(limit, 4)).toEqual([0, 0, 1000, 2000]);
  });

  it('a maximum an hour is one of every hour, wherever it begins', async () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock, { rate: null, burst: null, perHour: 2 });
    expect(limit.reserve()).toBe(0);
    await clock.advance(600_000);
    expect(limit.reserve()).toBe(0);
    expect(limit.reserve()).toBe(3_000_000);
    expect(limit.reserve()).toBe(3_600_000);
    expect(limit.reserve()).toBe(6_600_000);
  });
});
