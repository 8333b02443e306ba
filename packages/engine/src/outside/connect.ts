import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { Targets } from './targets.ts';

export interface Reachable {
  readonly host: string;
  readonly port: number;
  /** With a handshake, in which its certificate is verified. */
  readonly tls: boolean;
}

/** A connection to where rules may send. Rejects with OutsideError where they may not, else with the socket's error. */
export async function openConnection(
  { host, port, tls }: Reachable,
  { targets, trust }: { readonly targets: Targets; readonly trust: () => SecureContext },
  signal: AbortSignal,
): Promise<Socket> {
  targets.demandHost(host, port);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { lookup } = targets;
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket = tls
    ? connectTls({ host, port, lookup, secureContext: trust(), ...servername }, resolve)
    : connectPlain({ host, port, lookup }, resolve);
  const give = () => socket.destroy(new Error('given up'));
  signal.addEventListener('abort', give, { once: true });
  socket.once('error', reject);
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off('error', reject);
    signal.removeEventListener('abort', give);
  }
}
