import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/jobs/gate.ts';
import { ConcurrencyLimiter } from '../../src/jobs/limiter.ts';

/** Feeds a limiter from a model of a cluster: latency as a function of how many are in flight. */
function settleAt(cap: number, latency: (inFlight: number) => number, rounds = 400): number {
  const limiter = new ConcurrencyLimiter(cap);
  let now = 0;
  for (let round = 0; round < rounds; round += 1) {
    const inFlight = limiter.limit;
    const ms = latency(inFlight);
    now += ms;
    // A few of a batch are always quicker than the rest.
    for (let i = 0; i < inFlight; i += 1)
      limiter.succeeded(i === 0 ? Math.min(ms, latency(4)) : ms, inFlight, now + i / 1000);
    now += 1;
  }
  return limiter.limit;
}

describe('how many calls are in flight', () => {
  it('grows to the cap on a cluster that is merely far away', () => {
    expect(settleAt(128, () => 5)).toBe(128);
    expect(settleAt(500, () => 5)).toBe(500);
  });

  it('stays where it began on a fast cluster, where more would only queue', () => {
    expect(settleAt(128, (inFlight) => inFlight * 0.05)).toBe(32);
  });

  it('finds the knee between the two', () => {
    const limit = settleAt(500, (inFlight) => 5 + Math.max(0, inFlight - 100) * 0.2);
    expect(limit).toBeGreaterThan(80);
    expect(limit).toBeLessThan(220);
  });

  it('never passes a small cap, and never falls below one', () => {
    expect(settleAt(3, () => 5)).toBe(3);
    const limiter = new ConcurrencyLimiter(1);
    for (let i = 0; i < 10; i += 1) limiter.overloaded();
    expect(limiter.limit).toBe(1);
  });

  it('halves when the cluster says it is overloaded, and recovers', () => {
    const limiter = new ConcurrencyLimiter(128);
    limiter.overloaded();
    expect(limiter.limit).toBe(16);
    for (let i = 0; i < 2000; i += 1) limiter.succeeded(5, limiter.limit, i * 5);
    expect(limiter.limit).toBeGreaterThan(32);
  });

  it('does not grow while nobody needs more', () => {
    const limiter = new ConcurrencyLimiter(128);
    for (let i = 0; i < 2000; i += 1) limiter.succeeded(5, 2, i * 5);
    expect(limiter.limit).toBe(32);
  });
});

describe('the gate', () => {
  it('trips after failures in a row, lets one through at a time, and opens with the first success', () => {
    const gate = new Gate(() => 1);
    for (let i = 0; i < 7; i += 1) expect(gate.failed(0, { atOnce: false })).toBeUndefined();
    expect(gate.failed(0, { atOnce: false })).toBe(250);
    expect(gate.allows(32, 100)).toBe(0);
    expect(gate.allows(32, 251)).toBe(1);
    expect(gate.failed(251, { atOnce: false })).toBe(500);
    expect(gate.allows(32, 752)).toBe(1);
    expect(gate.succeeded()).toBe(true);
    expect(gate.allows(32, 752)).toBe(32);
    expect(gate.succeeded()).toBe(false);
  });

  it('counts what was in flight when it tripped as one failure', () => {
    const gate = new Gate(() => 1);
    expect(gate.failed(0, { atOnce: true, waitMs: 1000 })).toBe(1000);
    for (let i = 0; i < 31; i += 1) expect(gate.failed(1, { atOnce: true, waitMs: 1000 })).toBeUndefined();
    expect(gate.allows(32, 1001)).toBe(1);
  });
});
