import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as NetServer, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ClientOptions, createClient, type QumuloClient } from '../../src/index.ts';

/** What a test server received. */
interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Handler = (request: Received, response: ServerResponse, raw: IncomingMessage) => void;

export interface TestServer {
  port: number;
  received: Received[];
  /** Connections accepted so far. */
  connections: Socket[];
  /** Resolves when so many requests have come. */
  count(n: number): Promise<void>;
}

/** A server on a free port of the loopback, gone when the test ends. */
export async function serve(handler: Handler, tls?: { cert: string; key: string }): Promise<TestServer> {
  const received: Received[] = [];
  const connections: Socket[] = [];
  const waiting: { n: number; resolve: () => void }[] = [];
  const listener = (raw: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('end', () => {
      const request = {
        method: raw.method ?? '',
        url: raw.url ?? '',
        headers: raw.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(request);
      handler(request, response, raw);
      for (const waiter of waiting) if (received.length >= waiter.n) waiter.resolve();
    });
  };
  const server: Server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  server.keepAliveTimeout = 60_000;
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => connections.push(socket));
  const port = await listen(server);
  return {
    port,
    received,
    connections,
    count: (n) => (received.length >= n ? Promise.resolve() : new Promise((resolve) => waiting.push({ n, resolve }))),
  };
}

/** Listens on a free port until the test ends. */
export async function listen(server: Server | NetServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that cuts a connection is part of many tests.
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

/** A client that is closed when the test ends; plain HTTP and an access token unless told otherwise. */
export function clientOf(port: number, options: Partial<ClientOptions> = {}): QumuloClient {
  const client = createClient({
    host: '127.0.0.1',
    port,
    protocol: 'http',
    credentials: { accessToken: 'access-v1:test' },
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

export function answer(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(value === undefined ? '' : JSON.stringify(value));
}

/** Attributes as a cluster gives them, as far as tests need. */
export function attributes(id: string, path: string, type = 'FS_FILE_TYPE_FILE') {
  return { id, file_number: id, path, name: path.split('/').filter(Boolean).at(-1) ?? '', type, size: '0' };
}

/** The error of a promise that must reject. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}
