import { createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from 'node:tls';
import { QumuloConnectionError } from '../errors/connection-error.ts';
import type { TlsOptions } from '../options.ts';
import { describeCertificate, type ServerCertificate, type Shown, shownBy } from './certificate.ts';
import { normaliseFingerprint } from './fingerprint.ts';

/** Decides whether the other end of a finished handshake is the cluster that was meant. */
export interface Trust {
  /** Made on first use: reading the machine's CAs takes some milliseconds. */
  context(): SecureContext;
  /** The error to give up with; undefined when all is well. */
  verdict(socket: TLSSocket, host: string): QumuloConnectionError | undefined;
}

/** @throws TypeError for a fingerprint that is none. */
export function createTrust(options: TlsOptions = {}): Trust {
  const pin = options.fingerprint256 === undefined ? undefined : normaliseFingerprint(options.fingerprint256);
  const usesChain = pin === undefined && options.insecure !== true;
  let context: SecureContext | undefined;
  return {
    context: () => (context ??= createSecureContext(usesChain ? { ca: authorities(options.ca) } : {})),
    verdict: (socket, host) => {
      if (pin === undefined && (!usesChain || socket.authorized)) return undefined;
      const shown = shownBy(socket);
      if (pin === undefined) return chainVerdict(describe(shown), host);
      return shown?.certificate.fingerprint256 === pin ? undefined : pinMismatch(pin, describe(shown), host);
    },
  };
}

function describe(shown: Shown | undefined): ServerCertificate | undefined {
  return shown === undefined ? undefined : describeCertificate(shown);
}

/** The CAs that Node brings along and those of the operating system, or exactly those given. */
function authorities(ca: string | undefined): string | string[] {
  return ca ?? [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function pinMismatch(pin: string, certificate: ServerCertificate | undefined, host: string): QumuloConnectionError {
  const shown = certificate === undefined ? 'no certificate' : certificate.fingerprint256;
  return new QumuloConnectionError({
    kind: 'tls-pin-mismatch',
    message:
      `The certificate of ${host} is not the pinned one: expected SHA-256 ${pin}, got ${shown}. Either the cluster's ` +
      'certificate was replaced (ask its administrator, then pin the new one), or somebody is in between.',
    retryable: false,
    certificate,
  });
}

const expired: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

function chainVerdict(certificate: ServerCertificate | undefined, host: string): QumuloConnectionError {
  const reason = certificate?.reason ?? 'no certificate was shown';
  const shown = certificate === undefined ? '' : ` (${certificate.subject}, SHA-256 ${certificate.fingerprint256})`;
  const refuse = (kind: 'tls-expired' | 'tls-name' | 'tls-untrusted', message: string) =>
    new QumuloConnectionError({ kind, message, retryable: false, certificate });
  if (certificate !== undefined && expired.has(reason)) {
    return refuse(
      'tls-expired',
      `The certificate of ${host}${shown} is valid only from ${certificate.validFrom} to ${certificate.validTo}.`,
    );
  }
  if (reason === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return refuse('tls-name', `The certificate of ${host}${shown} was made for another host name.`);
  }
  const kind = certificate?.selfSigned === true ? 'self-signed' : `not vouched for by a trusted CA: ${reason}`;
  return refuse(
    'tls-untrusted',
    `The certificate of ${host}${shown} is ${kind}. Pin it by its SHA-256 fingerprint if it is the right one, or name the CA that issued it.`,
  );
}
