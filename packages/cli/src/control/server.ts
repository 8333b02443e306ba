import { once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { errnoOf } from '../errors/errno.ts';
import { type ControlAddress, controlAddress } from './address.ts';
import { onLines } from './lines.ts';
import { type Handlers, readRequest, type Request, type Response } from './protocol.ts';

export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Listens for requests of other processes of this user. The caller holds the state directory's process lock: a socket that is there is one
 * that was left behind, and is removed.
 */
export async function startControl(stateDir: string, handlers: Handlers): Promise<ControlServer> {
  const address = controlAddress(stateDir);
  if (address.directory !== null) ownDirectory(address.directory);
  if (process.platform !== 'win32') rmSync(address.path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that goes away in the middle is its own affair.
    socket.on('error', () => socket.destroy());
    onLines(socket, (line) => void answer(socket, line, handlers));
  });
  server.listen(address.path);
  await once(server, 'listening');
  server.unref();
  if (process.platform !== 'win32') chmodSync(address.path, 0o600);
  return { close: () => close(server, sockets, address) };
}

/** @throws Error when the name is somebody else's */
function ownDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  const stat = lstatSync(directory);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) throw new Error(`${directory} belongs to somebody else.`);
  chmodSync(directory, 0o700);
}

async function answer(socket: Socket, line: string, handlers: Handlers): Promise<void> {
  const response = await respond(line, handlers);
  if (!socket.destroyed) socket.write(`${JSON.stringify(response)}\n`);
}

async function respond(line: string, handlers: Handlers): Promise<Response> {
  const read = readRequest(line);
  if (!read.ok) return { id: read.id, ok: false, error: read.error };
  const { request } = read;
  try {
    return { id: request.id, ok: true, result: await call(handlers, request) };
  } catch (error) {
    return { id: request.id, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function call(handlers: Handlers, { method, params }: Request): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- readRequest has checked that they are this method's
  return (handlers[method] as (params: unknown) => Promise<unknown>)(params);
}

async function close(server: Server, sockets: ReadonlySet<Socket>, address: ControlAddress): Promise<void> {
  const closed = once(server, 'close');
  // Removes the socket's name, too.
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
  if (address.directory !== null) rmSync(address.directory, { recursive: true, force: true });
}
