import { createHmac } from 'node:crypto';

/**
 * Header of a signed webhook: `Qwarden-Signature: t=1767225600,v1=5257a8…`. `t` is when it was sent, in seconds since the epoch; `v1` is the
 * HMAC-SHA256, in lower-case hex, over `t`, a dot, and the bytes of the body. A receiver computes it anew, compares in constant time, and
 * refuses a `t` that is more than some minutes old.
 */
export const SIGNATURE_HEADER = 'qwarden-signature';

export function signature(body: string, key: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
}
