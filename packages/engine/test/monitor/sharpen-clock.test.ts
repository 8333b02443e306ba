import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSharp, sharpenClock } from '../../src/monitor/sharpen-clock.ts';

/** A cluster that is `skew` ahead and tells whole seconds, asked once `begins` after a second began here. */
function world(skew: number, begins: number) {
  let now = 1_000_000 + begins;
  let [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let asked = 0;
  const ask = () => {
    asked += 1;
    const date = Math.floor((now + skew) / 1000) * 1000;
    lowest = Math.max(lowest, date - now);
    highest = Math.min(highest, date + 1000 - now);
    return Promise.resolve();
  };
  const sleep = (ms: number) => {
    now += ms;
    return Promise.resolve();
  };
  const clusterClock = {
    nowMs: () => now + (lowest + highest) / 2,
    uncertaintyMs: () => (highest - lowest) / 2,
  };
  return { clusterClock, clock: { sleep }, ask, asked: () => asked, error: () => (lowest + highest) / 2 - skew };
}

it('a few answers at the turn of a second say what the time is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -5000, max: 5000 }), fc.nat(999), async (skew, begins) => {
      const cluster = world(skew, begins);
      await cluster.ask();
      expect(isSharp(cluster.clusterClock)).toBe(false);
      await sharpenClock(cluster, new AbortController().signal);
      expect(isSharp(cluster.clusterClock)).toBe(true);
      expect(Math.abs(cluster.error())).toBeLessThanOrEqual(40);
      expect(cluster.asked()).toBeLessThanOrEqual(6);
      // What is known is not asked for.
      const before = cluster.asked();
      await sharpenClock(cluster, new AbortController().signal);
      expect(cluster.asked()).toBe(before);
    }),
  );
});
