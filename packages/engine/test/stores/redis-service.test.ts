import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type Clock, systemClock } from '@qwarden/qumulo-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { StateError } from '../../src/index.ts';
import { checkRedis } from '../../src/stores/redis/checks.ts';
import { openRedisQueue, type RedisQueueOptions } from '../../src/stores/redis/open.ts';
import type { RedisQueueStore } from '../../src/stores/redis/queue-store.ts';
import {
  all,
  arm,
  arming,
  attempt,
  batch,
  commit,
  event,
  only,
  unique,
  unread,
} from '../contract/queue-store.fixtures.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RedisClusterServers, RedisServer, redisMissing } from '../support/redis-server.ts';

const LEASE_MS = 3000;
const PASSWORD = 'so/secret@1:2';

let opened: RedisQueueStore[] = [];
let extra: RedisServer[] = [];
afterEach(async () => {
  for (const store of opened) store.abandon();
  opened = [];
  await Promise.all(extra.map((server) => server.close()));
  extra = [];
});

const open = async (url: string, options: Partial<RedisQueueOptions> & { clock: Clock }): Promise<RedisQueueStore> => {
  const store = await openRedisQueue(url, { leaseMs: LEASE_MS, ...options });
  opened.push(store);
  return store;
};
const start = async (...options: string[]): Promise<RedisServer> => {
  const server = await RedisServer.open(...options);
  extra.push(server);
  return server;
};
const failure = async (work: Promise<unknown>): Promise<StateError> => {
  const error: unknown = await work.then(
    () => new Error('it worked'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StateError)) throw error;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    expect(cause.message).not.toContain('secret');
    expect(cause.stack ?? '').not.toContain('secret');
  }
  return error;
};

