import { createClient } from '@redis/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PublishedMessage } from '../../src/actions/port.ts';
import { createOutside } from '../../src/outside/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RedisServer } from '../support/redis.ts';
import { rejection } from '../support/rejection.ts';

let redis: RedisServer;
let reader: ReturnType<typeof connect>;
let clock: FakeClock;
let outside: ReturnType<typeof createOutside>;
const signal = new AbortController().signal;

function connect(url: string) {
  return createClient({ url, RESP: 2 }).on('error', () => undefined);
}

beforeAll(async () => {
  redis = await RedisServer.open();
  reader = connect(redis.url);
  await reader.connect();
});
afterAll(async () => {
  reader.destroy();
  await redis.close();
});
beforeEach(() => {
  clock = new FakeClock();
  outside = createOutside({ environment: {}, clock });
});
afterEach(() => outside.close());

function message(more: Partial<PublishedMessage> = {}): PublishedMessage {
  return { url: redis.url, kind: 'stream', name: 'events', fields: { id: '1', path: '/a\n"b"' }, ...more };
}

describe('publishing to Redis', () => {
  it('appends to a stream', async () => {
    await outside.publish(message(), signal);
    await outside.publish(message({ fields: { id: '2', path: 'half \ud83d' } }), signal);
    const entries = (await reader.xRange('events', '-', '+')) ?? [];
    expect(entries.map(({ message: fields }) => ({ ...fields }))).toEqual([
      { id: '1', path: '/a\n"b"' },
      { id: '2', path: 'half \ufffd' },
    ]);
  });

  it('trims the stream to about the length that is wanted', async () => {
    const many = Array.from({ length: 500 }, (_, n) =>
      outside.publish(message({ name: 'short', fields: { n: `${n}` }, maxLength: 10 }), signal),
    );
    await Promise.all(many);
    const length = await reader.xLen('short');
    expect(length).toBeGreaterThanOrEqual(10);
    expect(length).toBeLessThan(300);
  });

  it('publishes to a channel, as JSON', async () => {
    const listener = connect(redis.url);
    await listener.connect();
    const heard = Promise.withResolvers<string>();
    await listener.subscribe('news', (text) => heard.resolve(text));
    await outside.publish(message({ kind: 'channel', name: 'news' }), signal);
    expect(JSON.parse(await heard.promise)).toEqual({ id: '1', path: '/a\n"b"' });
    listener.destroy();
  });

  it('uses one connection for all that is sent at once', async () => {
    const before = await reader.info('stats');
    await Promise.all(Array.from({ length: 50 }, () => outside.publish(message({ name: 'one' }), signal)));
    const after = await reader.info('stats');
    const connections = (info: string) => Number(/total_connections_received:(\d+)/.exec(info)?.[1]);
    expect(connections(after) - connections(before)).toBe(1);
  });

  it('tells by kind of answer what may pass', async () => {
    await reader.set('text', 'no stream');
    await expect(outside.publish(message({ name: 'text' }), signal)).rejects.toMatchObject({
      transient: false,
      message: 'this machine: Redis refuses: there is something else than a stream of that name (WRONGTYPE)',
    });
    await reader.configSet('maxmemory', '1');
    await expect(outside.publish(message(), signal)).rejects.toMatchObject({ transient: true });
    await reader.configSet('maxmemory', '0');
    await outside.publish(message(), signal);
  });

  it('keeps the password to itself', async () => {
    await reader.aclSetUser('ann', ['on', '>geheim-1', '+@all', '~*', '&*']);
    const url = (password: string) => redis.url.replace('unix://', `unix://ann:${password}@`);
    await outside.publish(message({ url: url('geheim-1') }), signal);
    await outside.publish(message({ url: url('geheim-2') }), signal).then(
      () => expect.unreachable(),
      (error: Error) => {
        expect(error).toMatchObject({
          transient: false,
          message: expect.stringContaining('wrong user or password'),
        });
        expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('geheim');
      },
    );
    await expect(outside.publish(message({ url: 'redis://ann:geheim-3@[' }), signal)).rejects.toMatchObject({
      transient: false,
      message: expect.not.stringContaining('geheim'),
    });
  });

  it('connects anew after the server was away', async () => {
    const own = await RedisServer.open();
    await outside.publish(message({ url: own.url }), signal);
    await own.kill();
    await expect(outside.publish(message({ url: own.url }), signal)).rejects.toMatchObject({ transient: true });
    await own.start();
    await outside.publish(message({ url: own.url }), signal);
    await own.close();
  });

  it('does not wait for a server that hangs', async () => {
    const own = await RedisServer.open();
    await outside.publish(message({ url: own.url }), signal);
    own.freeze();
    const waiting = rejection(outside.publish(message({ url: own.url }), signal));
    await clock.advance(10_000);
    expect(await waiting).toMatchObject({
      transient: true,
      message: 'this machine: no answer in 10 s',
    });
    await own.close();
  });
});
