import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/jobs/gate.ts';

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

  it('asks a cluster in trouble every few seconds, and is slower only where each try is a failed login', () => {
    const longest = (login: boolean) => {
      const gate = new Gate(() => 1);
      let pause = 0;
      for (let now = 0, i = 0; i < 12; i += 1) {
        pause = gate.failed(now, { atOnce: true, login }) ?? 0;
        now += pause + 1;
      }
      return pause;
    };
    expect(longest(false)).toBe(10_000);
    expect(longest(true)).toBe(30_000);
  });
});