describe.skipIf(redisMissing())('several processes with one Redis', () => {
  let server: RedisServer;
  let namespace: string;
  beforeAll(async () => {
    server = await RedisServer.open('--appendfsync', 'everysec');
  });
  afterAll(async () => {
    await server.close();
  });
  const two = async (partitions = 8) => {
    namespace = `service-${unique()}`;
    const clock = new FakeClock();
    const a = await open(server.url, { clock, namespace, partitions, owner: 'a' });
    const told: string[] = [];
    const onOutage: RedisQueueOptions['onOutage'] = ({ kind, message }) => {
      if (kind === 'freed') told.push(`${kind}: ${message}`);
    };
    const b = await open(server.url, { clock, namespace, partitions, owner: 'b', onOutage });
    // What they take back from the dead they do only after a lease's time.
    await clock.advance(LEASE_MS);
    return { clock, a, b, told };
  };

  it('each sees in the log what the others wrote, in one order, also where it wrote itself', async () => {
    const options = { clock: systemClock, namespace: `service-${unique()}`, partitions: 1 };
    const [one, other] = [await open(server.url, options), await open(server.url, options)];
    const sent: string[] = [];
    const append = async (store: RedisQueueStore, path: string) => {
      sent.push(path);
      await store.log.append(batch(1000, [event('7', path)]));
    };
    const seen = (entries: readonly { raw: string }[]) => entries.map(({ raw }) => JSON.parse(raw)[0].path);
    let position = '';
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 3; n += 1) await append(one, `one ${round} ${n}`);
      await append(other, `other ${round}`);
      await append(one, `one ${round} again`);
      expect(seen(await one.log.read(0, '', 100))).toEqual(sent);
      expect(seen(await other.log.read(0, '', 100))).toEqual(sent);
      const read: string[] = [];
      for (;;) {
        const entries = await one.log.read(0, position, 2);
        read.push(...seen(entries));
        const last = entries.at(-1);
        if (last === undefined) break;
        position = last.position;
      }
      expect(read).toEqual(sent.slice(round * 5));
    }
  });

  it('never hold one job both', async () => {
    const { clock, a, b } = await two();
    const jobs = Array.from({ length: 300 }, (_, n) => arming({ fileId: String(n * 31), dueAt: n }));
    await commit(a, { arm: jobs });
    const taken: string[] = [];
    const work = async (store: RedisQueueStore) => {
      for (;;) {
        const some = await store.jobs.take(clock.now(), 7);
        if (some.length === 0) return;
        taken.push(...some.map(({ key }) => key));
        await Promise.all(some.map((job) => store.jobs.finish(job, { kind: 'done' }, attempt(job))));
      }
    };
    await Promise.all([work(a), work(b), work(a), work(b)]);
    expect(taken).toHaveLength(300);
    expect(new Set(taken).size).toBe(300);
    expect(await all(b.jobs.list({}))).toEqual([]);
  });

  it('take over the jobs of one that has died, when its lease has ended and not before', async () => {
    const { clock, a, b, told } = await two();
    await arm(a, { dueAt: 10 });
    const job = await only(a.jobs.take(clock.now(), 10));
    a.abandon();
    expect(await b.jobs.take(clock.now(), 10)).toEqual([]);
    expect(await b.jobs.find(job.key)).toMatchObject({ state: 'running' });
    const back = await b.jobs.nextDue(clock.now());
    if (back === undefined) throw new Error('it must say when to look');
    expect(back).toBeGreaterThan(clock.now() + LEASE_MS - 1);
    await clock.advance(LEASE_MS - 10);
    expect(await b.jobs.take(clock.now(), 10)).toEqual([]);
    await clock.advance(Math.max(back - clock.now(), LEASE_MS / 3));
    expect(told).toEqual([]);
    expect(await only(b.jobs.take(clock.now(), 10))).toMatchObject({ key: job.key, step: 0 });
    expect(told).toEqual(['freed: a was not heard of for 3 s: what it had begun (1 job) others do now.']);
  });

  it('leave alone the jobs of one that lives, however long they take', async () => {
    const { clock, a, b } = await two();
    await arm(a, { dueAt: 10 });
    const job = await only(a.jobs.take(clock.now(), 10));
    for (let round = 0; round < 12; round += 1) {
      await clock.advance(LEASE_MS / 3);
      // Answers come in order: what was sent before is done.
      await a.reader(0);
      expect(await b.jobs.take(clock.now(), 10)).toEqual([]);
    }
    await a.jobs.finish(job, { kind: 'done' }, undefined);
    expect(await b.jobs.find(job.key)).toBeUndefined();
  });

  it('change nothing about a job that was taken from them', async () => {
    const { clock, a, b } = await two(1);
    await arm(a, { dueAt: 10 });
    const lost = await only(a.jobs.take(clock.now(), 10));
    const [owner] = String(await server.command('ZRANGE', `{${namespace}:0}:owners`, '0', '0')).split(',');
    expect(owner).toMatch(/^a\//);
    await server.command('ZADD', `{${namespace}:0}:owners`, '1', owner ?? '');
    const job = await only(b.jobs.take(clock.now(), 10));
    expect(await a.jobs.stepDone(lost, { step: 3, path: '/lost' }, attempt(lost))).toBe(true);
    await a.jobs.finish(lost, { kind: 'done' }, attempt(lost));
    await a.jobs.release(lost);
    expect(await b.jobs.find(job.key)).toMatchObject({ state: 'running', step: 0 });
    expect(await b.traces.attempts(job.match)).toEqual([]);
    await b.jobs.finish(job, { kind: 'done' }, undefined);
  });

  it('hear of each other', async () => {
    const { a, b } = await two();
    const heard = new Promise<void>((resolve) => {
      b.jobs.onNews(resolve);
    });
    const more = b.log.more(0, '', new AbortController().signal);
    await a.log.append(batch(1, [{ ...event('7'), spine: [] }]));
    await more;
    await arm(a);
    await heard;
    expect(await b.jobs.counts(1e15)).toMatchObject({ due: 1 });
  });

  it('look for jobs themselves where they may not tell each other', async () => {
    const { clock, a } = await two();
    await server.command('ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', '&*', '+@all', '-publish');
    const url = server.url.replace('redis://', 'redis://mute:secret@');
    const [mute, worker] = [
      await open(url, { clock, namespace, owner: 'mute' }),
      await open(url, { clock, namespace, owner: 'worker' }),
    ];
    let looked = 0;
    const quiet = worker.jobs.onNews(() => (looked += 1));
    await arm(mute);
    await a.reader(0);
    expect(looked).toBe(0);
    await clock.advance(1000);
    expect(looked).toBe(1);
    quiet();
    await clock.advance(5000);
    expect(looked).toBe(1);
  });

  it('append beside each other and lose nothing', async () => {
    const { a, b } = await two();
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        (n % 2 === 0 ? a : b).log.append(batch(n, [event('7', `${n}`), event('8', `${n}`)])),
      ),
    );
    const found = (await unread(a)).flatMap(({ entries }) => entries.flatMap(({ raw }): unknown[] => JSON.parse(raw)));
    expect(found).toHaveLength(120);
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(120);
  });

  it('keep the jobs of files whose changes came without an id where they belong, and once', async () => {
    const { clock, a, b } = await two();
    await a.log.append(batch(1, [{ ...event('7'), spine: [] }]));
    const { entries } = await only(unread(a));
    const what = { arm: [arming({ fileId: '7', dueAt: 10 }), arming({ fileId: '123', dueAt: 20 })] };
    // As if the process had died between the parts: all is decided again.
    await commit(a, what);
    await commit(b, { ...what, position: entries[0]?.position ?? '' });
    expect(await all(b.jobs.list({}))).toHaveLength(2);
    const job = await only(b.jobs.take(10, 10));
    await arm(a, { fileId: '7', mode: 'queued', dueAt: 20 });
    await b.jobs.finish(job, { kind: 'done' }, undefined);
    expect(await b.jobs.counts(clock.now())).toMatchObject({ due: 2, running: 0 });
  });

  it('must agree on the number of partitions, and on the format', async () => {
    await two(4);
    const clock = new FakeClock();
    expect(await failure(openRedisQueue(server.url, { clock, namespace, partitions: 8 }))).toMatchObject({
      kind: 'unsuitable',
      message: expect.stringContaining('has 4 partitions'),
    });
    expect((await open(server.url, { clock, namespace })).log.partitions).toBe(4);
    await server.command('HSET', `{${namespace}:0}:about`, 'format', '99');
    expect(await failure(openRedisQueue(server.url, { clock, namespace }))).toMatchObject({ kind: 'newer-version' });
  });
});

