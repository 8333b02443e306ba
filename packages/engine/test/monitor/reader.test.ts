import { createClient, QumuloApiError } from '@qwarden/qumulo-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import { LoopGuard } from '../../src/guard/guard.ts';
import { type MonitorEvent, noCounters } from '../../src/monitor/events.ts';
import { Reader, type ReaderOptions } from '../../src/monitor/reader.ts';
import { RuleBook } from '../../src/monitor/rule-book.ts';
import type { QueueStore } from '../../src/queue/port.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';
import { all } from '../contract/queue-store.fixtures.ts';
import { FakeClock } from '../support/fake-clock.ts';

const RULES = 'version: 1\nrules: [{ name: all, on: [moved-in, moved-out, renamed], do: [{ log: {} }] }]\n';

const ROOT = { path: () => '/', refresh: () => Promise.resolve('/'), below: (path: string) => path.slice(1) };

/** Where the first stretch that a reader takes ends. */
const FIRST_STRETCH = 64;

/** Readers of one queue, one after another, on a time of the test's own. */
class Readers {
  readonly clock = new FakeClock();
  readonly told: MonitorEvent[] = [];
  readonly #guards: LoopGuard[] = [];
  #store: QueueStore | undefined;
  #book: RuleBook | undefined;
  #ending = new AbortController();
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  static async open(rules: string): Promise<Readers> {
    const readers = new Readers();
    readers.#store = await openSqliteQueue('', { clock: readers.clock, groupWaitMs: 0, syncInBackground: false });
    await readers.load(rules);
    return readers;
  }

