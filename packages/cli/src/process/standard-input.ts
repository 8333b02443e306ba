import { readSync } from 'node:fs';
import { errnoOf } from '../errors/errno.ts';

const STDIN = 0;
const PAUSE_MS = 10;

/**
 * All of standard input. `readFileSync(0)` fails with EAGAIN when the other end of a pipe has nothing to say yet and the pipe does not block,
 * which is a matter of who made it: here that is waited for.
 */
export function readStandardInput(): Buffer {
  const chunk = Buffer.alloc(65_536);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const chunks: Buffer[] = [];
  for (;;) {
    try {
      const length = readSync(STDIN, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(Buffer.from(chunk.subarray(0, length)));
    } catch (error) {
      const errno = errnoOf(error);
      // So Windows says that a pipe has ended.
      if (errno === 'EOF') return Buffer.concat(chunks);
      if (errno !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, PAUSE_MS);
    }
  }
}
