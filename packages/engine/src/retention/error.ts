/**
 * A retention that cannot be meant as written. The message is for people: what is wrong, and what is accepted.
 * Thrown by `parseRetention`, `retentionEnd` and `checkRetention`.
 */
export class RetentionError extends Error {
  override readonly name = 'RetentionError';
  readonly code = 'QWARDEN_RETENTION';
}

export const ACCEPTED_FORMS =
  'Accepted: 7d, 2w, 6m, 2y or a combination such as 1y6m; P2Y6M10D; a date such as 2031-12-31 (00:00 UTC); ' +
  'or a time such as 2031-12-31T12:00:00+02:00.';
