/** What is no HTTP, or not quite, gets an answer in words, and the server goes on. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/index.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ tls: false });
});
afterAll(() => emulator.stop());

const send = (bytes: string): Promise<string> => {
  const socket = connect(emulator.port, emulator.host);
  socket.write(bytes, 'latin1');
  return text(socket);
};

test.each([
  ['garbage', '\x00\x01\x02\r\n\r\n', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a length that is no number', 'POST /v1/session/login HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n', 400],
  ['a broken chunk', 'POST /v1/session/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n', 400],
  ['a control character', 'GET /v1/version HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \x7f\r\n\r\n', 400],
  ['headers of a megabyte', `GET /v1/version HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(2 ** 20)}\r\n\r\n`, 431],
  ['CONNECT', 'CONNECT h:1 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['an unknown expectation', 'GET /v1/version HTTP/1.1\r\nHost: x\r\nExpect: x\r\nConnection: close\r\n\r\n', 417],
])('%s', async (_what, bytes, status) => {
  const answer = await send(bytes);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ error_class: 'http_bad_request_error' });
  expect(await send('GET /v1/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toContain('HTTP/1.1 200 ');
});
