import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ClientOptions, NotifyStream } from '../../src/index.ts';
import { selfsigned } from '../fixtures/certificates.ts';
import { answer, attributes, clientOf, failure, listen, serve } from '../support/server.ts';

const events = { 'content-type': 'text/event-source' };
const line = (type: string) => `data: [{"type":"${type}","path":"a","spine":["2","3"],"stream_name":null}]\n\n`;

async function watchOf(
  script: (response: ServerResponse) => void,
  options: Partial<ClientOptions> = {},
  tls?: typeof selfsigned,
) {
  const server = await serve((request, response) => {
    if (request.url.includes('/notify')) script(response);
    else answer(response, attributes('7', '/a'));
  }, tls);
  const client = clientOf(server.port, options);
  return { server, client };
}

async function types(stream: NotifyStream): Promise<string[]> {
  const seen: string[] = [];
  for await (const batch of stream) seen.push(...batch.events.map(({ type }) => type));
  return seen;
}

describe('notify', () => {
  it('asks as the API wants it', async () => {
    const { server, client } = await watchOf((response) => response.writeHead(200, events).end());
    await client.files.notify('/a b', { recursive: false, filter: ['child_file_added', 'self_removed'] });
    await client.files.notify('2', { recursive: true });
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/files/%2Fa%20b/notify?recursive=false&filter=child_file_added%2Cself_removed',
      'GET /v1/files/2/notify?recursive=true',
    ]);
    expect(server.received[0]?.headers).toMatchObject({ accept: '*/*', authorization: 'Bearer access-v1:test' });
  });

  it.each([
    'text/event-source',
    'text/event-stream',
    'text/event-source; charset=utf-8',
    'Text/Event-Stream;charset=x',
  ])('accepts %s', async (type) => {
    const { client } = await watchOf((response) =>
      response.writeHead(200, { 'content-type': type }).end(`: watching\n${line('one')}${line('two')}`),
    );
    const stream = await client.files.notify('/', { recursive: true });
    await stream.registered;
    expect(await types(stream)).toEqual(['one', 'two']);
    expect(await stream.ended).toEqual({ reason: 'closed' });
  });

  it.each(['text/html', 'application/json', 'text/event-sources'])('does not take %s for a stream', async (type) => {
    const { client } = await watchOf((response) => response.writeHead(200, { 'content-type': type }).end('[]'));
    const error = await failure(client.files.notify('/', { recursive: true }));
    expect(error).toMatchObject({ code: 'QUMULO_PROTOCOL_ERROR' });
  });

  it('rejects when the cluster refuses', async () => {
    const { client } = await watchOf((response) => answer(response, { error_class: 'no', description: 'why' }, 403));
    const error = await failure(client.files.notify('/records', { recursive: true }));
    expect(error).toMatchObject({ status: 403, errorClass: 'no', description: 'why', target: '/records' });
  });

  it('has a connection of its own, so that calls never wait behind it', async () => {
    const { server, client } = await watchOf((response) => response.writeHead(200, events).write(': watching\n'), {
      connections: 1,
    });
    const stream = await client.files.notify('/', { recursive: true });
    await stream.registered;
    await Promise.all([1, 2, 3].map(() => client.files.getAttributes('7')));
    expect(server.connections).toHaveLength(2);
  });

  it('opens a new session on 401, once', async () => {
    let refusals = 1;
    const server = await serve(({ url }, response) => {
      if (url.endsWith('/login')) answer(response, { bearer_token: 'T' });
      else if (refusals-- > 0) answer(response, undefined, 401);
      else response.writeHead(200, events).write(': watching\n');
    });
    const client = clientOf(server.port, { credentials: { username: 'u', password: 'secret' } });
    const stream = await client.files.notify('/', { recursive: true });
    await stream.registered;
    expect(server.received.map(({ url }) => url.split('/').at(-1)?.split('?')[0])).toEqual([
      'login',
      'notify',
      'login',
      'notify',
    ]);
    refusals = 9;
    expect(await failure(client.files.notify('/', { recursive: true }))).toMatchObject({ status: 401 });
  });

  it('can be given up before the answer, and afterwards, and hangs up at once', async () => {
    const { server, client } = await watchOf(() => undefined);
    const before = new AbortController();
    const pending = failure(client.files.notify('/', { recursive: true, signal: before.signal }));
    await server.count(1);
    before.abort();
    expect(await pending).toMatchObject({ kind: 'aborted' });
    const [socket] = server.connections;
    if (socket !== undefined && !socket.destroyed) await once(socket, 'close');

    const running = await watchOf((response) => response.writeHead(200, events).write(`: watching\n${line('one')}`));
    const after = new AbortController();
    const stream = await running.client.files.notify('/', { recursive: true, signal: after.signal });
    await stream.registered;
    after.abort();
    expect(await stream.ended).toEqual({ reason: 'aborted' });
    expect(await types(stream)).toEqual([]);
  });

  it('gives a connection up that is still being opened', async () => {
    const silent = createServer();
    const port = await listen(silent);
    const accepted = once(silent, 'connection');
    const abort = new AbortController();
    const client = clientOf(port, { protocol: 'https', tls: { insecure: true } });
    const pending = failure(client.files.notify('/', { recursive: true, signal: abort.signal }));
    const [socket] = await accepted;
    const hungUp = once(socket, 'close');
    abort.abort();
    expect(await pending).toMatchObject({ kind: 'aborted' });
    socket.resume();
    await hungUp;
  });

  it('ends with the client', async () => {
    const { client } = await watchOf((response) => response.writeHead(200, events).write(': watching\n'));
    const stream = await client.files.notify('/', { recursive: true });
    await client.close();
    expect(await stream.ended).toEqual({ reason: 'aborted' });
  });

  it('says that a cut connection is an error', async () => {
    const { client } = await watchOf((response) => {
      response.writeHead(200, events).write(`: watching\n${line('one')}`, () => response.destroy());
    });
    const stream = await client.files.notify('/', { recursive: true });
    expect(await types(stream)).toEqual(['one']);
    expect(await stream.ended).toMatchObject({ reason: 'error', error: { kind: 'reset', retryable: true } });
  });

  it.each([
    ['http', undefined],
    ['https', selfsigned],
  ] as const)(
    'over %s holds the cluster back when nobody reads, loses nothing, and goes on afterwards',
    async (protocol, tls) => {
      const total = 200_000;
      let sent = 0;
      const stuck = Promise.withResolvers<void>();
      const script = (response: ServerResponse) => {
        response.writeHead(200, events).write(': watching\n');
        const pump = () => {
          while (sent < total) {
            if (response.write(line(`t${sent++}`))) continue;
            const before = sent;
            response.once('drain', pump);
            afterTurns(500, () => (sent === before ? stuck.resolve() : undefined));
            return;
          }
          response.end();
        };
        pump();
      };
      const { client } = await watchOf(script, { protocol, tls: { insecure: true } }, tls);
      const stream = await client.files.notify('/', { recursive: true, maxBufferedBytes: 100_000 });
      await stuck.promise;
      // The rest of the 15 MB is still at the server, but for what the sockets hold.
      expect(sent).toBeLessThan(total);
      const seen = await types(stream);
      expect(seen).toHaveLength(total);
      expect(seen.at(-1)).toBe(`t${total - 1}`);
      expect(await stream.ended).toEqual({ reason: 'closed' });
    },
  );
});

function afterTurns(turns: number, then: () => void): void {
  if (turns === 0) then();
  else setImmediate(() => afterTurns(turns - 1, then));
}
