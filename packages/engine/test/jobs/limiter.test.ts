import { describe, expect, it } from 'vitest';
import { ConcurrencyLimiter } from '../../src/jobs/limiter.ts';

/** Calls at full load against a cluster that is `wayMs` away and needs `serviceMs` for each, one after the other. Returns the limit. */
function work(
  limiter: ConcurrencyLimiter,
  { wayMs, serviceMs, calls }: { wayMs: number; serviceMs: number; calls: number },
) {
  let now = 0;
  for (let call = 0; call < calls; call += 1) {
    const latency = Math.max(wayMs + serviceMs, limiter.limit * serviceMs);
    now += latency / limiter.limit;
    // Every tenth call meets a server that is idle for a moment.
    limiter.succeeded(call % 10 === 0 ? wayMs + serviceMs : latency, limiter.limit, now);
  }
  return limiter.limit;
}

describe('the limit', () => {
  it('stays where a near cluster is served best', () => {
    const limiter = new ConcurrencyLimiter(128);
    expect(limiter.limit).toBe(32);
    expect(work(limiter, { wayMs: 0.2, serviceMs: 0.08, calls: 50_000 })).toBe(32);
  });

  it.each([
    { wayMs: 5, serviceMs: 0.08 },
    { wayMs: 5, serviceMs: 0.15 },
    { wayMs: 2, serviceMs: 0.05 },
  ])('is above what keeps a cluster busy that is $wayMs ms away and needs $serviceMs ms a call', (far) => {
    const busy = (far.wayMs + far.serviceMs) / far.serviceMs;
    const limit = work(new ConcurrencyLimiter(128), { ...far, calls: 20_000 });
    expect(limit).toBeGreaterThan(busy * 1.2);
    expect(limit).toBeLessThanOrEqual(128);
  });

  it('never passes the cap, however far the cluster is', () => {
    expect(work(new ConcurrencyLimiter(50), { wayMs: 50, serviceMs: 0.05, calls: 20_000 })).toBe(50);
    expect(work(new ConcurrencyLimiter(3), { wayMs: 50, serviceMs: 0.05, calls: 20_000 })).toBe(3);
  });

  it('does not grow while nobody reaches it', () => {
    const limiter = new ConcurrencyLimiter(128);
    for (let call = 0; call < 5_000; call += 1) limiter.succeeded(5, 4, call * 5);
    expect(limiter.limit).toBe(32);
  });

  it('halves when the cluster is overloaded, down to a few, and comes back', () => {
    const limiter = new ConcurrencyLimiter(128);
    limiter.overloaded();
    expect(limiter.limit).toBe(16);
    for (let more = 0; more < 10; more += 1) limiter.overloaded();
    expect(limiter.limit).toBe(4);
    expect(work(limiter, { wayMs: 0.2, serviceMs: 0.08, calls: 20_000 })).toBe(32);
  });

  it('comes down again when calls only queue', () => {
    const limiter = new ConcurrencyLimiter(128);
    const high = work(limiter, { wayMs: 5, serviceMs: 0.03, calls: 20_000 });
    expect(high).toBe(128);
    expect(work(limiter, { wayMs: 5, serviceMs: 0.5, calls: 5_000 })).toBeLessThan(50);
  });
});
