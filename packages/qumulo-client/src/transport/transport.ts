import type { Socket } from 'node:net';
import type { Dispatcher, Pool } from 'undici';
import { QumuloConnectionError } from '../errors/connection-error.ts';
import { type Destination, notHttpMessage, toConnectionError } from '../errors/from-socket.ts';
import type { Clock } from '../time/clock.ts';
import type { ClusterClockFeed } from '../time/cluster-clock.ts';
import { readServerCertificate } from '../tls/read-certificate.ts';
import type { Trust } from '../tls/trust.ts';
import { createConnector } from './connector.ts';
import { Exchange, type Failure, type Outgoing, type Reply } from './exchange.ts';
import { loadUndici } from './undici.ts';

export interface TransportOptions extends Destination {
  /** `https://host:8000`. */
  origin: string;
  connections: number;
  trust: Trust;
  clock: Clock;
  clusterClock: ClusterClockFeed;
}

/** A reply with its times. */
export interface TimedReply extends Reply {
  clusterTimeMs: number | undefined;
  receivedAtMs: number;
  roundTripMs: number;
}

/** Idle connections are kept that long unless the server says otherwise: clusters do (FACTS 13), and opening one costs a handshake. */
const keepAliveMs = 60_000;

/** The pool of connections for calls. Knows HTTP and its failures, nothing of sessions, retries or what is asked. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #pool: Pool;
  readonly #closing = new AbortController();
  #everAnswered = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#pool = new (loadUndici().Pool)(options.origin, {
      connections: options.connections,
      connect: this.#connector(this.#closing.signal),
      // HTTP/2 would make the pool send everything down its first connection until that has shown its protocol.
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: 10 * keepAliveMs,
      // Silence is watched by Exchange, which covers the wait in the pool's queue too.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** One try. Never rejects: a failure is a value, with what a retry needs to know. */
  async send(outgoing: Outgoing): Promise<TimedReply | Failure<QumuloConnectionError>> {
    const { clock, clusterClock } = this.#options;
    const sentAt = clock.monotonic();
    const outcome = await this.#exchange(outgoing);
    if ('error' in outcome) return this.#explain(outcome);
    if (outcome.status === 400 && this.#options.protocol === 'http' && isTlsPortsComplaint(outcome.body)) {
      return { error: notHttp(this.#options), sent: true };
    }
    this.#everAnswered = true;
    const receivedAt = clock.monotonic();
    const clusterTimeMs = parseDate(outcome.headers.date);
    if (clusterTimeMs !== undefined) clusterClock.sample(clusterTimeMs, sentAt, receivedAt);
    return {
      status: outcome.status,
      headers: outcome.headers,
      body: outcome.body,
      clusterTimeMs,
      receivedAtMs: clock.now(),
      roundTripMs: receivedAt - sentAt,
    };
  }

  /**
   * A connection beside the pool, for a stream: it is occupied for long, and nothing else may wait behind it. The signal
   * says when it is not wanted any more while it is being opened.
   */
  connectAlone(signal: AbortSignal): Dispatcher {
    return new (loadUndici().Client)(this.#options.origin, {
      connect: this.#connector(AbortSignal.any([signal, this.#closing.signal])),
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Ends all calls (`aborted`) and connections now. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pool.destroy();
  }

  /** undici also passes the address it took from the origin; the destination is ours. */
  #connector(signal: AbortSignal): UndiciConnect {
    const connect = createConnector(this.#options, this.#options.trust, { signal });
    return (_, done) =>
      connect((error, socket) =>
        socket === null ? done(error ?? new Error('there is no socket'), null) : done(null, socket),
      );
  }

  #exchange(outgoing: Outgoing): Promise<Reply | Failure> {
    return new Promise((resolve) => {
      const exchange = new Exchange(outgoing, resolve);
      try {
        this.#pool.dispatch(
          {
            path: outgoing.path,
            method: outgoing.method,
            headers: outgoing.headers,
            body: outgoing.body ?? null,
          },
          exchange,
        );
      } catch (error) {
        exchange.fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  async #explain({ error, sent }: Failure): Promise<Failure<QumuloConnectionError>> {
    const connection = toConnectionError(error, this.#options);
    // Many TLS servers just hang up when they are spoken to in plain text. Once, ask the port itself.
    if (this.#options.protocol === 'http' && connection.kind === 'reset' && !this.#everAnswered) {
      const { host, port } = this.#options;
      const speaksTls = await readServerCertificate(host, port, { timeoutMs: 2_000 }).then(
        () => true,
        () => false,
      );
      if (speaksTls) return { sent, error: notHttp(this.#options, connection) };
    }
    return { sent, error: connection };
  }
}

type UndiciConnect = (target: unknown, done: (...result: [Error, null] | [null, Socket]) => void) => void;

/** What nginx and Go answer in plain text when a TLS port is spoken to in plain HTTP. */
function isTlsPortsComplaint(body: Buffer): boolean {
  return /HTTP request (?:was sent )?to (?:an )?HTTPS (?:port|server)/i.test(body.toString('latin1', 0, 1_000));
}

function notHttp(to: Destination, cause?: Error): QumuloConnectionError {
  return new QumuloConnectionError({ kind: 'not-http', message: notHttpMessage(to), retryable: false, cause });
}

let lastDate = '';
let lastDateMs: number | undefined;

/** A busy cluster sends the same second thousands of times: parse it once. */
function parseDate(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (header !== lastDate) {
    const at = Date.parse(header);
    lastDate = header;
    lastDateMs = Number.isNaN(at) ? undefined : at;
  }
  return lastDateMs;
}
