import { createClient } from '@qwarden/qumulo-client';
import { expect, it } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import { LoopGuard } from '../../src/guard/guard.ts';
import { type MonitorEvent, noCounters } from '../../src/monitor/events.ts';
import { Reader } from '../../src/monitor/reader.ts';
import { RuleBook } from '../../src/monitor/rule-book.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';
import { FakeClock } from '../support/fake-clock.ts';

const RULES = 'version: 1\nrules: [{ name: all, on: [moved-in, moved-out, renamed], do: [{ log: {} }] }]\n';

/** Where the first stretch that a reader takes ends. */
const FIRST_STRETCH = 64;

it('a rename whose halves stand on both sides of a stretch is still one, however far the reader is behind', async () => {
  const clock = new FakeClock();
  const store = await openSqliteQueue('', { clock, groupWaitMs: 0, syncInBackground: false });
  const received = clock.now();
  const append = (type: string, path: string, id: string) =>
    store.log.append({
      epoch: 1,
      receivedAt: received,
      events: 1,
      root: '/',
      source: 'stream',
      raw: JSON.stringify([{ type, path, spine: [id], stream_name: null }]),
    });
  for (let n = 1; n < FIRST_STRETCH; n += 1) await append('child_atime_changed', `other ${n}`, `${n + 100}`);
  await append('child_file_moved_from', 'old', '7');
  await append('child_file_moved_to', 'new', '7');
  await clock.advance(60_000);

  const told: MonitorEvent[] = [];
  const book = new RuleBook({ actions: builtinActions, store, now: () => clock.now(), builtin: [] });
  expect(await book.load(RULES, 'r.yml')).toMatchObject({ ok: true });
  const stop = new AbortController();
  const running = new Reader({
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
  }).run(stop.signal);
  await clock.advance(5000);
  stop.abort();
  await running;
  await store.close();
  const matched = told.flatMap((event) => (event.kind === 'matched' ? [event.change] : []));
  expect(matched).toMatchObject([{ type: 'child_file_renamed', path: '/new', movedFrom: '/old' }]);
});
