import { expect, it } from 'vitest';
import type { ActionOutcome } from '../../src/actions/port.ts';
import { OutsideTurns } from '../../src/monitor/outside-turns.ts';
import { Targets } from '../../src/monitor/targets.ts';
import { FakeClock } from '../support/fake-clock.ts';

const DONE: ActionOutcome = { kind: 'done', note: 'sent' };
const DOWN: ActionOutcome = { kind: 'transient', reason: 'no answer', target: 'host:chat', overload: false };

function setting() {
  const clock = new FakeClock();
  const told: string[] = [];
  const targets = new Targets(
    clock,
    () => 1,
    ({ kind }) => told.push(kind),
  );
  return { clock, told, targets, turns: new OutsideTurns(targets) };
}

it('so many of a step run at once; the others are told to come again, and other steps are not held up', () => {
  const { turns } = setting();
  for (let n = 0; n < 32; n += 1) expect(turns.begin('a')).toBe(0);
  expect(turns.begin('a')).toBeGreaterThanOrEqual(100);
  expect(turns.begin('b')).toBe(0);
  turns.ended('a', DONE, 10);
  expect(turns.begin('a')).toBe(0);
});

it('a target that is down is left alone, tried out by one, and spoken to by all once it answers', async () => {
  const { clock, told, targets, turns } = setting();
  for (let n = 0; n < 8; n += 1) {
    expect(turns.begin('a')).toBe(0);
    turns.ended('a', DOWN, 10);
  }
  expect(targets.tripped()).toEqual(['host:chat']);
  expect(turns.begin('a')).toBe(250);
  await clock.advance(251);
  expect(turns.begin('a')).toBe(0);
  expect(turns.begin('a')).toBeGreaterThan(0);
  turns.ended('a', DONE, 10);
  expect(targets.tripped()).toEqual([]);
  expect(told).toEqual(['throttled', 'recovered']);
  for (let n = 0; n < 32; n += 1) expect(turns.begin('a')).toBe(0);
});
