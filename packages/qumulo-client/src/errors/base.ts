const brand = Symbol.for('@qwarden/qumulo-client/error');

/** Base of every error of this package. Branch on the subclass or on `code`, never on the message. */
export class QumuloError extends Error {
  /** Stable name of the kind of error, e.g. `QUMULO_API_ERROR`. */
  readonly code: string;
  readonly [brand] = true;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** True for errors of this package, also when they come from another copy of it. */
export function isQumuloError(error: unknown): error is QumuloError {
  return typeof error === 'object' && error !== null && brand in error;
}
