import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { Clock } from '@qwarden/qumulo-client';
import { OutsideError } from '../actions/port.ts';
import { connectionFailure } from './connection-failure.ts';
import { codeOf } from './errno.ts';
import { createTrust } from './trust.ts';
import { within } from './within.ts';

const TIMEOUT_MS = 10_000;

export interface Reachable {
  readonly host: string;
  readonly port: number;
  /** With a handshake, in which its certificate is verified. */
  readonly tls: boolean;
}

/** Opens a connection and closes it again; nothing is said. Rejects with OutsideError. */
export function createReach(clock: Clock, ca: string | undefined) {
  const trust = createTrust(ca);
  return async (target: Reachable, signal: AbortSignal): Promise<void> => {
    const at = `${target.host}:${target.port}`;
    const late = `${at}: no answer in ${TIMEOUT_MS / 1000} s`;
    await within({ clock, ms: TIMEOUT_MS, signal, late }, (cut) => opened(target, trust, at, cut));
  };
}

async function opened(
  { host, port, tls }: Reachable,
  trust: () => SecureContext,
  at: string,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket = tls
    ? connectTls({ host, port, secureContext: trust(), ...servername }, resolve)
    : connectPlain({ host, port }, resolve);
  const give = () => socket.destroy();
  signal.addEventListener('abort', give, { once: true });
  socket.once('error', (error) => {
    const code = codeOf(error);
    reject(
      connectionFailure(code, at) ?? new OutsideError(`${at}: no connection came about (${code})`, { transient: true }),
    );
  });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', give);
    give();
  }
}
