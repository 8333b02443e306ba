import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { planListen } from '../../src/http/observe.ts';
import { type Pages, startHttp } from '../../src/http/server.ts';
import { cliErrorOf } from '../support.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const PAGES: Pages = {
  metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
  live: () => undefined,
  ready: () => undefined,
};

async function serve(pages: Partial<Pages> = {}, token?: string) {
  const server = await startHttp(LOOPBACK, token, { ...PAGES, ...pages });
  onTestFinished(() => server.close());
  return server;
}

async function read(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  return [response.status, await response.text()];
}

test('says that it lives, is ready, and its numbers; nothing else, and only to those who read', async () => {
  const { url } = await serve();
  expect(await read(`${url}/metrics`)).toEqual([200, 'up 1\n']);
  expect(await read(`${url}/metrics?name=up`)).toEqual([200, 'up 1\n']);
  expect(await read(`${url}/healthz`)).toEqual([200, 'ok\n']);
  expect(await read(`${url}/readyz`)).toEqual([200, 'ok\n']);
  expect(await read(`${url}/metrics`, { method: 'HEAD' })).toEqual([200, '']);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect(await read(`${url}/metrics`, { method, ...(method === 'POST' && { body: 'x'.repeat(100_000) }) })).toEqual([
      405,
      'Only GET and HEAD.\n',
    ]);
  }
  for (const path of ['/', '/metrics/', '//metrics', '/readyz/../metrics2', '/.env']) {
    expect((await read(url + path))[0]).toBe(404);
  }
});

test('says why not, and that a page cannot be made', async () => {
  const { url } = await serve({
    live: () => 'it has failed',
    ready: () => 'it is stopping',
    metrics: () => Promise.reject(new Error('no numbers')),
  });
  expect(await read(`${url}/healthz`)).toEqual([503, 'it has failed\n']);
  expect(await read(`${url}/readyz`)).toEqual([503, 'it is stopping\n']);
  expect(await read(`${url}/metrics`)).toEqual([500, 'no numbers\n']);
});

test('numbers are for those who know the token; probes need none', async () => {
  const { url } = await serve({}, 'Secret-1');
  const withToken = (authorization: string) => read(`${url}/metrics`, { headers: { authorization } });
  expect(await withToken('Bearer Secret-1')).toEqual([200, 'up 1\n']);
  for (const wrong of [
    'Bearer secret-1',
    'Bearer Secret-',
    'Bearer Secret-1x',
    'Basic Secret-1',
    'Secret-1',
    'Bearer',
    '',
  ]) {
    expect(await withToken(wrong)).toEqual([401, 'The token is missing or wrong.\n']);
  }
  expect((await read(`${url}/metrics`))[0]).toBe(401);
  expect((await read(`${url}/healthz`))[0]).toBe(200);
});

test('an address that is taken, or is not ours, is said', async () => {
  const { url } = await serve();
  const port = Number(new URL(url).port);
  const taken = await cliErrorOf(() => startHttp({ host: '127.0.0.1', port }, undefined, PAGES));
  expect([taken.exitCode, taken.message]).toEqual([
    1,
    `--listen 127.0.0.1:${port}: another program listens there already.`,
  ]);
  // TEST-NET-1: no machine has it.
  const foreign = await cliErrorOf(() => startHttp({ host: '192.0.2.1', port: 9464 }, 'x', PAGES));
  expect([foreign.exitCode, foreign.message]).toEqual([
    1,
    '--listen 192.0.2.1:9464: this machine has no such address.',
  ]);
});

test('closes at once, although somebody has asked and keeps the line open', async () => {
  const server = await startHttp(LOOPBACK, undefined, {
    ...PAGES,
    metrics: () => new Promise(() => undefined),
  });
  const asking = request(`${server.url}/metrics`);
  const gone = new Promise((resolve) => asking.on('error', resolve));
  await new Promise<void>((resolve) => {
    asking.on('socket', (socket) => socket.on('connect', () => resolve()));
    asking.end();
  });
  await server.close();
  expect(await gone).toBeInstanceOf(Error);
});

/** Says this and reads until the connection ends; `after` is waited for before anything is read. */
async function say(url: string, text: string, after?: () => Promise<unknown>): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const chunks: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.write(text);
  await after?.();
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await closed;
  return Buffer.concat(chunks);
}

test('who sends too much or too slowly is cut off, and who does not read the answer', async () => {
  const text = 'x'.repeat(64 * 1024 * 1024);
  const metrics = () => Promise.resolve({ contentType: 'text/plain', text });
  const server = await startHttp(LOOPBACK, undefined, { ...PAGES, metrics }, { requestMs: 100, idleMs: 200 });
  onTestFinished(() => server.close());
  const { url } = server;
  const long = await fetch(`${url}/healthz`, { headers: { 'x-long': 'x'.repeat(10_000) } });
  expect(long.status).toBe(431);
  // The first line and a header, and nothing more for ever.
  const slow = async () => (await say(url, 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ')).toString();
  expect(await slow()).toMatch(/^HTTP\/1\.1 408 /);
  // Each of these takes more than 100 ms.
  const answer = await say(url, 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n', async () => [
    await slow(),
    await slow(),
    await slow(),
  ]);
  expect(answer.toString('latin1', 0, 15)).toBe('HTTP/1.1 200 OK');
  expect(answer.length).toBeLessThan(text.length);
  expect(await read(`${url}/healthz`)).toEqual([200, 'ok\n']);
});

test('what others can reach needs a token', async () => {
  expect(planListen({})).toBeUndefined();
  expect(planListen({ listen: '9464' })).toEqual({ address: { host: '127.0.0.1', port: 9464 }, token: undefined });
  expect(planListen({ listen: '[::]:9464', listenToken: 't' })?.token).toBe('t');
  for (const listen of ['0.0.0.0:9464', '[::]:9464', 'myhost:9464', '10.0.0.1:9464']) {
    const refused = await cliErrorOf(() => planListen({ listen }));
    expect([refused.exitCode, refused.message]).toEqual([2, expect.stringContaining('no token is set')]);
  }
});

test('those who connect and say nothing, however many, keep no probe from its answer', async () => {
  const { url } = await serve();
  const { hostname, port } = new URL(url);
  let ended = 0;
  const sockets = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.on('close', () => {
        ended += 1;
      });
      await new Promise((resolve) => socket.once('connect', resolve));
      return socket;
    }),
  );
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let n = 0; n < 5; n += 1) expect(await read(`${url}/healthz`)).toEqual([200, 'ok\n']);
  // The latest 64 may stay, less those who made room for the probes.
  await expect.poll(() => ended).toBeGreaterThanOrEqual(200 - 64);
  expect(ended).toBeLessThan(200 - 32);
});
