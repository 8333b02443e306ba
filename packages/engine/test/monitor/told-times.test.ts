import { expect, it } from 'vitest';
import { ToldTimes } from '../../src/monitor/told-times.ts';
import type { LogEntry } from '../../src/queue/port.ts';

/** Everything was seen until 10,000 and from 20,000 on; the cluster's clock is 5,000 ahead, give or take 10. */
const SKEW = 5000;
const clusterClock = { skewMs: () => SKEW, uncertaintyMs: () => 10 };

type Entry = readonly [receivedAt: number, source: LogEntry['source'], ...ids: readonly string[]];

function toldTimes(entries: Entry[]) {
  const asked: unknown[] = [];
  const log = {
    async *history({ since = 0, after = '-1' }): AsyncGenerator<LogEntry> {
      asked.push({ since, after });
      for (const [n, [receivedAt, source, ...ids]] of entries.entries()) {
        if (receivedAt < since || n <= Number(after)) continue;
        const raw = JSON.stringify(
          ids.map((id) => ({ type: 'child_data_written', path: 'a', spine: ['3', id], stream_name: null })),
        );
        yield { position: String(n), epoch: 1, receivedAt, events: ids.length, root: '/w', source, raw };
      }
    },
  };
  const around = { seenUntil: 10_000, registeredAt: 20_000, from: 1000, to: 30_000 };
  return { told: new ToldTimes({ log, clusterClock, ...around }), asked };
}

it('what the stream has told of a file last says that all before was told, and nothing of what came later', async () => {
  const { told } = toldTimes([
    [9000, 'stream', '7', '8'],
    [9500, 'stream', '7'],
  ]);
  expect(told.has('7', 9000 + SKEW)).toBe(false);
  await told.refresh();
  expect([9500 + SKEW, 9510 + SKEW, 9511 + SKEW].map((at) => told.has('7', at))).toEqual([true, true, false]);
  expect([9010 + SKEW, 9011 + SKEW].map((at) => told.has('8', at))).toEqual([true, false]);
  expect(told.has('9', 9000 + SKEW)).toBe(false);
});

it('what came while the gap was open says nothing; behind it only what happened there', async () => {
  const { told } = toldTimes([
    [15_000, 'stream', '7'],
    [21_000, 'stream', '8'],
    [9000, 'injected', '9'],
    [9000, 'walk', '9'],
  ]);
  await told.refresh();
  expect(told.has('7', 14_000 + SKEW)).toBe(false);
  expect([19_000, 20_009, 20_010, 21_000, 21_011].map((at) => told.has('8', at + SKEW))).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
  expect(told.has('9', 8000 + SKEW)).toBe(false);
});

it('what an earlier walk has told is told', async () => {
  const { told } = toldTimes([[15_000, 'catch-up', '7']]);
  await told.refresh();
  expect([15_010, 15_011].map((at) => told.has('7', at + SKEW))).toEqual([true, false]);
});

it('reads on from where it was, and no further than is of use', async () => {
  const entries: Entry[] = [[9000, 'stream', '7']];
  const { told, asked } = toldTimes(entries);
  await told.refresh();
  entries.push([9900, 'stream', '7'], [30_001, 'stream', '7'], [29_000, 'stream', '8']);
  await told.refresh();
  await told.refresh();
  expect(asked).toEqual([
    { since: 1000, after: '-1' },
    { since: 1000, after: '0' },
  ]);
  expect([told.has('7', 9900 + SKEW), told.has('8', 20_500 + SKEW)]).toEqual([true, false]);
});
