import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isQumuloError, QumuloApiError, QumuloConnectionError, QumuloProtocolError, VERSION } from '../../src/index.ts';
import { answer, attributes, clientOf, failure, listen, serve } from '../support/server.ts';

const file = attributes('7', '/a');

describe('a call', () => {
  it('sends what the API expects and returns data, ETag and times', async () => {
    const server = await serve((_, response) =>
      answer(response, { ...file, later: 'key' }, 200, { etag: '"v1"', date: 'Tue, 01 Jan 2030 00:00:00 GMT' }),
    );
    const result = await clientOf(server.port).files.patchFileLock(
      '/a b',
      { retention_period: '2031-01-01T00:00:00Z' },
      { ifMatch: '"v0"' },
    );
    expect(server.received[0]).toMatchObject({
      method: 'PATCH',
      url: '/v1/files/%2Fa%20b/file-lock',
      body: '{"retention_period":"2031-01-01T00:00:00Z"}',
      headers: {
        accept: 'application/json',
        authorization: 'Bearer access-v1:test',
        'content-type': 'application/json',
        'if-match': '"v0"',
        'user-agent': `qwarden/${VERSION}`,
      },
    });
    expect(result).toMatchObject({
      data: { ...file, later: 'key', data_revision: null },
      etag: '"v1"',
      status: 200,
      clusterTimeMs: Date.parse('2030-01-01T00:00:00Z'),
    });
    expect(result.roundTripMs).toBeGreaterThan(0);
    expect(Math.abs(result.receivedAtMs - Date.now())).toBeLessThan(60_000);
  });

  it('keeps one If-Match from leaking into the next call', async () => {
    const server = await serve((_, response) => answer(response, file));
    const { files } = clientOf(server.port);
    await files.patchFileLock('7', {}, { ifMatch: '"x"' });
    await files.patchFileLock('7', {});
    expect(server.received.map(({ headers }) => headers['if-match'])).toEqual(['"x"', undefined]);
  });

  it('reaches the API under /api as well', async () => {
    const server = await serve((_, response) => answer(response, file));
    await clientOf(server.port, { basePath: '/api' }).files.getAttributes('7', { retrieveFileLock: true, snapshot: 0 });
    expect(server.received[0]?.url).toBe('/api/v1/files/7/info/attributes?retrieve-file-lock=true&snapshot=0');
  });

  it('refuses a bad reference before anything is sent', async () => {
    const server = await serve((_, response) => answer(response, file));
    expect(await failure(clientOf(server.port).files.getAttributes('Error_ID'))).toBeInstanceOf(TypeError);
    expect(server.received).toHaveLength(0);
  });

  it('puts a body together from many pieces', async () => {
    const name = 'é😀'.repeat(50_000);
    const server = await serve((_, response) => {
      const bytes = Buffer.from(JSON.stringify({ ...file, name }));
      response.writeHead(200);
      for (let i = 0; i < bytes.length; i += 1_001) response.write(bytes.subarray(i, i + 1_001));
      response.end();
    });
    expect((await clientOf(server.port).files.getAttributes('7')).data.name).toBe(name);
  });

  it('tells each try to onRequest', async () => {
    const seen: unknown[] = [];
    const server = await serve((_, response) => answer(response, {}, seen.length === 0 ? 503 : 404));
    const client = clientOf(server.port, {
      onRequest: ({ operation, attempt, status }) => seen.push([operation, attempt, status]),
      random: () => 0,
    });
    await failure(client.files.getAttributes('7'));
    expect(seen).toEqual([
      ['GET /v1/files/{ref}/info/attributes', 1, 503],
      ['GET /v1/files/{ref}/info/attributes', 2, 404],
    ]);
  });

  it('opens connections in advance', async () => {
    const server = await serve((_, response) => answer(response, { revision_id: 'Qumulo Core 7.9.0' }));
    const client = clientOf(server.port, { connections: 5 });
    await client.warm(9);
    expect(server.connections).toHaveLength(5);
    expect(server.received.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    await Promise.all([1, 2, 3].map(() => client.cluster.version()));
    expect(server.connections).toHaveLength(5);
  });
});

describe('an answer that says no', () => {
  it.each([
    ['empty', '', 'unknown', 'Forbidden (the answer was empty)'],
    ['an empty object', '{}', 'unknown', 'Forbidden'],
    ['a JSON list', '[1]', 'unknown', 'Forbidden: [1]'],
    ['HTML', '<html><style>a{}</style><body><h1>No &\n entry</h1></body>', 'unknown', 'Forbidden: No & entry'],
    ['plain text', 'upstream is away', 'unknown', 'Forbidden: upstream is away'],
    [
      'the documented envelope',
      '{"error_class":"fs_access_denied_error","description":"no","inner":{"description":"why"}}',
      'fs_access_denied_error',
      'no [why]',
    ],
  ])('is understood when its body is %s', async (_, body, errorClass, description) => {
    const server = await serve((_, response) => {
      response.writeHead(403);
      response.end(body);
    });
    const error = await failure(clientOf(server.port).files.getAttributes('/secret'));
    expect(error).toBeInstanceOf(QumuloApiError);
    expect(error).toMatchObject({ status: 403, errorClass, description, target: '/secret', retryable: false });
    expect(String(error)).toContain('GET /v1/files/{ref}/info/attributes for "/secret": 403');
    expect(isQumuloError(error)).toBe(true);
  });

  it('never shows the token, even when the server echoes it', async () => {
    const server = await serve(({ headers }, response) => {
      answer(response, { error_class: 'decode_error', description: `bad header ${headers.authorization}` }, 400);
    });
    const error = await failure(clientOf(server.port).files.getAttributes('7'));
    expect(JSON.stringify(error) + String(error)).not.toContain('access-v1:test');
    expect(String(error)).toContain('bad header Bearer ***');
  });

  it.each([
    ['not JSON', 'Hello'],
    ['empty', ''],
    ['a list', '[]'],
    ['without an id', '{"path":"/a","type":"FS_FILE_TYPE_FILE"}'],
  ])('a 2xx whose body is %s is a protocol error', async (_, body) => {
    const server = await serve((_, response) => response.end(body));
    expect(await failure(clientOf(server.port).files.getAttributes('7'))).toBeInstanceOf(QumuloProtocolError);
  });
});

it('HTML in place of an answer is told to be the wrong port', async () => {
  const server = await serve((_, response) => response.end('\n<!doctype html><title>Web UI</title>'));
  expect(String(await failure(clientOf(server.port).cluster.version()))).toContain('on port 443 under /api');
});

describe('giving up', () => {
  it('before the call', async () => {
    const server = await serve((_, response) => answer(response, file));
    const error = await failure(clientOf(server.port).files.getAttributes('7', { signal: AbortSignal.abort('why') }));
    expect(error).toMatchObject({ kind: 'aborted', cause: 'why' });
    expect(server.received).toHaveLength(0);
  });

  it('in flight and in the queue, at once and leaving the rest alone', async () => {
    const held: (() => void)[] = [];
    const server = await serve((_, response) => void held.push(() => answer(response, file)));
    const client = clientOf(server.port, { connections: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = failure(client.files.getAttributes('1', { signal: first.signal }));
    const queued = failure(client.files.getAttributes('2', { signal: second.signal }));
    const third = client.files.getAttributes('3');
    await server.count(1);
    second.abort();
    expect(await queued).toMatchObject({ kind: 'aborted', retryable: false });
    first.abort();
    expect(await running).toMatchObject({ kind: 'aborted' });
    await server.count(2);
    held.at(-1)?.();
    expect((await third).status).toBe(200);
    expect(server.received.map(({ url }) => url)).toEqual([
      '/v1/files/1/info/attributes',
      '/v1/files/3/info/attributes',
    ]);
  });

  it('after silence', async () => {
    const server = await serve(() => undefined);
    const error = await failure(clientOf(server.port).files.getAttributes('7', { timeoutMs: 20 }));
    expect(error).toMatchObject({ kind: 'timeout', retryable: true });
    expect(server.received).toHaveLength(1);
  });

  it('when the client is closed', async () => {
    const server = await serve(() => undefined);
    const client = clientOf(server.port, { connections: 1 });
    const calls = [1, 2, 3].map(() => failure(client.files.getAttributes('7')));
    await server.count(1);
    await client.close();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ kind: 'aborted' });
    expect(await failure(client.files.getAttributes('7'))).toMatchObject({ kind: 'aborted' });
  });
});

it('a connection that is still being opened when the client is closed is cut', async () => {
  const silent = createServer();
  const port = await listen(silent);
  const accepted = once(silent, 'connection');
  const client = clientOf(port, { protocol: 'https' });
  const call = failure(client.cluster.version());
  const [socket] = await accepted;
  const hungUp = once(socket.resume(), 'close');
  await client.close();
  expect(await call).toMatchObject({ kind: 'aborted' });
  await hungUp;
});

describe('no answer', () => {
  it('tells that nobody listens', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const error = await failure(clientOf(port).cluster.version());
    expect(error).toBeInstanceOf(QumuloConnectionError);
    expect(error).toMatchObject({ kind: 'refused', retryable: true });
    expect(String(error)).toContain(`127.0.0.1:${port}`);
  });

  it('tells that there is no such host', async () => {
    const error = await failure(clientOf(8_000, { host: 'no-such-host.invalid' }).cluster.version());
    expect(error).toMatchObject({ kind: 'dns' });
  });

  it('tells that the port speaks something else', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    const error = await failure(clientOf(await listen(server)).cluster.version());
    expect(error).toMatchObject({ kind: 'not-http', retryable: false });
  });
});
