import type { ServerCertificate } from '../tls/certificate.ts';
import { QumuloError } from './base.ts';

/**
 * - `dns` no such host; `refused` nobody listens there; `reset` connection cut; `timeout` no answer in time
 * - `tls-untrusted` no trusted CA vouches for the certificate (a self-signed one, usually: pin it); `tls-pin-mismatch` not
 *   the pinned certificate; `tls-name` certificate of another host; `tls-expired` outside its dates
 * - `not-tls` the port does not speak TLS; `not-http` the port does not speak HTTP (TLS, for example)
 * - `aborted` given up by the caller or by `close()`
 */
export type ConnectionErrorKind =
  | 'dns'
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'tls-untrusted'
  | 'tls-pin-mismatch'
  | 'tls-name'
  | 'tls-expired'
  | 'not-tls'
  | 'not-http'
  | 'aborted'
  | 'other';

export interface ConnectionErrorDetails {
  kind: ConnectionErrorKind;
  message: string;
  retryable: boolean;
  certificate?: ServerCertificate | undefined;
  cause?: unknown;
}

/** No (whole) answer came: the network, TLS or the other end stood in the way. */
export class QumuloConnectionError extends QumuloError {
  readonly kind: ConnectionErrorKind;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** For the `tls-` kinds: what the other end showed. */
  readonly certificate: ServerCertificate | undefined;

  constructor(details: ConnectionErrorDetails) {
    super(
      'QUMULO_CONNECTION_ERROR',
      details.message,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.kind = details.kind;
    this.retryable = details.retryable;
    this.certificate = details.certificate;
  }
}
