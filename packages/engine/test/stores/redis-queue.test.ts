import { afterAll, beforeAll, describe } from 'vitest';
import { openRedisQueue } from '../../src/stores/redis/open.ts';
import { queueStoreContract } from '../contract/queue-store.contract.ts';
import { type OpenQueue, unique } from '../contract/queue-store.fixtures.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RedisClusterServers, redisMissing, RedisServer } from '../support/redis-server.ts';

const LEASE_MS = 1000;

const open =
  (url: () => string, partitions: number): OpenQueue =>
  async (bounds) => {
    const clock = new FakeClock();
    const namespace = `test-${unique()}`;
    const again = async () => await openRedisQueue(url(), { clock, namespace, partitions, leaseMs: LEASE_MS, bounds });
    let store = await again();
    return {
      clock,
      get store() {
        return store;
      },
      async reopen() {
        store.abandon();
        store = await again();
        // The dead one's lease ends; whoever takes next finds that out.
        await clock.advance(2 * LEASE_MS);
        await store.jobs.take(clock.now(), 0);
        return store;
      },
      async dispose() {
        await store.close();
      },
    };
  };

describe.skipIf(redisMissing())('a single Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    // What is durable is tested with the server's end; here an fsync for each call would only take time.
    server = await RedisServer.open('--appendfsync', 'everysec');
  });
  afterAll(async () => {
    await server.close();
  });
  queueStoreContract(
    'the queue in Redis',
    open(() => server.url, 8),
    { runs: 30 },
  );
  queueStoreContract(
    'the queue in Redis, in one partition',
    open(() => server.url, 1),
    { runs: 5 },
  );
});

describe.skipIf(redisMissing())('a Redis Cluster', () => {
  let servers: RedisClusterServers;
  beforeAll(async () => {
    servers = await RedisClusterServers.open('--appendfsync', 'everysec');
  });
  afterAll(async () => {
    await servers.close();
  });
  queueStoreContract(
    'the queue in a Redis Cluster',
    open(() => servers.url, 8),
    { runs: 5 },
  );
});
