import { expect, it } from 'vitest';
import type { LogEntry } from '../../src/queue/port.ts';
import { Tail } from '../../src/stores/redis/tail.ts';
import { batch } from '../contract/queue-store.fixtures.ts';

const entry = (position: string, raw = '[]'): LogEntry => ({ ...batch(1, []), raw, position });
const positions = (entries: readonly LogEntry[]) => entries.map(({ position }) => position);

it('has what comes right behind a position, and forgets what is before', () => {
  const tail = new Tail();
  expect(tail.read('', 10)).toEqual([]);
  tail.push('0-0-0', entry('0-5-1'));
  tail.push('0-5-1', entry('0-5-2'));
  tail.push('0-5-2', entry('0-9-1'));
  expect(positions(tail.read('0-0-0', 2))).toEqual(['0-5-1', '0-5-2']);
  expect(positions(tail.read('0-5-2', 2))).toEqual(['0-9-1']);
  expect(tail.read('0-5-1', 2)).toEqual([]);
  expect(tail.read('0-9-1', 2)).toEqual([]);
});

it('begins anew when something else stands in between', () => {
  const tail = new Tail();
  tail.push('0-0-0', entry('0-5-1'));
  tail.push('0-5-2', entry('0-5-3'));
  expect(tail.read('0-0-0', 2)).toEqual([]);
  expect(positions(tail.read('0-5-2', 2))).toEqual(['0-5-3']);
  tail.clear();
  expect(tail.read('0-5-2', 2)).toEqual([]);
});

it('holds so much and no more: the oldest go', () => {
  const tail = new Tail();
  for (let n = 1; n <= 40; n += 1) tail.push(`0-1-${n - 1}`, entry(`0-1-${n}`, 'x'.repeat(100_000)));
  expect(tail.read('0-1-0', 100)).toEqual([]);
  expect(positions(tail.read('0-1-39', 100))).toEqual(['0-1-40']);
  for (let n = 1; n <= 20_000; n += 1) tail.push(`0-2-${n - 1}`, entry(`0-2-${n}`));
  expect(tail.read('0-2-0', 1)).toEqual([]);
  expect(tail.read('0-2-19990', 100)).toHaveLength(10);
});
