import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Stats } from '../stats.ts';
import { answerMalformedRequests } from './malformed.ts';

/** How new connections meet a server that does not accept: refused by the system, or taken and never answered. */
export type PauseMode = 'refuse' | 'hang';

/** A path of 32,760 characters, each up to nine bytes when encoded, is one segment of the request line (FACTS 3). */
const MAX_HEADER_BYTES = 512 * 1024;

/** A client that names only HTTP/1.0 in its TLS greeting (curl, monitoring probes) is no reason to refuse the handshake. */
const HTTP_VERSIONS = ['http/1.1', 'http/1.0'];

/** Longer than any client keeps a connection idle (FACTS 13: well over Node's five seconds). */
const KEEP_ALIVE_MS = 60 * 60 * 1000;

/**
 * The listening side: one port that can stop, hang and come back while everything behind it stays. A plain TCP server takes
 * the connections and gives them to the HTTP server, so that faults reach them before TLS does.
 */
export class PortServer {
  readonly #http: HttpServer;
  readonly #secure: ReturnType<typeof createHttpsServer> | undefined;
  readonly #stats: Stats;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Set<Socket>();
  readonly #host: string;
  #tcp: TcpServer | undefined;
  #port: number;
  #hanging = false;

  constructor(options: {
    host: string;
    port: number;
    tls: SecureContextOptions | undefined;
    stats: Stats;
    onRequest: RequestListener;
  }) {
    this.#host = options.host;
    this.#port = options.port;
    this.#stats = options.stats;
    const settings = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 };
    if (options.tls === undefined) {
      this.#http = createHttpServer({ ...settings, headersTimeout: 0 }, options.onRequest);
    } else {
      this.#secure = createHttpsServer(
        { ...settings, headersTimeout: 0, ALPNProtocols: HTTP_VERSIONS, ...options.tls },
        options.onRequest,
      );
      this.#http = this.#secure;
    }
    this.#http.timeout = 0;
    answerMalformedRequests(this.#http);
  }

  /** Known once it listens; the same after every restart. */
  get port(): number {
    return this.#port;
  }

  /** Rejects when the port is taken or the host is not this machine's. */
  async listen(): Promise<void> {
    if (this.#tcp !== undefined) return;
    const tcp = createTcpServer({ noDelay: true }, (socket) => {
      this.#accept(socket);
    });
    tcp.listen({ host: this.#host, port: this.#port, backlog: 2048 });
    await once(tcp, 'listening');
    this.#tcp = tcp;
    this.#port = portOf(tcp.address());
  }

  /** Stops listening and drops every connection. */
  async close(): Promise<void> {
    const tcp = this.#tcp;
    this.#tcp = undefined;
    const closed = tcp === undefined ? undefined : once(tcp, 'close');
    tcp?.close();
    this.dropConnections();
    await closed;
  }

  /** Fault: every connection is cut, streams and all. Returns how many. */
  dropConnections(): number {
    const count = this.#sockets.size;
    for (const socket of this.#sockets) socket.destroy();
    return count;
  }

  /** Fault: new connections are refused, or hang; those that are open go on. */
  async pause(mode: PauseMode): Promise<void> {
    this.#hanging = mode === 'hang';
    if (mode === 'hang') return;
    const tcp = this.#tcp;
    this.#tcp = undefined;
    /* 'close' waits for the open connections; the port itself is free at once */
    tcp?.close();
    await Promise.resolve();
  }

  /** The end of `pause`; connections that hang are served now. */
  async resume(): Promise<void> {
    this.#hanging = false;
    for (const socket of this.#held) this.#serve(socket);
    this.#held.clear();
    await this.listen();
  }

  /** New connections get this certificate; open ones keep theirs. Throws when the server speaks plain HTTP. */
  setCertificate(tls: SecureContextOptions): void {
    if (this.#secure === undefined) throw new Error('This emulator speaks plain HTTP: it has no certificate to change');
    this.#secure.setSecureContext(tls);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#stats.connected();
    socket.on('error', ignoreReset);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#held.delete(socket);
      this.#stats.disconnected();
    });
    if (this.#hanging) {
      socket.pause();
      this.#held.add(socket);
    } else {
      this.#http.emit('connection', socket);
    }
  }

  #serve(socket: Socket): void {
    this.#http.emit('connection', socket);
    socket.resume();
  }
}

/** Clients that go away without a word are nothing to report (FACTS 11: the SDK resets as root). */
function ignoreReset(): void {}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP port');
  return address.port;
}
