/** Clients that speak HTTP in another way than SDK and browsers. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { startCluster } from '../support/client.ts';

it('a client that offers only HTTP/1.0 gets its answer, and the connection closes behind it', async () => {
  const { emulator } = await startCluster();
  const socket = connect({
    host: emulator.host,
    port: emulator.port,
    ca: emulator.certificate,
    ALPNProtocols: ['http/1.0'],
    checkServerIdentity: () => undefined,
  });
  await once(socket, 'secureConnect');
  socket.write('GET /v1/version HTTP/1.0\r\n\r\n');
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(Buffer.from(piece));
  const answer = Buffer.concat(pieces).toString();
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"revision_id":"Qumulo Core ');
});
