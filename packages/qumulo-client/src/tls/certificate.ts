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
