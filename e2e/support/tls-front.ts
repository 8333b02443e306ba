import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';

export interface Certificate {
  key: string;
  cert: string;
  /** SHA-1 is what the library reports; what is pinned comes from the handshake. */
  expired: boolean;
}

const day = 86_400_000;
const extensions = [
  { name: 'basicConstraints' as const, cA: false },
  { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] },
];

/** A certificate for 127.0.0.1: self-signed, or signed by `ca`; valid now, or until yesterday. */
export async function makeCertificate(
  options: { ca?: { key: string; cert: string }; expired?: boolean } = {},
): Promise<Certificate> {
  const expired = options.expired === true;
  const made = await generate([{ name: 'commonName', value: 'cluster' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions,
    notBeforeDate: new Date(Date.now() - 30 * day),
    notAfterDate: new Date(Date.now() + (expired ? -day : 30 * day)),
    ...(options.ca && { ca: options.ca }),
  });
  return { key: made.private, cert: made.cert, expired };
}

/** An authority that can sign. */
export async function makeAuthority(): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: 'our own authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** TLS with any certificate in front of a port without TLS. Takes another certificate while it runs. */
export class TlsFront {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(certificate: Certificate, target: number) {
    this.server = createServer({ key: certificate.key, cert: certificate.cert }, (socket) => {
      const back = connectTcp(target, '127.0.0.1');
      for (const end of [socket, back]) {
        this.sockets.add(end);
        end.on('error', () => undefined).on('close', () => this.sockets.delete(end));
      }
      socket.pipe(back).pipe(socket);
    });
    onTestFinished(() => this.close());
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  /** New connections see the new certificate; the old ones are cut. */
  renew(certificate: Certificate): void {
    this.server.setSecureContext({ key: certificate.key, cert: certificate.cert });
    for (const socket of this.sockets) socket.destroy();
  }

  private async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
