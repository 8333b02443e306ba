import { describe, expect, it } from 'vitest';
import { HastyClock } from '../support/fake-clock.ts';
import { answer, attributes, clientOf, failure, serve, type Handler } from '../support/server.ts';

const file = attributes('7', '/a');

/** Fails so many times in the given way, then answers. */
function failing(times: number, how: Handler): Handler {
  let left = times;
  return (request, response, raw) => {
    if (left-- > 0) how(request, response, raw);
    else answer(response, file);
  };
}

const cut: Handler = (_request, _response, raw) => raw.socket.destroy();
const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    answer(response, {}, code, headers);

describe('retries', () => {
  it.each([
    ['503', status(503)],
    ['a cut connection', cut],
  ])('repeats what is safe after %s, with growing random waits', async (_, how) => {
    const clock = new HastyClock();
    const server = await serve(failing(3, how));
    const client = clientOf(server.port, { clock, random: () => 0.5 });
    expect((await client.files.patchFileLock('7', { legal_hold: true })).status).toBe(200);
    expect(server.received).toHaveLength(4);
    expect(server.received.every(({ body }) => body === '{"legal_hold":true}')).toBe(true);
    expect(clock.slept).toEqual([50, 100, 200]);
  });

  it('stops when the tries are used up, with the last error', async () => {
    const server = await serve(status(503));
    const client = clientOf(server.port, { clock: new HastyClock(), retry: { attempts: 3 } });
    expect(await failure(client.files.getAttributes('7'))).toMatchObject({ status: 503, retryable: true });
    expect(server.received).toHaveLength(3);
  });

  it('waits as long as the cluster asks, in seconds or until a date on its own clock', async () => {
    const clock = new HastyClock();
    let n = 0;
    const server = await serve((_, response) => {
      n++;
      if (n === 1) answer(response, {}, 429, { 'retry-after': '7' });
      else if (n === 2) {
        const dates = { date: 'Tue, 01 Jan 2030 00:00:00 GMT', 'retry-after': 'Tue, 01 Jan 2030 00:00:09 GMT' };
        answer(response, {}, 503, dates);
      } else answer(response, file);
    });
    await clientOf(server.port, { clock, random: () => 0 }).files.getAttributes('7');
    expect(clock.slept).toEqual([7_000, 9_000]);
  });

  it('hands a long Retry-After to the caller', async () => {
    const server = await serve(status(429, { 'retry-after': '3600' }));
    const error = await failure(clientOf(server.port).files.getAttributes('7'));
    expect(error).toMatchObject({ status: 429, retryAfterMs: 3_600_000, retryable: true });
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['a cut connection', cut],
    ['503', status(503)],
    ['429', status(429, { 'retry-after': '0' })],
  ])('never sends a POST again after %s', async (_, how) => {
    const server = await serve(failing(1, how));
    const { files } = clientOf(server.port, { clock: new HastyClock() });
    await failure(files.createFile('/', 'new'));
    expect(server.received).toHaveLength(1);
  });

  it('leaves it to the caller when asked to', async () => {
    const server = await serve(status(503));
    await failure(clientOf(server.port).files.getAttributes('7', { retry: false }));
    expect(server.received).toHaveLength(1);
  });

  it('is given up in the middle of a wait', async () => {
    const server = await serve(status(429, { 'retry-after': '20' }));
    const abort = new AbortController();
    const client = clientOf(server.port, { onRequest: () => abort.abort() });
    const error = await failure(client.files.getAttributes('7', { signal: abort.signal }));
    expect(error).toMatchObject({ kind: 'aborted' });
  });

  it('ends its waits when the client is closed', async () => {
    const server = await serve(status(429, { 'retry-after': '20' }));
    const client = clientOf(server.port);
    const call = failure(client.files.getAttributes('7'));
    await server.count(1);
    await client.close();
    expect(await call).toMatchObject({ kind: 'aborted' });
  });
});
