import { request } from 'node:https';

/**
 * Cuts every notification stream of the emulated cluster, as a network does, through its control API: what is
 * written until the stream is back has to be found again. Resolves when the emulator has done it.
 */
export function cutStreams(port: number): Promise<void> {
  return post(port, '/_emulator/streams/drop', {});
}

/** Moves the clock of the emulated cluster, back with a negative number. */
export function moveClock(port: number, milliseconds: number): Promise<void> {
  return post(port, '/_emulator/clock', { action: 'move', milliseconds });
}

function post(port: number, path: string, body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      // The emulator is our own child on the loopback, and nothing secret is sent.
      rejectUnauthorized: false,
    });
    call.on('response', (answer) => {
      answer.resume();
      answer.on('end', resolve);
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}
