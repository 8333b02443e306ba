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

/** The certificate of a finished handshake; undefined when the server showed none (anonymous ciphers). */
export function certificateOf(socket: TLSSocket): ServerCertificate | undefined {
  const peer = socket.getPeerX509Certificate();
  if (peer === undefined) return undefined;
  const reason = reasonOf(socket);
  return {
    fingerprint256: peer.fingerprint256,
    subject: oneLine(peer.subject),
    issuer: oneLine(peer.issuer),
    validFrom: rfc3339(peer.validFrom),
    validTo: rfc3339(peer.validTo),
    selfSigned: isSelfSigned(peer),
    trusted: socket.authorized,
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
