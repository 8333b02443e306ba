import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A salted digest; null = no password, which never matches. One round on purpose: this is a cluster for tests, and a login
 * must not cost what a real one should.
 */
export type PasswordDigest = { readonly salt: Buffer; readonly hash: Buffer } | null;

export function digestPassword(password: string): PasswordDigest {
  const salt = randomBytes(16);
  return { salt, hash: hashOf(salt, password) };
}

export function passwordMatches(digest: PasswordDigest, password: string): boolean {
  return digest !== null && timingSafeEqual(digest.hash, hashOf(digest.salt, password));
}

function hashOf(salt: Buffer, password: string): Buffer {
  return createHash('sha256').update(salt).update(password, 'utf8').digest();
}
