import { systemClock } from '@qwarden/qumulo-client';
import { afterEach, describe, expect, it } from 'vitest';
import { examineStore } from '../../src/index.ts';
import { openRedisQueue } from '../../src/stores/redis/open.ts';

import { RedisServer, redisMissing } from '../support/redis-server.ts';

const PASSWORD = 'so-secret-4711';
let servers: RedisServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(...options: string[]): Promise<RedisServer> {
  const server = await RedisServer.open(...options);
  servers.push(server);
  return server;
}

async function look(url: string, clusterId?: string) {
  const found = await examineStore(url, clusterId);
  expect(JSON.stringify(found)).not.toContain(PASSWORD);
  const open = found.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning');
  expect(open.filter(({ remedy = '' }) => remedy === '')).toEqual([]);
  return Object.fromEntries(found.map(({ check, ...rest }) => [check, rest]));
}

describe.skipIf(redisMissing())('doctor, about Redis', () => {
  it('finds nothing with one that keeps everything, and leaves nothing in it', async () => {
    const server = await start();
    expect(await look(server.url)).toMatchObject({
      redis: { verdict: 'ok' },
      'redis-persistence': { verdict: 'ok' },
      'redis-eviction': { verdict: 'ok' },
    });
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('finds what forgets, evicts, writes late, and is nearly full', async () => {
    const server = await start('--maxmemory-policy', 'allkeys-lru', '--appendfsync', 'everysec');
    await server.command('SET', 'others', 'x'.repeat(8_000_000));
    const used = Number(/used_memory:(\d+)/.exec(String(await server.command('INFO', 'memory')))?.[1]);
    await server.command('CONFIG', 'SET', 'maxmemory', String(Math.ceil(used * 1.15)));
    expect(await look(server.url)).toMatchObject({
      'redis-persistence': { verdict: 'warning', remedy: expect.stringContaining('appendfsync always') },
      'redis-eviction': { verdict: 'failed', remedy: expect.stringContaining('noeviction') },
      'redis-memory': { verdict: 'warning' },
    });
    await server.command('CONFIG', 'SET', 'appendonly', 'no');
    expect((await examineStore(server.url, undefined)).filter(({ check }) => check === 'redis-persistence')).toEqual([
      expect.objectContaining({ verdict: 'failed', remedy: expect.stringContaining('appendonly yes') }),
    ]);
  });

  it('says what cannot be told to a user who may not ask, who has the wrong password, and where nobody listens', async () => {
    const server = await start('--requirepass', PASSWORD);
    await server.command('ACL', 'SETUSER', 'q', 'on', `>${PASSWORD}`, '~*', '+@all', '-config');
    const at = server.url.replace('redis://', '');
    expect(await look(`redis://q:${PASSWORD}@${at}`)).toMatchObject({
      redis: { verdict: 'ok' },
      'redis-persistence': { verdict: 'unknown', remedy: expect.stringContaining('CONFIG GET') },
    });
    expect(await look(`redis://:${PASSWORD}x@${at}`)).toMatchObject({ redis: { verdict: 'failed' } });
    expect(await look(`redis://${at}`)).toMatchObject({ redis: { verdict: 'failed' } });
    await server.kill();
    expect(await look(`redis://:${PASSWORD}@${at}`)).toMatchObject({ redis: { verdict: 'failed' } });
  });

  it('knows the queue of another cluster, and says what waits for a person in it', async () => {
    const server = await start();
    const store = await openRedisQueue(server.url, { leaseMs: 3000, clock: systemClock });
    await store.claimFor('cluster-1');
    await store.close();
    expect(await look(server.url, 'cluster-1')).toMatchObject({
      'store-cluster': { verdict: 'ok' },
      jobs: { verdict: 'ok' },
    });
    expect(await look(server.url, 'cluster-2')).toMatchObject({
      'store-cluster': { verdict: 'failed', remedy: expect.stringContaining('namespace') },
    });
  });
});
