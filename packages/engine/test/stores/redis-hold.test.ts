import { hostname } from 'node:os';
import { type Clock, systemClock } from '@qwarden/qumulo-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAllStop } from '../../src/actions/all-stop/index.ts';
import { resumeStops } from '../../src/actions/all-stop/resume.ts';
import { openRedisQueue } from '../../src/stores/redis/open.ts';
import type { RedisQueueStore } from '../../src/stores/redis/queue-store.ts';
import { ActionBench } from '../support/action-context.ts';
import { arm, batch, event, only, unique, unread } from '../contract/queue-store.fixtures.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RedisServer, redisMissing } from '../support/redis-server.ts';

/** By the clock of Redis, which is real. */
const LEASE_MS = 400;

let server: RedisServer;
let opened: RedisQueueStore[] = [];
let namespace = '';

const open = async (owner: string, clock: Clock = systemClock, leaseMs = LEASE_MS): Promise<RedisQueueStore> => {
  const store = await openRedisQueue(server.url, { clock, namespace, owner, leaseMs });
  opened.push(store);
  return store;
};

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });

/** The vitest way to wait for another process. */
const eventually = (look: () => Promise<void>): Promise<void> => vi.waitFor(look, { timeout: 20_000, interval: 20 });

describe.skipIf(redisMissing())('what one of several processes has', () => {
  beforeAll(async () => {
    server = await RedisServer.open('--appendfsync', 'everysec');
  });
  afterAll(async () => {
    await server.close();
  });
  afterEach(async () => {
    for (const store of opened) store.abandon();
    opened = [];
    namespace = `hold-${unique()}`;
  });
  namespace = `hold-${unique()}`;

  it('the watch is held by one, and the second is told by whom', async () => {
    const a = await open('host-a/1');
    const b = await open('host-b/2');
    const lost = await a.holdWatch('all below /records of https://q:8000');
    await expect(b.holdWatch('all below /')).rejects.toMatchObject({
      kind: 'in-use',
      message: expect.stringMatching(/host-a\/1, all below \/records of https:\/\/q:8000\. A queue has one watcher/),
    });
    expect(lost.aborted).toBe(false);
    // Held anew by the same process, it is the same.
    await a.holdWatch('all below /records');
  });

  it('is free at once when its holder ends in order', async () => {
    const a = await open('a');
    await a.holdWatch('/');
    await a.close();
    const b = await open('b');
    await expect(b.holdWatch('/')).resolves.toMatchObject({ aborted: false });
  });

  it('a holder that died is waited for and followed', async () => {
    const a = await open('a');
    await a.holdWatch('/');
    a.abandon();
    const b = await open('b');
    await expect(b.holdWatch('/')).resolves.toMatchObject({ aborted: false });
  });

  it('a holder of this machine that died is not waited for, and one that lives is', async () => {
    const until = async () => Number(await server.command('HGET', `{${namespace}:0}:watcher`, 'until'));
    const now = async () => {
      const [seconds, micros] = String(await server.command('TIME'))
        .split(',')
        .map(Number);
      return (seconds ?? 0) * 1000 + (micros ?? 0) / 1000;
    };
    // Our own process id stands for one that has been given out again, as in a container.
    const me = `${hostname()}/${process.pid}`;
    const a = await open(me, systemClock, 60_000);
    await a.holdWatch('/');
    await arm(a, { dueAt: 1 });
    const job = await only(a.jobs.take(10, 10));
    a.abandon();
    const ofA = await until();
    const b = await open(me, systemClock, 60_000);
    await b.holdWatch('/');
    expect(await now()).toBeLessThan(ofA);
    // What it had begun is free, too.
    expect(await only(b.jobs.take(10, 10))).toMatchObject({ key: job.key });
    await b.close();
    // Its connection is gone, and it lives: it may be cut off for a moment.
    const parent = await open(`${hostname()}/${process.ppid}`);
    await parent.holdWatch('/');
    parent.abandon();
    const ofParent = await until();
    const c = await open(me);
    await c.holdWatch('/');
    expect(await now()).toBeGreaterThanOrEqual(ofParent);
  });

  it('one that was thought dead learns that it has lost, and what it appends is not written', async () => {
    // It stands still for longer than its time: it cannot say that it lives.
    const clock = new FakeClock();
    const a = await open('a', clock);
    const lost = await a.holdWatch('/');
    await a.log.append(batch(1, [event('7')]));
    const b = await open('b');
    await b.holdWatch('/');
    await a.log.append(batch(2, [event('7')]));
    await b.log.append(batch(3, [event('7')]));
    const entries = (await unread(b)).flatMap((part) => part.entries);
    expect(entries.map(({ receivedAt }) => receivedAt)).toEqual([1, 3]);
    expect(lost.aborted).toBe(false);
    const told = aborted(lost);
    await clock.advance(LEASE_MS);
    expect(await told).toMatchObject({ kind: 'in-use', message: expect.stringContaining(': b, /.') });
  });

  it('outlives a time in which Redis is full and refuses to hear of it', async () => {
    const full = await RedisServer.open('--appendfsync', 'everysec');
    onTestFinished(() => full.close());
    const a = await openRedisQueue(full.url, { clock: systemClock, owner: 'a', leaseMs: LEASE_MS });
    opened.push(a);
    const until = async () => Number(await full.command('HGET', '{qwarden:0}:watcher', 'until'));
    const lost = await a.holdWatch('/');
    await full.command('CONFIG', 'SET', 'maxmemory', '1');
    await eventually(async () => expect(await full.command('INFO', 'errorstats')).toContain('errorstat_OOM'));
    await full.command('CONFIG', 'SET', 'maxmemory', '0');
    const before = await until();
    await eventually(async () => expect(await until()).toBeGreaterThan(before));
    expect(lost.aborted).toBe(false);
  });

  it('that the queue is gone is told as that', async () => {
    const emptied = await RedisServer.open('--appendfsync', 'everysec');
    onTestFinished(() => emptied.close());
    const a = await openRedisQueue(emptied.url, { clock: systemClock, owner: 'a', leaseMs: LEASE_MS });
    opened.push(a);
    const told = aborted(await a.holdWatch('/'));
    await emptied.command('FLUSHALL');
    expect(await told).toMatchObject({ kind: 'emptied', message: expect.stringContaining('FLUSHALL') });
  });

  it('a queue is that of the cluster that came first', async () => {
    const a = await open('a');
    await a.claimFor('one');
    await a.claimFor('one');
    const b = await open('b');
    await expect(b.claimFor('two')).rejects.toMatchObject({
      kind: 'other-cluster',
      message: expect.stringMatching(/belongs to another cluster.*\?namespace=NAME.*cluster one, now connected to two/),
    });
  });

  it('the address names the queue in it', async () => {
    const a = await openRedisQueue(`${server.url}?namespace=${namespace}`, { clock: systemClock });
    opened.push(a);
    await a.claimFor('of the address');
    await expect((await open('b')).claimFor('else')).rejects.toMatchObject({ kind: 'other-cluster' });
    await expect(openRedisQueue(`${server.url}?namspace=x`, { clock: systemClock })).rejects.toThrow('"namspace"');
  });
});

