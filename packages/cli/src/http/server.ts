import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';
import { type ListenAddress, urlOf } from './address.ts';
import { limitConnections } from './crowd.ts';
import { isAuthorized } from './token.ts';

/** What there is to read. */
export interface Pages {
  /** @param accept what the reader says that it understands */
  metrics(accept: string | undefined): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Why the process should be restarted; undefined when it works. */
  live(): string | undefined;
  /** Why it does not do its work now; undefined when it does. */
  ready(): string | undefined;
}

export interface HttpServer {
  /** With the port that was found where 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

/** Nobody needs more of them: a few scrapers and probes. */
const MOST_CONNECTIONS = 64;
/** A request is a line and some headers, and a scraper sends few of them. */
const MOST_HEADER_BYTES = 8192;
const MOST_HEADERS = 50;
const USUAL_PATIENCE: Patience = { requestMs: 10_000, idleMs: 30_000 };

export interface Patience {
  /** For the whole of a request; whoever needs longer is not asking. */
  readonly requestMs: number;
  /** For somebody who does not read what was answered. */
  readonly idleMs: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Listens for those who want to read how it goes: nothing can be changed here. Throws CliError when it cannot.
 * @param token demanded for `/metrics`; undefined: whoever reaches the address may read
 */
export async function startHttp(
  address: ListenAddress,
  token: string | undefined,
  pages: Pages,
  { requestMs, idleMs }: Patience = USUAL_PATIENCE,
): Promise<HttpServer> {
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: requestMs,
      connectionsCheckingInterval: requestMs,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
    (request, response) => void respond(request, response, token, pages),
  );
  limitConnections(server, MOST_CONNECTIONS);
  server.maxHeadersCount = MOST_HEADERS;
  server.setTimeout(idleMs);
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(error, address);
  }
  // Too many open files, say: the next one may come through.
  server.on('error', () => undefined);
  server.unref();
  return { url: urlOf({ host: address.host, port: portOf(server) }), close: () => close(server) };
}

const REASONS: Readonly<Record<string, readonly [kind: 'failed' | 'config', why: string, remedy: string]>> = {
  EADDRINUSE: ['failed', 'another program listens there already', 'Name another port, or end that program.'],
  EADDRNOTAVAIL: [
    'failed',
    'this machine has no such address',
    'Name one of its own, 0.0.0.0 for all of them, or only a port for this machine alone.',
  ],
  EACCES: ['config', 'this user may not listen there', 'Name a port from 1024 on.'],
  ENOTFOUND: ['failed', 'there is no machine of that name', 'Check the name, or give the address.'],
  EAI_AGAIN: ['failed', 'the name cannot be looked up now', 'Check the name server, or give the address.'],
};

function cannotListen(error: unknown, { host, port }: ListenAddress): CliError {
  const code = errnoOf(error) ?? String(error);
  const [kind, why, remedy] = REASONS[code] ?? ['failed', `the system refuses (${code})`, 'Name another address.'];
  return new CliError(kind, `--listen ${host.includes(':') ? `[${host}]` : host}:${port}: ${why}.`, {
    remedy,
    cause: error,
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  token: string | undefined,
  pages: Pages,
): Promise<void> {
  // What is sent along is not read.
  request.resume();
  const { status, text, contentType = 'text/plain; charset=utf-8', headers = {} } = await answer(request, token, pages);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function answer(request: IncomingMessage, token: string | undefined, pages: Pages): Promise<Answer> {
  const [path] = (request.url ?? '').split('?');
  if (path !== '/metrics' && path !== '/healthz' && path !== '/readyz') {
    return { status: 404, text: 'There are /metrics, /healthz and /readyz.\n' };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'Only GET and HEAD.\n', headers: { allow: 'GET, HEAD' } };
  }
  if (path === '/healthz') return verdict(pages.live());
  if (path === '/readyz') return verdict(pages.ready());
  if (token !== undefined && !isAuthorized(request.headers.authorization, token)) {
    return { status: 401, text: 'The token is missing or wrong.\n', headers: { 'www-authenticate': 'Bearer' } };
  }
  try {
    return { status: 200, ...(await pages.metrics(request.headers.accept)) };
  } catch (error) {
    return { status: 500, text: `${error instanceof Error ? error.message : String(error)}\n` };
  }
}

function verdict(why: string | undefined): Answer {
  return why === undefined ? { status: 200, text: 'ok\n' } : { status: 503, text: `${why}\n` };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
