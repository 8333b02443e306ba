/**
 * What is wrong with the state directory, or with the service that keeps the state:
 * - `in-use` another process holds it (`pid` when known)
 * - `newer-version` written by a newer qwarden
 * - `other-cluster` belongs to another cluster
 * - `other-watch` something is still to be done for another directory
 * - `missing` (reading only) nothing is there
 * - `no-queue` (reading only) something is there, and no monitor has worked with it
 * - `disk-full`, `read-only`, `corrupt` what the file system or the file says
 * - `closed` used after `close()`
 * - `emptied` (a service) has lost everything while it was in use
 * - `unavailable` (a service) cannot be reached
 * - `access` (a service) refuses the password, or the user may not do what is needed
 * - `unsuitable` (a service) is too old, or set up so that it loses what it was given
 */
export type StateErrorKind =
  | 'in-use'
  | 'newer-version'
  | 'read-only'
  | 'disk-full'
  | 'corrupt'
  | 'other-cluster'
  | 'other-watch'
  | 'missing'
  | 'no-queue'
  | 'closed'
  | 'emptied'
  | 'unavailable'
  | 'access'
  | 'unsuitable'
  | 'other';

/** The state cannot be used. The message is for people: what, where, and what to do. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code = 'QWARDEN_STATE';
  readonly kind: StateErrorKind;
  /** `in-use`: the process that holds it, when known. */
  readonly pid: number | undefined;

  constructor(kind: StateErrorKind, message: string, options?: ErrorOptions & { pid?: number | undefined }) {
    super(message, options);
    this.kind = kind;
    this.pid = options?.pid;
  }
}
