import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** What a server showed of itself in the TLS handshake. */
export interface ServerCertificate {
  /** SHA-256 of the certificate, `"AA:BB:…"`. */
  fingerprint256: string;
  /** `"CN=…, O=…"`. */
  subject: string;
  issuer: string;
  /** RFC 3339. */
  validFrom: string;
  /** RFC 3339. */
  validTo: string;
  selfSigned: boolean;
  /** Chain, host name and dates are right for this machine (or for the CA that was given). */
  trusted: boolean;
  /** Why it is not trusted: OpenSSL's code (`DEPTH_ZERO_SELF_SIGNED_CERT`) or Node's (`ERR_TLS_CERT_ALTNAME_INVALID`). */
  reason?: string;
}

/** The certificate that the other end of a finished handshake showed, and how Node judged it. */
export interface Shown {
  certificate: X509Certificate;
  authorized: boolean;
  reason: string | undefined;
}

/** Undefined when the server showed none (anonymous ciphers). To be asked once: from the second time on Node gives none. */
export function shownBy(socket: TLSSocket): Shown | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return { certificate, authorized: socket.authorized, reason: reasonOf(socket) };
}

export function describeCertificate({ certificate, authorized, reason }: Shown): ServerCertificate {
  return {
    fingerprint256: certificate.fingerprint256,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    validFrom: rfc3339(certificate.validFrom),
    validTo: rfc3339(certificate.validTo),
    selfSigned: isSelfSigned(certificate),
    trusted: authorized,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** `authorizationError` is typed as Error, but Node puts the code's text there. */
function reasonOf(socket: TLSSocket): string | undefined {
  const error: unknown = socket.authorizationError;
  if (typeof error === 'string') return error;
  return error instanceof Error ? error.message : undefined;
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** Node gives one attribute a line; undefined for an empty name. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').filter(Boolean).join(', ');
}

function rfc3339(opensslDate: string): string {
  const at = new Date(opensslDate);
  return Number.isNaN(at.getTime()) ? opensslDate : at.toISOString().replace('.000Z', 'Z');
}