describe.skipIf(redisMissing())('a Redis that is killed', () => {
  it('loses nothing that was acknowledged, and nothing is done twice', { timeout: 60_000 }, async () => {
    const server = await start();
    const outages: string[] = [];
    const store = await open(server.url, { clock: systemClock, onOutage: ({ kind }) => outages.push(kind) });
    const files = Array.from({ length: 240 }, (_, n) => String(n * 17));
    const stop = new AbortController();
    const runs = new Map<string, number>();
    const done = { jobs: 0 };
    const read = async (partition: number) => {
      let { position } = await store.reader(partition);
      while (!stop.signal.aborted) {
        const entries = await store.log.read(partition, position, 5);
        const last = entries.at(-1);
        if (last === undefined) {
          await store.log.more(partition, position, stop.signal);
          continue;
        }
        const arm = entries.flatMap(({ position: at, raw }) =>
          JSON.parse(raw).map(({ spine }: { spine: string[] }) => {
            const fileId = spine.at(-1) ?? '';
            return arming({ fileId, mode: 'queued', dueAt: 1, match: `${at}/${fileId}` });
          }),
        );
        position = last.position;
        await store.commit(partition, { position, state: '{}', arm, touch: [], traces: [], met: [] });
      }
    };
    let news = Promise.withResolvers<void>();
    store.jobs.onNews(() => news.resolve());
    const work = async () => {
      while (done.jobs < files.length) {
        const heard = news.promise;
        const jobs = await store.jobs.take(systemClock.now(), 8);
        await Promise.all(
          jobs.map(async (job) => {
            runs.set(job.fileId, (runs.get(job.fileId) ?? 0) + 1);
            await store.jobs.stepDone(job, { step: 1, path: job.path }, attempt(job));
            await store.jobs.finish({ ...job, step: 1 }, { kind: 'done' }, attempt({ ...job, step: 1 }));
            done.jobs += 1;
          }),
        );
        if (jobs.length === 0 && done.jobs < files.length) {
          await heard;
          news = Promise.withResolvers<void>();
        }
      }
    };
    const kill = async () => {
      for (const at of [1, 80, 160]) {
        while (done.jobs < at) await new Promise((resolve) => setImmediate(resolve));
        await server.kill();
        await server.start();
      }
    };
    const reading = Promise.all(Array.from({ length: store.log.partitions }, (_, partition) => read(partition)));
    const appends = Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        store.log.append(
          batch(
            systemClock.now(),
            files.slice(n * 4, n * 4 + 4).map((fileId) => event(fileId)),
          ),
        ),
      ),
    );
    await Promise.all([appends, work(), kill()]);
    stop.abort();
    await reading;
    expect(outages.slice(0, 2)).toEqual(['away', 'back']);
    expect([...runs.keys()].toSorted()).toEqual(files.toSorted());
    expect([...runs.values()].every((count) => count === 1)).toBe(true);
    expect(await store.log.lag()).toMatchObject({ batches: 0, events: 0 });
    const entries = await all(store.log.history({}));
    expect(entries.reduce((sum, { events }) => sum + events, 0)).toBe(files.length);
    const traces = await all(store.traces.matches({}));
    expect(traces).toHaveLength(files.length);
    for (const { match } of traces.slice(0, 50)) expect(await store.traces.attempts(match)).toHaveLength(2);
    expect(await store.jobs.counts(1)).toEqual({ waiting: 0, due: 0, running: 0, dead: 0, parked: 0 });
    await store.close();
  });

  it('holds up calls until it is back; who stops or closes does not wait', { timeout: 60_000 }, async () => {
    const server = await start();
    const outages: string[] = [];
    const back = Promise.withResolvers<void>();
    const url = server.url.replace('redis://', `redis://default:${encodeURIComponent(PASSWORD)}@`);
    await server.command('CONFIG', 'SET', 'requirepass', PASSWORD);
    const store = await open(url, {
      clock: systemClock,
      onOutage: ({ kind, message }) => {
        outages.push(message);
        if (kind === 'back') back.resolve();
      },
    });
    await server.kill();
    const stop = new AbortController();
    const more = store.log.more(0, '', stop.signal);
    const append = store.log.append(batch(1, [event('7')]));
    stop.abort();
    await more;
    await server.start();
    await append;
    // Every call that waits is answered.
    await back.promise;
    expect(outages).toHaveLength(2);
    expect(outages[0]).toContain('cannot be reached');
    expect(outages.join()).not.toContain('secret');
    await server.kill();
    const waiting = failure(store.log.append(batch(2, [event('7')])));
    await store.close();
    expect(await waiting).toMatchObject({ kind: 'closed' });
  });

  it('that hangs is told to be away within some ten seconds, also when nothing is asked of it; nothing is cut', {
    timeout: 60_000,
  }, async () => {
    const server = await start();
    const clock = new FakeClock();
    const outages: string[] = [];
    const store = await open(server.url, {
      clock,
      onOutage: ({ kind, message }) => outages.push(`${kind}: ${message}`),
    });
    for (let n = 0; n < 10; n += 1) {
      await clock.advance(3000);
      // Answered after what was asked before it.
      await store.log.lag();
    }
    expect(outages).toEqual([]);
    server.hang();
    await clock.advance(10_000);
    expect(outages).toEqual([expect.stringMatching(/^away: .*not answered for 5 s/)]);
    const append = store.log.append(batch(clock.now(), [event('7')]));
    await clock.advance(10_000);
    server.goOn();
    await append;
    await vi.waitFor(async () => {
      await clock.advance(1000);
      expect(outages).toHaveLength(2);
    });
    expect(outages[1]).toMatch(/^back: /);
    expect(await store.log.lag()).toMatchObject({ batches: 1 });
  });

  it('that asks for another password afterwards ends the program with a reason', { timeout: 60_000 }, async () => {
    const server = await start();
    const store = await open(server.url, { clock: systemClock });
    await server.kill();
    const waiting = failure(store.log.append(batch(1, [event('7')])));
    await server.start('--requirepass', PASSWORD);
    expect(await waiting).toMatchObject({ kind: 'access' });
  });

  it('that comes back with other settings is used on, and what that can cost is said', {
    timeout: 60_000,
  }, async () => {
    const server = await start();
    const told = Promise.withResolvers<string>();
    const onOutage: RedisQueueOptions['onOutage'] = ({ kind, message }) => {
      if (kind === 'careless') told.resolve(message);
    };
    const store = await open(server.url, { clock: systemClock, onOutage });
    await server.kill();
    const append = store.log.append(batch(1, [event('7')]));
    await server.start('--maxmemory-policy', 'allkeys-lru');
    await append;
    expect(await told.promise).toContain('maxmemory-policy is allkeys-lru');
  });

  it('that was switched for its replica while connections stand is left for whoever answers now', {
    timeout: 60_000,
  }, async () => {
    const [first, second] = [await start(), await start()];
    let port = first.port;
    const proxy = createServer((socket) => {
      const onwards = connect(port, '127.0.0.1');
      for (const one of [socket, onwards]) one.on('error', () => undefined);
      socket.pipe(onwards).pipe(socket);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void proxy.close());
    await once(proxy, 'listening');
    const address = proxy.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const store = await open(`redis://127.0.0.1:${address.port}`, { clock: systemClock });
    await store.log.append(batch(1, [event('7')]));
    await second.command('REPLICAOF', '127.0.0.1', String(first.port));
    await vi.waitFor(
      async () => expect(await second.command('INFO', 'replication')).toContain('master_link_status:up'),
      { timeout: 30_000, interval: 50 },
    );
    await second.command('REPLICAOF', 'NO', 'ONE');
    await first.command('REPLICAOF', '127.0.0.1', String(second.port));
    port = second.port;
    const heard = Promise.withResolvers<void>();
    store.jobs.onNews(heard.resolve);
    await store.log.append(batch(2, [event('7')]));
    await arm(store);
    await heard.promise;
    expect((await unread(store)).flatMap(({ entries }) => entries)).toHaveLength(2);
  });

  it('of which no node has a part of the slots yet is waited for', { timeout: 60_000 }, async () => {
    const nodes = await RedisClusterServers.open('--cluster-require-full-coverage', 'no');
    extra.push(...nodes.nodes);
    const [, , last] = nodes.nodes;
    // As it is while the nodes of a cluster find each other.
    const slots = Array.from({ length: 16_384 - 10_924 }, (_, n) => String(10_924 + n));
    for (const node of nodes.nodes) await node.command('CLUSTER', 'DELSLOTS', ...slots);
    const store = await open(nodes.url, { clock: systemClock });
    const files = Array.from({ length: 64 }, (_, n) => String(n * 31));
    const appends = Promise.all(files.map((fileId, n) => store.log.append(batch(n, [event(fileId)]))));
    await last?.command('CLUSTER', 'ADDSLOTSRANGE', '10924', '16383');
    await appends;
    expect((await unread(store)).flatMap(({ entries }) => entries)).toHaveLength(files.length);
  });

  it('of whose nodes one is away is told once to be, and once to be back', { timeout: 60_000 }, async () => {
    const nodes = await RedisClusterServers.open(
      '--cluster-require-full-coverage',
      'no',
      '--cluster-node-timeout',
      '60000',
    );
    extra.push(...nodes.nodes);
    const outages: string[] = [];
    const store = await open(nodes.url, { clock: systemClock, onOutage: ({ kind }) => outages.push(kind) });
    const files = Array.from({ length: 64 }, (_, n) => String(n * 31));
    await commit(store, { arm: files.map((fileId) => arming({ fileId, dueAt: 1 })) });
    await nodes.nodes[2]?.kill();
    const appends = files.map((fileId, n) => store.log.append(batch(n, [event(fileId)])));
    // Those of the other nodes are answered, again and again, while the rest waits.
    await Promise.any(appends);
    for (let n = 0; n < 20; n += 1) await Promise.race(files.map((id) => store.log.append(batch(n, [event(id)]))));
    await nodes.nodes[2]?.start();
    await Promise.all(appends);
    expect(outages).toEqual(['away', 'back']);
  });

  it('that is a replica for a while holds up calls too', { timeout: 60_000 }, async () => {
    const [server, other] = [await start(), await start()];
    const store = await open(server.url, { clock: systemClock });
    await server.command('REPLICAOF', '127.0.0.1', String(other.port));
    const append = store.log.append(batch(1, [event('7')]));
    let appended = false;
    append.then(
      () => (appended = true),
      () => undefined,
    );
    await store.reader(0);
    expect(appended).toBe(false);
    await server.command('REPLICAOF', 'NO', 'ONE');
    await append;
  });
});

