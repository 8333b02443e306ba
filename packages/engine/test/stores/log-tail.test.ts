import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/queue/port.ts';
import { LogTail } from '../../src/stores/sqlite/queue/log-tail.ts';

const entry = (seq: number, raw = '[]'): LogEntry => ({
  position: String(seq),
  epoch: 1,
  receivedAt: 0,
  events: 0,
  root: '/',
  source: 'stream',
  raw,
});

const positions = (entries: readonly LogEntry[]) => entries.map(({ position }) => Number(position));

describe('the end of the log in memory', () => {
  it('gives what is behind a position, or nothing: never with a gap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.oneof(fc.constant('push'), fc.integer({ min: 0, max: 80 })), { maxLength: 100 }),
        fc.integer({ min: 1, max: 10 }),
        (before, steps, limit) => {
          const tail = new LogTail();
          let last = before;
          for (const step of steps) {
            if (typeof step === 'string') {
              last += 1;
              tail.push(last, entry(last));
              continue;
            }
            const read = positions(tail.read(step, limit));
            expect(read).toEqual(read.map((_, n) => step + 1 + n));
            expect(read.length).toBeLessThanOrEqual(limit);
            expect(read.every((seq) => seq > before && seq <= last)).toBe(true);
          }
        },
      ),
    );
  });

  it('a reader that keeps up is served from it, one that fell behind is not', () => {
    const tail = new LogTail();
    for (let seq = 1; seq <= 3; seq += 1) tail.push(seq, entry(seq));
    expect(positions(tail.read(1, 10))).toEqual([2, 3]);
    expect(tail.read(0, 10)).toEqual([]);
    expect(tail.read(3, 10)).toEqual([]);
  });

  it('is bounded by text: the oldest half goes', () => {
    const tail = new LogTail();
    const raw = 'x'.repeat(3_600_000);
    for (let seq = 1; seq <= 4; seq += 1) tail.push(seq, entry(seq, raw));
    expect(tail.read(0, 10)).toEqual([]);
    expect(positions(tail.read(2, 10))).toEqual([3, 4]);
  });
});
