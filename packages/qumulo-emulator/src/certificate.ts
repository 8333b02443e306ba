import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** A key pair in PEM form, with the fingerprint that clients pin (`AA:BB:…`, SHA-256 of the certificate). */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
  readonly fingerprint256: string;
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '127.0.0.2', '::1'];

/** A new self-signed certificate for the host and every usual name of this machine, as a fresh cluster has one (FACTS 1). */
export async function makeCertificate(
  host: string,
  options: { notBefore?: Date; notAfter?: Date } = {},
): Promise<ServerIdentity> {
  const names = [...new Set([...LOOPBACK_NAMES, host])].filter((name) => name !== '0.0.0.0' && name !== '::');
  const now = Date.now();
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: options.notBefore ?? new Date(now - 86_400_000),
    notAfterDate: options.notAfter ?? new Date(now + 3650 * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  });
  return readCertificate({ key: pems.private, cert: pems.cert });
}

/** A key pair that somebody brings along. Throws when the certificate is no PEM certificate. */
export function readCertificate(pair: { key: string; cert: string }): ServerIdentity {
  return { key: pair.key, cert: pair.cert, fingerprint256: new X509Certificate(pair.cert).fingerprint256 };
}
