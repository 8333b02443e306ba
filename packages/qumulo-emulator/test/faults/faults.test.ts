import { describe, expect, it } from 'vitest';
import { Faults } from '../../src/faults/faults.ts';
import { matchesGlob } from '../../src/faults/glob.ts';
import { newAgent, startCluster, textAt } from '../support/client.ts';
import { openStream } from '../support/stream.ts';

const LOCK = 'PATCH /v1/files/{ref}/file-lock';

describe('matchesGlob', () => {
  it.each([
    ['*', 'anything', true],
    ['PATCH *', 'PATCH /v1/x', true],
    ['PATCH *', 'GET /v1/x', false],
    ['* /v1/files/*/file-lock', 'PATCH /v1/files/1003/file-lock', true],
    ['a*a', 'a', false],
    ['a*b*c', 'abbbc', true],
    ['a*b*c', 'abb', false],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
    ['**', '', true],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it('takes linear time', () => {
    expect(matchesGlob(`${'a*'.repeat(2000)}b`, 'a'.repeat(100_000))).toBe(false);
  });
});

describe('Faults', () => {
  it('meets the share of calls that was asked for, the same calls for the same seed', () => {
    const run = (seed: number): boolean[] => {
      const faults = new Faults(seed);
      faults.add({ probability: 0.25, fail: { status: 500 } });
      return Array.from({ length: 4000 }, () => faults.meet('GET /x', 'GET', '/x') !== undefined);
    };
    const hits = run(7);
    expect(run(7)).toEqual(hits);
    expect(run(8)).not.toEqual(hits);
    expect(hits.filter(Boolean).length).toBeGreaterThan(850);
    expect(hits.filter(Boolean).length).toBeLessThan(1150);
  });

  it('adds delays of several rules, and the first failure wins', () => {
    const faults = new Faults(1);
    faults.add({ delayMs: 5 });
    faults.add({ operation: 'GET *', delayMs: 2, fail: { status: 503 } });
    faults.add({ fail: { status: 500 } });
    expect(faults.meet('GET /x', 'GET', '/x')).toMatchObject({ delayMs: 7, fail: { status: 503 } });
    expect(faults.meet('PUT /x', 'PUT', '/x')).toMatchObject({ delayMs: 5, fail: { status: 500 } });
  });
});

describe('a fault', () => {
  it('fails the next calls of one operation, and spends itself', async () => {
    const client = await startCluster();
    await client.createFile('/', 'f');
    client.emulator.faults.add({
      operation: LOCK,
      times: 2,
      fail: { status: 503, errorClass: 'try_again', description: 'soon' },
    });
    const lock = () => client.call('PATCH', '/v1/files/%2Ff/file-lock', { body: { legal_hold: true } });
    expect(await lock()).toMatchObject({ status: 503, json: { error_class: 'try_again', description: 'soon' } });
    expect((await client.call('GET', '/v1/files/%2Ff/info/attributes')).status).toBe(200);
    expect((await lock()).status).toBe(503);
    expect((await lock()).status).toBe(200);
    expect(client.emulator.faults.list()).toEqual([]);
    expect(client.emulator.statistics().requests[LOCK]).toEqual({ 503: 2, 200: 1 });
  });

  it('says 429 with Retry-After, or fails without a body', async () => {
    const client = await startCluster();
    const id = client.emulator.faults.add({
      operation: 'GET /v1/version',
      fail: { status: 429, errorClass: 'slow_down', retryAfter: 3 },
    });
    const busy = await client.call('GET', '/v1/version');
    expect(busy).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    expect(client.emulator.faults.remove(id)).toBe(true);
    client.emulator.faults.add({ operation: 'GET /v1/version', fail: { status: 502 } });
    expect(await client.call('GET', '/v1/version')).toMatchObject({ status: 502, text: '' });
  });

  it('skips calls first, and finds them by path', async () => {
    const client = await startCluster();
    client.emulator.faults.add({ operation: '* /v1/users/501', skip: 1, fail: { status: 500 } });
    const statuses = [];
    for (const path of ['/v1/users/500', '/v1/users/501', '/v1/users/501', '/v1/users/500'])
      statuses.push((await client.call('GET', path)).status);
    expect(statuses).toEqual([200, 200, 500, 200]);
  });

  it.each([
    ['before', false],
    ['after', true],
  ] as const)('drops the connection %s the call is executed (done: %s)', async (drop, done) => {
    const client = await startCluster();
    client.emulator.faults.add({ operation: 'POST *', times: 1, drop });
    await expect(client.createFile('/', 'f')).rejects.toThrow('socket hang up');
    expect(client.emulator.fs.idOf('/f') !== null).toBe(done);
    expect(client.emulator.statistics().requests['POST /v1/files/{ref}/entries/']).toEqual({ 0: 1 });
    await client.ok('GET', '/v1/version');
  });

  it('delays', async () => {
    const client = await startCluster();
    await client.ok('GET', '/v1/version');
    client.emulator.faults.add({ delayMs: 40, jitterMs: 10 });
    const start = performance.now();
    await client.ok('GET', '/v1/version');
    expect(performance.now() - start).toBeGreaterThanOrEqual(39);
  });
});

describe('streams under faults', () => {
  it.each([
    ['abruptly', 'abruptly'],
    ['cleanly', 'cleanly'],
  ] as const)('end %s', async (mode, ended) => {
    const client = await startCluster();
    const first = await openStream(client, '/v1/files/%2F/notify');
    const second = await openStream(client, '/v1/files/%2F/notify');
    expect(client.emulator.streams.drop(1, mode)).toBe(1);
    await first.until((stream) => stream.ended !== 'no');
    expect(first.ended).toBe(ended);
    expect(second.ended).toBe('no');
    expect(client.emulator.streams.drop('all', mode)).toBe(1);
    await second.until((stream) => stream.ended !== 'no');
  });

  it('hang without a word, and lose nothing when they go on', async () => {
    const client = await startCluster({ keepaliveMs: 5 });
    const stream = await openStream(client, '/v1/files/%2F/notify');
    const other = await openStream(client, '/v1/files/%2F/notify');
    expect(client.emulator.streams.hang(1)).toBe(1);
    const keepalives = other.lines.length;
    await other.until(({ lines }) => lines.length >= keepalives + 2);
    const heard = stream.lines.length;
    for (let i = 0; i < 20; i++) await client.createFile('/', `f${i}`);
    await other.until(({ events, lines }) => events.length === 20 && lines.at(-1) === ': keepalive');
    expect(stream.lines.length).toBe(heard);
    client.emulator.streams.unhang();
    await stream.until(({ events }) => events.length === 20);
    expect(stream.story).toEqual(other.story);
  });
});

describe('bearers under faults', () => {
  it('expire when told, of one user or of all', async () => {
    const client = await startCluster();
    const { token: bob } = await client.userWith('bob', []);
    const admin = await client.login('admin', 'Admin123!');
    const me = (token: string) => client.call('GET', '/v1/session/who-am-i', { token });
    expect(client.emulator.expireSessions('bob')).toBe(1);
    expect(await me(bob)).toMatchObject({ status: 401, text: '' });
    expect((await me(admin)).status).toBe(200);
    client.emulator.expireSessions();
    expect((await me(admin)).status).toBe(401);
    client.emulator.expireTokens();
    expect((await me(client.emulator.accessToken)).status).toBe(401);
    expect((await me(await client.login('admin', 'Admin123!'))).status).toBe(200);
  });

  it('get an envelope, and end their streams, where that is chosen', async () => {
    const client = await startCluster({
      unknowns: { expiredBearerAnswer: 'envelope', expiredBearerEndsStreams: true },
    });
    const token = await client.login('admin', 'Admin123!');
    const stream = await openStream(client, '/v1/files/%2F/notify', token);
    client.emulator.expireSessions();
    await stream.until(({ ended }) => ended === 'cleanly');
    const answer = await client.call('GET', '/v1/session/who-am-i', { token });
    expect(answer).toMatchObject({ status: 401, json: { error_class: 'http_unauthorized_error' } });
  });
});

describe('the port under faults', () => {
  it('comes back after a restart with everything kept and every connection cut', async () => {
    const client = await startCluster();
    const id = await client.createFile('/', 'kept');
    const token = await client.login('admin', 'Admin123!');
    const stream = await openStream(client, '/v1/files/%2F/notify');
    const { port, fingerprint256 } = client.emulator;
    await client.emulator.restart();
    await stream.until(({ ended }) => ended !== 'no');
    expect(stream.ended).toBe('abruptly');
    expect(client.emulator.streams.size).toBe(0);
    expect(client.emulator).toMatchObject({ port, fingerprint256 });
    const agent = newAgent(client.emulator);
    const kept = await client.call('GET', '/v1/files/%2Fkept/info/attributes', { token, agent });
    expect(textAt(kept.json, 'id')).toBe(id);
    agent.destroy();
  });

  it('refuses, or takes and does not answer, while it is paused', async () => {
    const client = await startCluster();
    await client.emulator.pauseAccepting('refuse');
    await expect(client.call('GET', '/v1/version', { agent: newAgent(client.emulator) })).rejects.toThrow(
      'ECONNREFUSED',
    );
    await client.emulator.resumeAccepting();
    await client.emulator.pauseAccepting('hang');
    const before = client.emulator.statistics().connectionsEver;
    const waiting = client.call('GET', '/v1/version', { agent: newAgent(client.emulator) });
    while (client.emulator.statistics().connectionsEver === before)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    expect(client.emulator.statistics().totalRequests).toBe(0);
    await client.emulator.resumeAccepting();
    expect((await waiting).status).toBe(200);
  });

  it('shows a new certificate to new connections', async () => {
    const client = await startCluster();
    const seen = async (): Promise<string> => {
      const agent = newAgent(client.emulator);
      const stream = await openStream(client, '/v1/files/%2F/notify');
      agent.destroy();
      const { fingerprint256 } = stream.socket.getPeerCertificate();
      stream.request.destroy();
      return fingerprint256;
    };
    const first = client.emulator.fingerprint256;
    expect(await seen()).toBe(first);
    const second = await client.emulator.swapCertificate({ notAfter: new Date(Date.now() - 1000) });
    expect(second).not.toBe(first);
    expect(await seen()).toBe(second);
  });
});

describe('the clock', () => {
  it('goes into Date, times of files, expiry of sessions and of retention', async () => {
    const client = await startCluster();
    const { clock } = client.emulator;
    clock.freeze();
    clock.set(new Date('2030-05-01T12:00:00Z'));
    const made = await client.ok('POST', '/v1/files/%2F/entries/', { name: 'f', action: 'CREATE_FILE' });
    expect(made.headers.date).toBe('Wed, 01 May 2030 12:00:00 GMT');
    expect(textAt(made.json, 'creation_time')).toBe('2030-05-01T12:00:00Z');
    await client.ok('PATCH', '/v1/files/%2Ff/file-lock', { retention_period: '2030-05-01T12:00:10Z' });
    const token = await client.login('admin', 'Admin123!');
    expect((await client.call('DELETE', '/v1/files/%2Ff', { token })).status).toBe(403);
    clock.move(10 * 3_600_000 - 1);
    expect((await client.call('GET', '/v1/session/who-am-i', { token })).status).toBe(200);
    clock.move(1);
    expect((await client.call('GET', '/v1/session/who-am-i', { token })).status).toBe(401);
    expect((await client.call('DELETE', '/v1/files/%2Ff')).status).toBe(200);
    clock.resume();
    expect(clock.nowMs()).toBeLessThan(Date.parse('2030-05-01T22:01:00Z'));
  });
});
