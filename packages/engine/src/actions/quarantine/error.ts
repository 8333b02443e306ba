/** A person asked for what cannot be done with the quarantine. The message says what is in the way and what to do. */
export class QuarantineError extends Error {
  override readonly name = 'QuarantineError';
  readonly code = 'QWARDEN_QUARANTINE';
}