describe.skipIf(redisMissing())('stops in Redis', () => {
  let bench: ActionBench;
  beforeAll(async () => {
    server = await RedisServer.open('--appendfsync', 'everysec');
    bench = await ActionBench.open();
  });
  afterAll(async () => {
    await bench.close();
    await server.close();
  });
  afterEach(() => {
    for (const store of opened) store.abandon();
    opened = [];
    namespace = `stops-${unique()}`;
  });

  it('two workers fire one stop, and a third machine takes it back', async () => {
    const workers = [await open('a'), await open('b')];
    const client = bench.client;
    const before = (await client.tenants.list()).data;
    const fire = (store: RedisQueueStore, match: string) => {
      const action = createAllStop(store.stops);
      const { job } = bench.input(action, { confirm: true }, '2', '/x');
      return bench.run(action, { confirm: true }, '2', '/x', { job: { ...job, match } });
    };
    const outcomes = await Promise.all(workers.map((store, n) => fire(store, `match ${n}`)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['done', 'skipped']);
    expect((await client.tenants.list()).data).not.toEqual(before);
    for (const store of opened) store.abandon();
    const third = await open('c');
    expect((await third.stops.list()).records).toMatchObject([{ state: 'stopped' }]);
    const report = await resumeStops(client, third.stops, { changed: 'refuse', now: Date.now });
    expect(report.stops).toMatchObject([{ over: true }]);
    expect((await client.tenants.list()).data).toEqual(before);
    expect((await third.stops.list()).records).toMatchObject([{ state: 'over' }]);
    // The job of the other worker comes again: it has made its stop already.
    const again = await Promise.all([fire(third, 'match 0'), fire(third, 'match 1')]);
    expect(again.map(({ kind }) => kind).sort()).toEqual(['done', 'skipped']);
  });

  it('one at a time, over processes; who has lost his turn without knowing saves nothing', async () => {
    const clock = new FakeClock();
    const a = await open('a', clock);
    const b = await open('b');
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const long = a.stops.exclusively(async () => {
      order.push('a begins');
      begun.resolve();
      await first.promise;
      order.push('a ends');
    });
    await begun.promise;
    const next = b.stops.exclusively(() => Promise.resolve(void order.push('b')));
    first.resolve();
    await Promise.all([long, next]);
    expect(order).toEqual(['a begins', 'a ends', 'b']);
    const record = await someStop(a);
    await a.stops.exclusively(async () => {
      // It stands still for longer than its time.
      await b.stops.exclusively(() => b.stops.save({ ...record, id: 'of-b' }));
      await expect(a.stops.save(record)).rejects.toMatchObject({ kind: 'in-use' });
    });
    expect((await b.stops.list()).records.map(({ id }) => id)).toContain('of-b');
  });

  it('what cannot be read is told, and never taken for nothing', async () => {
    const a = await open('a');
    await server.command('HSET', `{${namespace}:0}:stops`, 'broken', '{');
    expect(await a.stops.list()).toMatchObject({ records: [], unreadable: [{ why: 'it is not JSON' }] });
  });

  async function someStop(store: RedisQueueStore) {
    await store.stops.exclusively(() =>
      store.stops.save({
        version: 1,
        id: 'one',
        clusterId: 'c',
        cluster: 'c:8000',
        scope: { kind: 'cluster' },
        mode: 'both',
        cause: { rule: 'r', path: '/a', change: 'child_file_added' },
        jobs: [],
        state: 'over',
        startedAt: '2031-01-01T00:00:00Z',
        endedAt: null,
        parts: [],
      }),
    );
    const [record] = (await store.stops.list()).records;
    if (record === undefined) throw new Error('it was just saved');
    return record;
  }
});
