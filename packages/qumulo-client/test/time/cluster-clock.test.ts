import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClusterClock } from '../../src/time/cluster-clock.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A local clock, a cluster's clock so far ahead of it, and answers that take some time there and back. */
function setUp(aheadMs: number) {
  const clock = new FakeClock();
  const known = createClusterClock(clock);
  let ahead = aheadMs;
  const truth = () => clock.now() + ahead;
  const ask = (thereMs: number, backMs: number, staleMs = 0) => {
    const sentAt = clock.monotonic();
    clock.advance(thereMs);
    const date = Math.floor((truth() - staleMs) / 1_000) * 1_000;
    clock.advance(backMs);
    known.sample(date, sentAt, clock.monotonic());
  };
  return { clock, known, truth, ask, move: (ms: number) => (ahead += ms) };
}

describe('the cluster clock', () => {
  it('is the local one before the first answer', () => {
    const { clock, known } = setUp(5_000);
    expect([known.nowMs(), known.latestMs(), known.skewMs()]).toEqual([clock.now(), clock.now(), undefined]);
  });

  it('is never too early for retention, at most a second and a round trip late, and estimates well', () => {
    const answers = fc.array(
      fc.record({
        pause: fc.integer({ min: 0, max: 5_000 }),
        there: fc.integer({ min: 0, max: 50 }),
        back: fc.integer({ min: 0, max: 50 }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(answers, fc.integer({ min: -1e9, max: 1e9 }), (sequence, ahead) => {
        const { clock, known, truth, ask } = setUp(ahead);
        for (const { pause, there, back } of sequence) {
          clock.advance(pause);
          ask(there, back);
          expect(known.latestMs()).toBeGreaterThanOrEqual(truth());
          expect(known.latestMs()).toBeLessThanOrEqual(truth() + 1_000 + 100 + 1);
          expect(Math.abs(known.nowMs() - truth())).toBeLessThanOrEqual(550);
        }
      }),
    );
  });

  it('narrows the skew down with answers at different parts of a second', () => {
    const { clock, known, ask } = setUp(-30_123);
    for (let i = 0; i < 100; i++) {
      ask(1, 1);
      clock.advance(37);
    }
    expect(Math.abs((known.skewMs() ?? 0) - -30_123)).toBeLessThan(25);
  });

  it('does not fall behind when a busy server writes its Date late', () => {
    const { clock, known, truth, ask } = setUp(0);
    for (let i = 0; i < 200; i++) {
      // Some by more than the second that the bounds leave.
      ask(2, 2, [0, 400, 1_500][i % 3]);
      clock.advance(71);
      expect(known.latestMs()).toBeGreaterThanOrEqual(truth());
    }
  });

  it.each([3_600_000, -3_600_000])('follows when the cluster clock is moved by %i ms', (by) => {
    const { clock, known, truth, ask, move } = setUp(0);
    for (let i = 0; i < 10; i++) ask(5, 5);
    move(by);
    clock.advance(100);
    for (let i = 0; i < 3; i++) {
      expect(known.latestMs()).toBeGreaterThanOrEqual(truth() - Math.max(0, by));
      ask(5, 5);
    }
    expect(Math.abs(known.nowMs() - truth())).toBeLessThanOrEqual(510);
    expect(known.latestMs()).toBeGreaterThanOrEqual(truth());
    expect(known.latestMs()).toBeLessThanOrEqual(truth() + 1_011);
  });

  it('does not jump with the local wall clock', () => {
    const clock = new FakeClock();
    let wall = 0;
    const known = createClusterClock({
      now: () => wall,
      monotonic: () => clock.monotonic(),
      sleep: (ms) => clock.sleep(ms),
    });
    const date = 1_900_000_000_000;
    known.sample(date, clock.monotonic(), clock.monotonic());
    wall = 999_999_999;
    expect(known.nowMs()).toBe(date + 500);
  });
});