describe.skipIf(redisMissing())('a Redis that is not fit', () => {
  const clock = new FakeClock();

  it('that is not there', async () => {
    const server = await start();
    const url = server.url.replace('redis://', `redis://me:${encodeURIComponent(PASSWORD)}@`);
    await server.kill();
    const error = await failure(openRedisQueue(url, { clock }));
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(error.message).toContain(`redis://me:***@127.0.0.1:${server.port}`);
  });

  it('that wants a password, or another one', async () => {
    const server = await start('--requirepass', PASSWORD);
    expect(await failure(openRedisQueue(server.url, { clock }))).toMatchObject({ kind: 'access' });
    const wrong = server.url.replace('redis://', 'redis://default:secret-but-wrong@');
    expect(await failure(openRedisQueue(wrong, { clock }))).toMatchObject({ kind: 'access' });
    await open(server.url.replace('redis://', `redis://default:${encodeURIComponent(PASSWORD)}@`), { clock });
  });

  it('that would throw keys away', async () => {
    const server = await start('--maxmemory-policy', 'allkeys-lru');
    expect(await failure(openRedisQueue(server.url, { clock }))).toMatchObject({
      kind: 'unsuitable',
      message: expect.stringContaining('maxmemory-policy is allkeys-lru'),
    });
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
    await open(server.url, { clock });
  });

  it('that forgets when it ends, unless that is wanted', async () => {
    const server = await start('--appendonly', 'no');
    expect(await failure(openRedisQueue(server.url, { clock }))).toMatchObject({
      kind: 'unsuitable',
      message: expect.stringContaining('appendonly is no'),
    });
    await open(server.url, { clock, allowVolatile: true });
  });

  it.each([
    ['always', [], /^$/],
    ['everysec', [], /what came in the last second may be lost/],
    ['no', [], /half a minute and more may be lost/],
    // Many a service does not let anybody ask.
    ['everysec', ['--rename-command', 'CONFIG', ''], /^$/],
  ])('that writes to its disk %s %j is used, and what that can cost is said once', async (fsync, more, words) => {
    const server = await start('--appendfsync', fsync, ...more);
    const told: string[] = [];
    const store = await open(server.url, { clock, onOutage: ({ message }) => told.push(message) });
    await store.log.append(batch(1, [event('7')]));
    expect(told.join('\n')).toMatch(words);
    expect(told.length).toBeLessThan(2);
  });

  it('that is a replica', async () => {
    const [server, other] = [await start(), await start()];
    await server.command('REPLICAOF', '127.0.0.1', String(other.port));
    expect(await failure(openRedisQueue(server.url, { clock }))).toMatchObject({ kind: 'read-only' });
  });

  it('that is full, and takes again when it is not', async () => {
    const server = await start();
    const store = await open(server.url, { clock, partitions: 1 });
    await arm(store, { dueAt: 1 });
    const job = await only(store.jobs.take(clock.now(), 1));
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await failure(store.log.append(batch(1, [event('7')])))).toMatchObject({ kind: 'disk-full' });
    expect(await failure(arm(store, { fileId: '8' }))).toMatchObject({ kind: 'disk-full' });
    await store.jobs.finish(job, { kind: 'done' }, undefined);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await store.log.append(batch(1, [event('7')]));
    expect((await store.log.lag()).batches).toBe(1);
    expect(await all(store.jobs.list({}))).toEqual([]);
  });

  it.each([
    ['a quarter of its memory', undefined, 6],
    ['what is asked for', 8 * 1024 ** 2, 8],
  ])('that is small keeps of the log that was decided about no more than %s', async (_what, keepBytes, megabytes) => {
    const server = await start('--maxmemory', '24mb');
    const store = await open(server.url, { clock, partitions: 1, ...(keepBytes && { bounds: { keepBytes } }) });
    const large = [event('7', 'x'.repeat(32 * 1024))];
    for (let n = 0; n < 320; n += 1) await store.log.append(batch(clock.now(), large));
    const entries = await store.log.read(0, '', 320);
    expect(entries).toHaveLength(320);
    await commit(store, { position: entries.at(-1)?.position ?? '' }, 0);
    const { bytes } = await store.log.lag();
    expect(bytes).toBeLessThanOrEqual(megabytes * 1024 ** 2);
    expect(bytes).toBeGreaterThan((megabytes / 2) * 1024 ** 2);
  });

  it('that is full can be looked into, and jobs be cancelled', async () => {
    const server = await start();
    const store = await open(server.url, { clock });
    await arm(store, { dueAt: 1 });
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    const other = await open(server.url, { clock, existing: true });
    const job = await only(other.jobs.list({}));
    expect(await other.jobs.cancel(job.key, 'not wanted', 1)).toBe(true);
  });

  it('in which no monitor has worked is told from an empty queue, and is left as it is', async () => {
    const server = await start();
    expect(await failure(openRedisQueue(server.url, { clock, existing: true }))).toMatchObject({ kind: 'no-queue' });
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('that has no such database', async () => {
    const server = await start();
    expect(await failure(openRedisQueue(`${server.url}/99`, { clock }))).toMatchObject({ kind: 'other' });
  });

  it('that is too old, or no address at all', async () => {
    const old = 'redis_version:6.2.14\r\nrole:master\r\naof_enabled:1\r\n';
    expect(() => checkRedis(old, 'redis://here', { allowVolatile: false })).toThrow(
      /it is Redis 6\.2\.14; 7\.0 or newer/,
    );
    const escape = [
      'redis://:secret/1@here',
      'redis://:p@secret/x@here',
      'redis://:a#secret@here',
      'redis://:a%secret@here',
    ];
    const none = ['', 'localhost:6379', 'http://:secret@here', `redis://:secret@`, 'redis://user:secret@ho st'];
    for (const url of [...none, ...escape])
      expect(await failure(openRedisQueue(url, { clock }))).toMatchObject({ kind: 'other' });
    expect(await failure(openRedisQueue('redis://here', { clock, namespace: 'a{b}' }))).toMatchObject({
      kind: 'other',
    });
  });
});
