import { createHash } from 'node:crypto';

/** Of so many hexadecimal digits: short enough to type, and two of a million jobs share one once in a thousand lists. */
const DIGITS = 10;

/** What people call a job: the beginning of the SHA-256 of its key. The same in every store, and as long as the job is there. */
export function jobHandle(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, DIGITS);
}
