import type { Socket } from 'node:net';
import { MOST_BYTES } from './protocol.ts';

/** Calls back for each line that comes, and ends the connection when one is too long to be meant. */
export function onLines(socket: Socket, take: (line: string) => void): void {
  let pending = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    pending += text;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      take(line);
    }
    if (pending.length > MOST_BYTES) socket.destroy();
  });
}
