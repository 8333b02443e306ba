import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { allOperations, type Emulator, startEmulator } from '../../src/index.ts';
import { TestClient, textAt } from '../support/client.ts';

let emulator: Emulator;
let client: TestClient;
beforeAll(async () => {
  emulator = await startEmulator();
  client = new TestClient(emulator);
});
afterAll(async () => {
  client.agent.destroy();
  await emulator.stop();
});

const pathOf = (pattern: string): string => pattern.replace(/\{[^}]+\}/g, '2');

describe('a call without a usable bearer', () => {
  const guarded = allOperations.filter((row) => !row.anonymous);

  it.each(guarded.map((row) => row.name))('%s is a 401 with an empty body', async (name) => {
    const [method = '', pattern = ''] = name.split(' ');
    const answer = await client.call(method, pathOf(pattern), { token: null });
    expect(answer).toMatchObject({ status: 401, text: '' });
    expect(answer.headers['content-length']).toBe('0');
  });

  it.each([
    ['an empty bearer', 'Bearer '],
    ['an unknown bearer', 'Bearer session-v1:nobody'],
    ['another scheme', 'Basic YWRtaW46YWRtaW4='],
    ['a bearer of nothing but blanks', 'Bearer    '],
  ])('%s is a 401, and version answers all the same', async (_what, authorization) => {
    const guardedAnswer = await client.call('GET', '/v1/session/who-am-i', { token: null, headers: { authorization } });
    expect(guardedAnswer).toMatchObject({ status: 401, text: '' });
    const version = await client.call('GET', '/v1/version', { token: null, headers: { authorization } });
    expect(version).toMatchObject({ status: 200, json: { revision_id: 'Qumulo Core 7.10.2' } });
  });
});

describe('login', () => {
  it('gives a bearer that works below /v1 and /api/v1', async () => {
    const token = await client.login('admin', 'Admin123!');
    for (const path of ['/v1/session/who-am-i', '/api/v1/session/who-am-i'])
      expect(await client.call('GET', path, { token })).toMatchObject({
        status: 200,
        json: { id: '500', name: 'admin' },
      });
  });

  it.each([
    ['admin', 'wrong'],
    ['nobody', 'Admin123!'],
    ['guest', ''],
    ['', ''],
  ])('of %s with %s is refused in words', async (username, password) => {
    const answer = await client.call('POST', '/v1/session/login', { body: { username, password }, token: null });
    expect(answer).toMatchObject({
      status: 401,
      json: { error_class: 'http_unauthorized_error', description: 'Incorrect username or password' },
    });
  });

  it.each([
    ['{}', "field 'username' not found"],
    ['{"username":"admin"}', "field 'password' not found"],
    ['{"username":7,"password":"x"}', "field 'username': expected a string, found number"],
    ['[]', "field 'body': expected an object, found an array"],
    ['', 'the body is empty; JSON expected'],
    ['{"username":', 'the body is not JSON'],
    ['\ufeff{"username":"admin","password":"Admin123!"}', 'the body is not JSON'],
  ])('with the body %s is a decode_error', async (body, description) => {
    const answer = await client.call('POST', '/v1/session/login', { body, token: null });
    expect(answer).toMatchObject({ status: 400, json: { error_class: 'decode_error', description } });
  });

  it('takes a chunked body, and ignores keys that it does not know', async () => {
    const body = { username: 'admin', password: 'Admin123!', remember_me: true };
    const answer = await client.call('POST', '/v1/session/login', { body, token: null, chunked: true });
    expect(textAt(answer.json, 'bearer_token')).toMatch(/^session-v1:/);
  });

  it('is not limited in number', async () => {
    const tokens = await Promise.all(Array.from({ length: 100 }, () => client.login('admin', 'Admin123!')));
    expect(new Set(tokens).size).toBe(100);
  });
});

describe('HTTP', () => {
  it.each([
    ['GET', '/v1/files/%2F/entries', 404],
    ['GET', '/v1/nothing', 404],
    ['GET', '/', 404],
    ['POST', '/v1/files/%2F/notify', 405],
    ['HEAD', '/v1/version', 405],
    ['OPTIONS', '/v1/version', 405],
    ['GET', '/v1/files/relative/info/attributes', 400],
    ['GET', '/v1/files/%FF/info/attributes', 400],
    ['GET', '/v1/files/%2F/entries/?limit=x', 400],
    ['GET', '/v1/files/%2F/entries/?limit=-1', 400],
    ['GET', '/v1/files/%2F/entries/?skip-atime-update=1', 400],
    ['GET', '/v1/files/99999999999999999999999/info/attributes', 400],
    ['GET', '/v1/files/999999999999/info/attributes', 404],
    ['GET', '/v1/analytics/time-series/', 501],
  ])('%s %s is %i', async (method, path, status) => {
    const answer = await client.call(method, path);
    expect(answer.status).toBe(status);
    if (method === 'HEAD') return;
    expect(answer.json).toMatchObject({ description: expect.any(String), error_class: expect.any(String), stack: [] });
  });

  it('names the operation in a 501 and the verbs in a 405', async () => {
    const unbuilt = await client.call('GET', '/v1/analytics/time-series/');
    expect(textAt(unbuilt.json, 'description')).toContain('GET /v1/analytics/time-series/');
    expect((await client.call('PUT', '/v1/version')).headers.allow).toBe('GET');
  });

  it('makes no ETag where there is none', async () => {
    for (const path of ['/v1/version', '/v1/users/', '/v1/auth/roles/', '/v3/nfs/exports/'])
      expect((await client.call('GET', path)).headers.etag).toBeUndefined();
  });

  it('keeps a connection that is used again, for longer than ten minutes', async () => {
    const { headers } = await client.call('GET', '/v1/version');
    expect(headers['keep-alive']).toMatch(/timeout=(\d{4,})/);
    const before = emulator.statistics().connectionsEver;
    for (let i = 0; i < 5; i++) await client.ok('GET', '/v1/version');
    expect(emulator.statistics().connectionsEver).toBe(before);
  });

  it('answers Connection: close in that spelling', async () => {
    const { headers } = await client.call('GET', '/v1/version', { headers: { connection: 'close' } });
    expect(headers.connection).toBe('close');
  });
});
