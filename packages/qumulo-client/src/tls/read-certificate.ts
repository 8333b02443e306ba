import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { QumuloConnectionError } from '../errors/connection-error.ts';
import { createConnector } from '../transport/connector.ts';
import { describeCertificate, type ServerCertificate, shownBy } from './certificate.ts';
import { createTrust } from './trust.ts';

/**
 * What certificate a server shows, and whether this machine (or `ca`, PEM text) would trust it: for showing a fingerprint
 * before pinning it. Sends nothing but the handshake.
 * @throws QumuloConnectionError when nobody listens there or it does not speak TLS.
 */
export async function readServerCertificate(
  host: string,
  port: number,
  options: { ca?: string | undefined; timeoutMs?: number | undefined } = {},
): Promise<ServerCertificate> {
  // The chain is examined, so that `trusted` says something, but nobody is turned away.
  const trust = { ...createTrust({ ca: options.ca }), verdict: () => undefined };
  const connect = createConnector({ host, port, protocol: 'https' }, trust, { timeoutMs: options.timeoutMs });
  const socket = await new Promise<Socket>((resolve, reject) => {
    connect((error, opened) => (opened === null ? reject(error) : resolve(opened)));
  });
  try {
    const shown = socket instanceof TLSSocket ? shownBy(socket) : undefined;
    if (shown !== undefined) return describeCertificate(shown);
    throw new QumuloConnectionError({
      kind: 'tls-untrusted',
      message: `${host}:${port} speaks TLS but shows no certificate.`,
      retryable: false,
    });
  } finally {
    socket.destroy();
  }
}