  get store(): QueueStore {
    if (this.#store === undefined) throw new Error('it is not open');
    return this.#store;
  }

  get guard(): LoopGuard {
    const guard = this.#guards.at(-1);
    if (guard === undefined) throw new Error('no reader was started');
    return guard;
  }

  async load(rules: string): Promise<void> {
    const now = () => this.clock.now();
    this.#book ??= new RuleBook({ actions: builtinActions, store: this.store, now, builtin: [] });
    const { ok } = await this.#book.load(rules, 'r.yml');
    if (!ok) throw new Error(`these rules cannot be loaded: ${rules}`);
  }

  async start(): Promise<void> {
    const { clock, store } = this;
    if (this.#book === undefined) throw new Error('it has no rules');
    this.#guards.push(await LoopGuard.open(store.expectations, clock, false));
    this.#ending = new AbortController();
    this.#stop = new AbortController();
    this.#running = new Reader({
      store,
      partition: 0,
      book: this.#book,
      guard: this.guard,
      cluster: createClient({ host: 'cluster.test', credentials: { accessToken: 'none' } }),
      clock,
      random: () => 0.5,
      counters: noCounters(),
      recursive: true,
      isOver: () => false,
      directory: ROOT,
      lookIntoNew: false,
      report: (event) => this.told.push(event),
      onArmed: () => undefined,
    }).run(this.#ending.signal, this.#stop.signal);
  }

  /** Nothing is appended any more. */
  async finish(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.store.close();
  }

  /** One batch. */
  async append(...events: readonly [type: string, path: string, id: string][]): Promise<void> {
    await this.store.log.append({
      epoch: 1,
      receivedAt: this.clock.now(),
      events: events.length,
      root: '/',
      source: 'stream',
      raw: JSON.stringify(events.map(([type, path, id]) => ({ type, path, spine: [id], stream_name: null }))),
    });
  }

  async due(key: string): Promise<number | null | undefined> {
    return (await this.store.jobs.find(key))?.dueAt;
  }
}

let readers: Readers;
afterEach(() => readers.close());

it('what was received before the end is decided about, and only then it ends', async () => {
  readers = await Readers.open('version: 1\nrules: [{ name: all, on: [created], do: [{ log: {} }] }]\n');
  const batches = 3 * FIRST_STRETCH;
  for (let n = 0; n < batches; n += 1) await readers.append(['child_file_added', `new ${n}`, `${n + 100}`]);
  await readers.start();
  await readers.finish();
  const { waiting, due } = await readers.store.jobs.counts(readers.clock.now());
  expect(waiting + due).toBe(batches);
});

it('a rename whose halves stand on both sides of a stretch is still one, however far the reader is behind', async () => {
  readers = await Readers.open(
    'version: 1\nrules: [{ name: all, on: [moved-in, moved-out, renamed], do: [{ log: {} }] }]\n',
  );
  for (let n = 1; n < FIRST_STRETCH; n += 1) await readers.append(['child_atime_changed', `other ${n}`, `${n + 100}`]);
  await readers.append(['child_file_moved_from', 'old', '7']);
  await readers.append(['child_file_moved_to', 'new', '7']);
  await readers.clock.advance(60_000);
  await readers.start();
  await readers.clock.advance(5000);
  await readers.stop();
  const matched = readers.told.flatMap((event) => (event.kind === 'matched' ? [event.change] : []));
  expect(matched).toMatchObject([{ type: 'child_file_renamed', path: '/new', movedFrom: '/old' }]);
});

describe('a job that settles', () => {
  const KEY = 'arrived\x007';
  const ARRIVALS =
    'version: 1\nrules: [{ name: arrived, on: [created, moved-in], settle: 30s, where: { name: "*.csv" }, do: [{ log: {} }] }]\n';

  beforeEach(async () => {
    readers = await Readers.open(ARRIVALS);
    await readers.start();
    await readers.append(['child_file_added', 'a.csv', '7']);
    await readers.clock.advance(1000);
  });

  it('waits until its file is quiet, though its rule is not for writes; and no trace is written for these', async () => {
    for (let n = 0; n < 12; n += 1) {
      await readers.clock.advance(9000);
      await readers.append(['child_data_written', 'a.csv', '7'], ['child_size_changed', 'a.csv', '7']);
      await readers.clock.advance(1000);
      const now = readers.clock.now();
      expect(await readers.store.jobs.take(now, 10)).toEqual([]);
      expect(await readers.store.jobs.find(KEY)).toMatchObject({ changedAt: now - 1000, dueAt: now + 29_000 });
    }
    expect(await all(readers.store.traces.matches({}))).toHaveLength(1);
    await readers.clock.advance(29_000);
    expect(await readers.store.jobs.take(readers.clock.now(), 10)).toMatchObject([{ key: KEY, state: 'running' }]);
  });

  it('waits on over restarts, also for what came while no reader ran', async () => {
    await readers.stop();
    await readers.clock.advance(20_000);
    await readers.append(['child_data_written', 'a.csv', '7']);
    const written = readers.clock.now();
    await readers.clock.advance(25_000);
    await readers.start();
    await readers.clock.advance(1);
    expect(await readers.due(KEY)).toBe(written + 30_000);
    await readers.append(['child_stream_data_written', 'a.csv', '7']);
    await readers.clock.advance(1);
    expect(await readers.due(KEY)).toBe(readers.clock.now() - 1 + 30_000);
  });

  it('does not wait on when it is due, or when others change', async () => {
    const due = await readers.due(KEY);
    await readers.append(['child_data_written', 'b.csv', '8'], ['child_acl_changed', 'a.csv', '7']);
    await readers.clock.advance(29_000);
    await readers.append(['child_data_written', 'a.csv', '7']);
    await readers.clock.advance(1);
    expect(await readers.due(KEY)).toBe(due);
  });

  it('goes along with a rename, and stays when its file is removed', async () => {
    await readers.append(['child_file_moved_from', 'a.csv', '7']);
    await readers.append(['child_file_moved_to', 'b.tmp', '7']);
    await readers.clock.advance(1);
    const now = readers.clock.now();
    expect(await readers.store.jobs.find(KEY)).toMatchObject({ path: '/b.tmp', dueAt: now - 1 + 30_000 });
    await readers.append(['child_file_removed', 'b.tmp', '7']);
    await readers.clock.advance(1);
    expect(await readers.store.jobs.find(KEY)).toMatchObject({ path: '/b.tmp', dueAt: now - 1 + 30_000 });
  });

  it('is not touched by an effect of our own, but by the same change of a person', async () => {
    const due = await readers.due(KEY);
    const expected = [{ fileId: '7', types: ['child_mtime_changed' as const] }];
    await readers.guard.effect(
      expected,
      ['other'],
      () => Promise.resolve(),
      () => false,
    );
    await readers.append(['child_mtime_changed', 'a.csv', '7']);
    await readers.clock.advance(1);
    expect(await readers.due(KEY)).toBe(due);
    await readers.append(['child_mtime_changed', 'a.csv', '7']);
    await readers.clock.advance(1);
    expect(await readers.due(KEY)).toBe(readers.clock.now() - 1 + 30_000);
  });

  it('settles as its own rule set had it', async () => {
    await readers.load(ARRIVALS.replace('30s', '5s'));
    await readers.append(['child_data_written', 'a.csv', '7'], ['child_file_added', 'b.csv', '8']);
    await readers.append(['child_data_written', 'b.csv', '8']);
    await readers.clock.advance(1);
    expect(await readers.due(KEY)).toBe(readers.clock.now() - 1 + 30_000);
    expect(await readers.due('arrived\x008')).toBe(readers.clock.now() - 1 + 5000);
  });
});

/** A reader of this store that tells into `told`; `run` ends with the signal. */
async function readerOf(
  store: QueueStore,
  clock: FakeClock,
  told: MonitorEvent[],
  over: Partial<Pick<ReaderOptions, 'cluster' | 'isOver'>> = {},
): Promise<Reader> {
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
    isOver: () => false,
    directory: ROOT,
    lookIntoNew: false,
    report: (event) => told.push(event),
    onArmed: () => undefined,
    ...over,
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
  const running = (await readerOf({ ...store, log }, clock, told)).run(stop.signal, stop.signal);
  await clock.settle();
  // The oldest is looked at before anything is read.
  expect(read).toHaveLength(1 + FIRST_STRETCH * 2);
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
  const running = (await readerOf(store, clock, told)).run(new AbortController().signal, new AbortController().signal);
  const failure = running.catch((error: unknown) => String(error));
  await clock.settle();
  held[0]?.reject(new Error('the disk is full'));
  expect(await failure).toBe('Error: the disk is full');
  expect(held).toHaveLength(1);
  expect(told).toEqual([]);
  await real.close();
});

