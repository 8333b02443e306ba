import { createClient } from '@qwarden/qumulo-client';
import { expect, it } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import { LoopGuard } from '../../src/guard/guard.ts';
import { type MonitorEvent, noCounters } from '../../src/monitor/events.ts';
import { Reader } from '../../src/monitor/reader.ts';
import { RuleBook } from '../../src/monitor/rule-book.ts';
import type { QueueStore } from '../../src/queue/port.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';
import { FakeClock } from '../support/fake-clock.ts';

const RULES = 'version: 1\nrules: [{ name: all, on: [moved-in, moved-out, renamed], do: [{ log: {} }] }]\n';

/** Where the first stretch that a reader takes ends. */
const FIRST_STRETCH = 64;

/** A reader of this store that tells into `told`; `run` ends with the signal. */
async function readerOf(store: QueueStore, clock: FakeClock, told: MonitorEvent[]): Promise<Reader> {
  const book = new RuleBook({ actions: builtinActions, store, now: () => clock.now(), builtin: [] });
  expect(await book.load(RULES, 'r.yml')).toMatchObject({ ok: true });
  return new Reader({
    store,
    partition: 0,
    book,
    guard: await LoopGuard.open(store.expectations, clock, false),
    cluster: createClient({ host: 'cluster.test', credentials: { accessToken: 'none' } }),
    clock,
    random: () => 0.5,
    counters: noCounters(),
    recursive: true,
    report: (event) => told.push(event),
    onArmed: () => undefined,
  });
}

function appendTo(store: QueueStore, receivedAt: number) {
  return (type: string, path: string, id: string) =>
    store.log.append({
      epoch: 1,
      receivedAt,
      events: 1,
      root: '/',
      source: 'stream',
      raw: JSON.stringify([{ type, path, spine: [id], stream_name: null }]),
    });
}

it('a rename whose halves stand on both sides of a stretch is still one, however far the reader is behind', async () => {
  const clock = new FakeClock();
  const store = await openSqliteQueue('', { clock, groupWaitMs: 0, syncInBackground: false });
  const append = appendTo(store, clock.now());
  for (let n = 1; n < FIRST_STRETCH; n += 1) await append('child_atime_changed', `other ${n}`, `${n + 100}`);
  await append('child_file_moved_from', 'old', '7');
  await append('child_file_moved_to', 'new', '7');
  await clock.advance(60_000);

  const told: MonitorEvent[] = [];
  const stop = new AbortController();
  const running = (await readerOf(store, clock, told)).run(stop.signal);
  await clock.advance(5000);
  stop.abort();
  await running;
  await store.close();
  const matched = told.flatMap((event) => (event.kind === 'matched' ? [event.change] : []));
  expect(matched).toMatchObject([{ type: 'child_file_renamed', path: '/new', movedFrom: '/old' }]);
});

/** A store whose commits are held until they are let go. */
function holdingCommits(store: QueueStore) {
  const held: PromiseWithResolvers<void>[] = [];
  const commit: QueueStore['commit'] = async (partition, what) => {
    const one = Promise.withResolvers<void>();
    held.push(one);
    await one.promise;
    await store.commit(partition, what);
  };
  return { held, store: { ...store, commit } };
}

it('the next stretch is decided about while the last is made durable; nothing is told before, and commits keep their order', async () => {
  const clock = new FakeClock();
  const real = await openSqliteQueue('', { clock, groupWaitMs: 0, syncInBackground: false });
  const { held, store } = holdingCommits(real);
  const append = appendTo(store, clock.now());
  for (let n = 1; n <= FIRST_STRETCH * 2; n += 1) await append('child_file_moved_to', `file ${n}`, String(n));
  const read: string[] = [];
  const told: MonitorEvent[] = [];
  const log: QueueStore['log'] = {
    partitions: store.log.partitions,
    append: (batch) => store.log.append(batch),
    read: async (...args) => {
      const entries = await store.log.read(...args);
      read.push(...entries.map(({ position }) => position));
      return entries;
    },
    more: (...args) => store.log.more(...args),
    history: (query) => store.log.history(query),
    lag: () => store.log.lag(),
  };
  const stop = new AbortController();
  const running = (await readerOf({ ...store, log }, clock, told)).run(stop.signal);
  await clock.settle();
  expect(read).toHaveLength(FIRST_STRETCH * 2);
  expect(held).toHaveLength(1);
  expect(told).toEqual([]);
  held[0]?.resolve();
  await clock.settle();
  expect(held).toHaveLength(2);
  expect(told).toHaveLength(FIRST_STRETCH);
  held[1]?.resolve();
  await clock.settle();
  expect(told).toHaveLength(FIRST_STRETCH * 2);
  stop.abort();
  await running;
  await real.close();
});

it('a commit that fails ends the reader: what was decided about meanwhile is not committed', async () => {
  const clock = new FakeClock();
  const real = await openSqliteQueue('', { clock, groupWaitMs: 0, syncInBackground: false });
  const { held, store } = holdingCommits(real);
  const append = appendTo(store, clock.now());
  for (let n = 1; n <= FIRST_STRETCH * 2; n += 1) await append('child_file_moved_to', `file ${n}`, String(n));
  const told: MonitorEvent[] = [];
  const running = (await readerOf(store, clock, told)).run(new AbortController().signal);
  const failure = running.catch((error: unknown) => String(error));
  await clock.settle();
  held[0]?.reject(new Error('the disk is full'));
  expect(await failure).toBe('Error: the disk is full');
  expect(held).toHaveLength(1);
  expect(told).toEqual([]);
  await real.close();
});
