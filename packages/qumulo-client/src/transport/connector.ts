import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { QumuloConnectionError } from '../errors/connection-error.ts';
import { type Destination, toConnectionError } from '../errors/from-socket.ts';
import type { Trust } from '../tls/trust.ts';

type Connected = (error: Error | null, socket: Socket | null) => void;

/** Longest time for one connection, handshake included, ms. */
const defaultTimeoutMs = 10_000;

export interface ConnectOptions {
  timeoutMs?: number | undefined;
  /** Gives up connections that are under way; those that were handed over are not touched. */
  signal?: AbortSignal | undefined;
}

/**
 * Opens the sockets of undici's pools. It is our own because the verdict about the other end is: Node's check is switched
 * off (`rejectUnauthorized`) so that the handshake ends and the certificate can be shown in the error, and `trust` then
 * decides before the socket is handed on, so that not a byte of a request reaches a server that it refuses.
 */
export function createConnector(
  to: Destination,
  trust: Trust,
  { timeoutMs = defaultTimeoutMs, signal }: ConnectOptions = {},
): (done: Connected) => void {
  return (done) => {
    let finish: Connected | undefined = done;
    const end = (error: Error | null, socket: Socket | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      const report = finish;
      finish = undefined;
      report?.(error, socket);
    };
    const timer = setTimeout(() => {
      const error = new QumuloConnectionError({
        kind: 'timeout',
        message: `No connection to ${to.host}:${to.port} within ${timeoutMs / 1_000} s.`,
        retryable: true,
      });
      end(error, null);
      socket.destroy();
    }, timeoutMs);

    // undici lets a connection that is under way come to its end although nobody wants it any more.
    const stop = () => {
      end(new QumuloConnectionError({ kind: 'aborted', message: 'The client is closed.', retryable: false }), null);
      socket.destroy();
    };
    signal?.addEventListener('abort', stop, { once: true });

    const socket = to.protocol === 'https' ? openTls(to, trust, end) : openTcp(to, end);
    socket.setNoDelay(true).setKeepAlive(true, 60_000);
    // After the hand-over undici listens for errors too; this one then finds nobody waiting.
    socket.on('error', (error) => end(connectError(error, to), null));
  };
}

function connectError(error: Error, to: Destination): QumuloConnectionError {
  const known = toConnectionError(error, to);
  if (known.kind !== 'reset' || to.protocol !== 'https') return known;
  return new QumuloConnectionError({
    kind: 'reset',
    message: `${to.host}:${to.port} hung up during the TLS handshake. Is it a port that speaks TLS?`,
    retryable: true,
    cause: error,
  });
}

function openTcp(to: Destination, end: Connected): Socket {
  const socket = connectTcp({ host: to.host, port: to.port });
  return socket.once('connect', () => end(null, socket));
}

function openTls(to: Destination, trust: Trust, end: Connected): Socket {
  const socket = connectTls({
    host: to.host,
    port: to.port,
    // An address is not allowed in SNI (RFC 6066 3); the certificate's name is checked against `host` all the same.
    ...(isIP(to.host) === 0 ? { servername: to.host } : {}),
    ALPNProtocols: ['http/1.1'],
    secureContext: trust.context(),
    rejectUnauthorized: false,
  });
  socket.once('secureConnect', () => {
    const refusal = trust.verdict(socket, to.host);
    end(refusal ?? null, refusal === undefined ? socket : null);
    if (refusal !== undefined) socket.destroy();
  });
  return socket;
}