it('what the cluster refuses to tell of one file is told, and what is behind it does not wait', async () => {
  const clock = new FakeClock();
  const store = await openSqliteQueue('', { clock, groupWaitMs: 0, syncInBackground: false });
  const told: MonitorEvent[] = [];
  const refused = new QumuloApiError({
    status: 403,
    errorClass: 'fs_access_denied_error',
    description: 'no',
    operation: 'fake',
    retryable: false,
  });
  const client = createClient({ host: 'cluster.test', credentials: { accessToken: 'none' } });
  const cluster = { ...client, files: { ...client.files, getAttributes: () => Promise.reject(refused) } };
  const stop = new AbortController();
  const running = (await readerOf(store, clock, told, { cluster, isOver: () => true })).run(stop.signal, stop.signal);
  const append = appendTo(store, clock.now());
  await append('child_file_moved_to', 'nameless', '');
  await append('child_file_moved_from', 'half', '7');
  await clock.advance(3000);
  await append('child_file_moved_to', 'behind', '8');
  await clock.settle();
  expect(told.flatMap((event) => (event.kind === 'matched' ? [event.path] : []))).toEqual(['/behind']);
  expect(told.flatMap((event) => (event.kind === 'unreadable' ? [event.message] : []))).toMatchObject([
    expect.stringMatching(/refuses to tell of \/nameless: .*403/),
    expect.stringMatching(/refuses to tell of file id 7: .*403/),
  ]);
  stop.abort();
  await running;
  await store.close();
});
