import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps the number of connections down. Where there are too many, the one that has been asking for nothing the longest makes room: whoever holds
 * connections open, or opens more and more, keeps no probe from its answer.
 */
export function limitConnections(server: Server, most: number): void {
  const open = new Set<Socket>();
  /** Those of them that ask for nothing now, the longest first. */
  const silent = new Set<Socket>();
  const forget = (socket: Socket) => {
    open.delete(socket);
    silent.delete(socket);
  };
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    silent.add(socket);
    socket.once('close', () => forget(socket));
    if (open.size <= most) return;
    const [longest = socket] = silent;
    forget(longest);
    longest.destroy();
  });
  server.on('request', ({ socket }, response) => {
    silent.delete(socket);
    response.once('close', () => {
      if (open.has(socket)) silent.add(socket);
    });
  });
}
