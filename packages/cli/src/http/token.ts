import { createHash, timingSafeEqual } from 'node:crypto';

/** Is this the `Authorization` of somebody who knows the token? Takes as long for a near miss as for a far one. */
export function isAuthorized(authorization: string | undefined, token: string): boolean {
  const sent = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  // Hashes are of one length, whatever was sent.
  return timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
