import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionOutcome } from '../../src/actions/port.ts';
import { publishAction } from '../../src/actions/publish/index.ts';
import { createOutside } from '../../src/outside/index.ts';
import { actionContext, actionInput, HOSTILE_NAMES, problems } from '../support/action.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RedisServer } from '../support/redis.ts';

const PASSWORD = 'geheim-4711';
const clock = new FakeClock();
let redis: RedisServer;
let url: string;
let reader: ReturnType<typeof connect>;
let outside: ReturnType<typeof createOutside>;
const told: string[] = [];

function connect() {
  return createClient({ url, RESP: 2 }).on('error', () => undefined);
}

beforeAll(async () => {
  redis = await RedisServer.open('--requirepass', PASSWORD);
  url = redis.url.replace('unix://', `unix://:${PASSWORD}@`);
  reader = connect();
  await reader.connect();
  outside = createOutside({
    environment: { REDIS: url, WRONG: url.replace(PASSWORD, `${PASSWORD}x`), NONSENSE: `a ${PASSWORD}` },
    clock,
  });
});
afterAll(async () => {
  await outside.close();
  reader.destroy();
  await redis.close();
});

async function run(params: object, more: Parameters<typeof actionInput>[2] = {}): Promise<ActionOutcome> {
  const input = actionInput(publishAction, params, more);
  const context = actionContext(outside, { clock });
  const outcome = await publishAction.run(input, context);
  told.push(JSON.stringify(outcome), await publishAction.dryRun(input, context));
  return outcome;
}

describe('publish', () => {
  it.each(HOSTILE_NAMES)('appends the match of the file %j to a stream', async (name) => {
    const path = `/in/${name}`;
    await reader.del('events');
    expect(await run({ url_env: 'REDIS', stream: 'events', max_length: 1000 }, { path })).toEqual({
      kind: 'done',
      note: 'published to the stream events of this machine',
    });
    const [entry] = (await reader.xRange('events', '-', '+')) ?? [];
    expect({ ...entry?.message }).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      rule: 'tell',
      type: 'child_file_added',
      time: '2031-01-05T07:08:09.120Z',
      path: path.toWellFormed(),
      moved_from: '',
      file_id: '1003',
      event: expect.any(String),
    });
    expect(JSON.parse(entry?.message['event'] ?? '')).toMatchObject({ path, id: entry?.message['id'] });
  });

  it('publishes to a channel', async () => {
    const listener = connect();
    await listener.connect();
    const heard = Promise.withResolvers<string>();
    await listener.subscribe('news', (text) => heard.resolve(text));
    expect(await run({ url_env: 'REDIS', channel: 'news' })).toMatchObject({ kind: 'done' });
    expect(JSON.parse(await heard.promise)).toMatchObject({ path: '/in/report.csv', type: 'child_file_added' });
    listener.destroy();
  });

  it('says what is wrong without the password', async () => {
    const target = 'host:this machine';
    expect(await run({ url_env: 'WRONG', stream: 'events' })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('WRONGPASS'),
    });
    expect(await run({ url_env: 'NONSENSE', stream: 'events' })).toMatchObject({
      kind: 'failed',
      reason: 'the value of the variable NONSENSE is not a URL of the form redis://… or rediss://… or unix://…',
    });
    expect(await run({ url_env: 'NOT_THERE', stream: 'events' })).toMatchObject({ kind: 'failed' });
    await reader.configSet('maxmemory', '1');
    expect(await run({ url_env: 'REDIS', stream: 'events' })).toMatchObject({ kind: 'transient', target });
    await reader.configSet('maxmemory', '0');
  });

  it('says in a dry run what it would publish', async () => {
    const input = actionInput(publishAction, { url_env: 'REDIS', stream: 'events' });
    expect(await publishAction.dryRun(input, actionContext(outside))).toMatch(
      /^would publish to the stream events of this machine: \{"id":"[0-9a-f]{32}","rule":"tell",/,
    );
    expect([publishAction.effects(input.params), publishAction.privileges(input.params)]).toEqual([[], []]);
  });

  it.each([
    [{ stream: 'a' }, 'url: one of'],
    [{ url: 'http://a', stream: 'a' }, 'url: is no URL of the form redis://'],
    [{ url_env: 'A' }, 'stream: one of "stream", "channel" is needed'],
    [{ url_env: 'A', stream: 'a', channel: 'b' }, 'channel: only one of'],
    [{ url_env: 'A', channel: 'b', max_length: 5 }, 'max_length: is for streams only'],
  ])('refuses %j: %s', (params, problem) => {
    expect(problems(publishAction, params).join('\n')).toContain(problem);
  });

  it('takes the addresses that Redis has', () => {
    for (const address of [
      'redis://redis:6379/0',
      'rediss://a:b@redis.example.com',
      'unix:///run/redis.sock',
      'unix://a:b@/run/redis.sock',
    ])
      expect(problems(publishAction, { url: address, stream: 'a' })).toEqual([]);
  });

  it('told nobody its password', () => {
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((words) => words.includes(PASSWORD))).toEqual([]);
  });
});
