import { QumuloError } from './base.ts';

export interface ApiErrorDetails {
  status: number;
  errorClass: string;
  description: string;
  /** `"PATCH /v1/files/{ref}/file-lock"`. */
  operation: string;
  /** What the operation was about, when it names a file. */
  target?: string | undefined;
  retryAfterMs?: number | undefined;
  retryable: boolean;
  code?: string | undefined;
}

/**
 * The cluster answered, and said no (status outside 2xx). Branch on `status` first and `errorClass` second: the classes
 * change between releases (FACTS 2.2).
 */
export class QumuloApiError extends QumuloError {
  readonly status: number;
  /** `error_class` of the answer; `"unknown"` when it had none (a 401 comes without a body, FACTS 1). */
  readonly errorClass: string;
  /** For people. */
  readonly description: string;
  readonly operation: string;
  /** The path or id the call named, when it named one. */
  readonly target: string | undefined;
  /** How long the cluster asked to wait (`Retry-After`), ms. */
  readonly retryAfterMs: number | undefined;
  /** True when the same call may succeed later without anybody changing anything (429, 502, 503, 504). */
  readonly retryable: boolean;

  constructor(details: ApiErrorDetails) {
    const about = details.target === undefined ? '' : ` for ${JSON.stringify(details.target)}`;
    super(
      details.code ?? 'QUMULO_API_ERROR',
      `${details.operation}${about}: ${details.status} ${details.errorClass}: ${details.description}`,
    );
    this.status = details.status;
    this.errorClass = details.errorClass;
    this.description = details.description;
    this.operation = details.operation;
    this.target = details.target;
    this.retryAfterMs = details.retryAfterMs;
    this.retryable = details.retryable;
  }
}

/**
 * The cluster refused the user name and password (status 401 at login), or demands single sign-on
 * (`ssoRequired`: use an access token there, FACTS 1).
 */
export class QumuloLoginError extends QumuloApiError {
  readonly ssoRequired: boolean;

  constructor(details: ApiErrorDetails & { ssoRequired: boolean }) {
    super({ ...details, code: 'QUMULO_LOGIN_ERROR' });
    this.ssoRequired = details.ssoRequired;
  }
}

/** The cluster answered something that its API does not have: wrong content type, JSON that is none, endless paging. */
export class QumuloProtocolError extends QumuloError {
  readonly operation: string;

  constructor(operation: string, message: string, options?: ErrorOptions) {
    super('QUMULO_PROTOCOL_ERROR', `${operation}: ${message}`, options);
    this.operation = operation;
  }
}
