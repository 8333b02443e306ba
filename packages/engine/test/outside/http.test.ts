import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfsigned } from '../../../qumulo-client/test/fixtures/certificates.ts';
import type { HttpRequest } from '../../src/actions/port.ts';
import { createOutside } from '../../src/outside/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { rejection } from '../support/rejection.ts';

let receiver: HttpReceiver;
let clock: FakeClock;
let outside: ReturnType<typeof createOutside>;
const signal = new AbortController().signal;

beforeEach(async () => {
  receiver = await HttpReceiver.open();
  clock = new FakeClock();
  outside = createOutside({ environment: {}, clock });
});

afterEach(async () => {
  await outside.close();
  await receiver.close();
});

function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, headers: {}, body: '{}', timeoutMs: 10_000, maxBytes: 1000, ...more };
}

describe('HTTP', () => {
  it('sends what it is given and hands back the answer', async () => {
    receiver.answerWith((response) => response.writeHead(202, { 'X-Many': ['a', 'b'] }).end('fine'));
    const headers = { 'X-Key': 'v' };
    const answer = await outside.http(request(`http://${receiver.host}/a/b?c=d`, { headers, body: 'ünï' }), signal);
    expect(answer).toMatchObject({ status: 202, body: 'fine', headers: { 'x-many': 'a, b' } });
    expect(receiver.received).toMatchObject([{ path: '/a/b?c=d', headers: { 'x-key': 'v' }, body: 'ünï' }]);
  });

  it('logs in with the user and password of the URL', async () => {
    await outside.http(request(`http://us%40er:pass%20word@${receiver.host}/`), signal);
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${btoa('us@er:pass word')}`);
  });

  it('follows no redirects', async () => {
    receiver.answerWith((response) => response.writeHead(301, { location: `http://${receiver.host}/else` }).end());
    const answer = await outside.http(request(`http://${receiver.host}/`), signal);
    expect(answer).toMatchObject({ status: 301, headers: { location: `http://${receiver.host}/else` } });
    expect(receiver.received).toHaveLength(1);
  });

  it('reads no more of a huge answer than it was told to', async () => {
    const cut = Promise.withResolvers<number>();
    receiver.answerWith((response) => {
      const megabyte = Buffer.alloc(1024 * 1024, 'x');
      let sent = 0;
      const more = () => {
        while (sent < 100) {
          sent += 1;
          if (!response.write(megabyte)) return;
        }
        response.end();
      };
      response.on('drain', more);
      response.on('close', () => cut.resolve(sent));
      more();
    });
    const answer = await outside.http(request(`http://${receiver.host}/`), signal);
    expect(answer.body).toBe('x'.repeat(1000));
    expect(await cut.promise).toBeLessThan(100);
  });

  it('cuts what hangs before the answer, and within it', async () => {
    const closed = Promise.withResolvers<undefined>();
    receiver.answerWith((response) => response.on('close', () => closed.resolve(undefined)));
    const silent = rejection(outside.http(request(`http://${receiver.host}/`), signal));
    await receiver.got(1);
    await clock.advance(10_000);
    expect(await silent).toMatchObject({
      name: 'OutsideError',
      transient: true,
      message: `${receiver.host}: no answer in 10 s`,
    });
    // Not only given up: the connection is ended.
    await closed.promise;

    const begun = Promise.withResolvers<undefined>();
    receiver.answerWith((response) => {
      response.writeHead(200).write('half');
      begun.resolve(undefined);
    });
    const stuck = rejection(outside.http(request(`http://${receiver.host}/`), signal));
    await begun.promise;
    await clock.advance(10_000);
    expect(await stuck).toMatchObject({ transient: true });
  });

  it('gives up when its signal aborts', async () => {
    const stop = new AbortController();
    receiver.answerWith(() => stop.abort());
    await expect(outside.http(request(`http://${receiver.host}/`), stop.signal)).rejects.toMatchObject({
      transient: true,
    });
    await expect(outside.http(request(`http://${receiver.host}/`), stop.signal)).rejects.toMatchObject({
      transient: true,
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('tells by type what may pass: cut and refused connections do', async () => {
    receiver.answerWith((response) => response.destroy());
    await expect(outside.http(request(`http://${receiver.host}/`), signal)).rejects.toMatchObject({ transient: true });
    const { host } = receiver;
    await receiver.close();
    await expect(outside.http(request(`http://${host}/`), signal)).rejects.toMatchObject({
      transient: true,
      message: `${host}: nobody listens there (ECONNREFUSED)`,
    });
    receiver = await HttpReceiver.open();
  });

  it('tells by type what does not pass: no URL, bad header, no HTTP, no TLS', async () => {
    const refused = async (url: string, more: Partial<HttpRequest> = {}) =>
      await outside.http(request(url, more), signal).then(
        () => 'sent',
        (error: { transient: boolean }) => error.transient,
      );
    expect(await refused('nonsense:token')).toBe(false);
    expect(await refused(`http://${receiver.host}/`, { headers: { 'x-a': 'b\nc: d' } })).toBe(false);
    expect(await refused(`https://${receiver.host}/`)).toBe(false);
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('220 mail.test ESMTP\r\n'));
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await refused(`http://127.0.0.1:${port}/`)).toBe(false);
    other.close();
  });

  it('checks certificates', async () => {
    const secure = await HttpReceiver.open(selfsigned);
    await expect(outside.http(request(`https://${secure.host}/`), signal)).rejects.toMatchObject({
      transient: false,
      message: `${secure.host}: its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)`,
    });
    const trusting = createOutside({ environment: {}, clock, ca: selfsigned.cert });
    expect((await trusting.http(request(`https://${secure.host}/`), signal)).status).toBe(200);
    await trusting.close();
    await secure.close();
  });
});
