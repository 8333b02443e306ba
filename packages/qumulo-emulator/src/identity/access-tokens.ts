import { randomBytes } from 'node:crypto';
import { accessTokenNotFound, tooManyTokens } from './errors.ts';

/** An access token without its secret; times in milliseconds since 1970 by the cluster's clock. */
export interface AccessToken {
  readonly id: string;
  readonly userId: string;
  readonly creatorId: string;
  readonly createdAt: number;
  expiresAt: number | null;
  enabled: boolean;
}

/** FACTS 1: at most two per user. */
export const TOKENS_PER_USER = 2;

/** Access tokens: long-lived bearers of one user, shown once, revoked by disabling, expiry or deletion. */
export class AccessTokens {
  readonly #byId = new Map<string, AccessToken>();
  readonly #bySecret = new Map<string, AccessToken>();
  readonly #secrets = new Map<AccessToken, string>();

  /** `ofSystem` tokens are the emulator's own: they neither count for the limit nor show up in lists. */
  create(fields: { userId: string; creatorId: string; now: number; expiresAt: number | null; ofSystem?: boolean }): {
    token: AccessToken;
    secret: string;
  } {
    const { userId, creatorId, now, expiresAt } = fields;
    const held = this.list().filter((token) => token.userId === userId).length;
    if (fields.ofSystem !== true && held >= TOKENS_PER_USER) throw tooManyTokens(TOKENS_PER_USER);
    const id = randomBytes(16).toString('base64url');
    const secret = `access-v1:${randomBytes(48).toString('base64')}`;
    const token: AccessToken = { id, userId, creatorId, createdAt: now, expiresAt, enabled: true };
    if (fields.ofSystem !== true) this.#byId.set(id, token);
    this.#bySecret.set(secret, token);
    this.#secrets.set(token, secret);
    return { token, secret };
  }

  /** The token behind a bearer that may be used now. */
  valid(secret: string, now: number): AccessToken | undefined {
    const token = this.#bySecret.get(secret);
    if (token === undefined || !token.enabled) return undefined;
    return token.expiresAt !== null && token.expiresAt <= now ? undefined : token;
  }

  get(id: string): AccessToken {
    const token = this.#byId.get(id);
    if (token === undefined) throw accessTokenNotFound(id);
    return token;
  }

  /** In the order of creation. */
  list(): AccessToken[] {
    return [...this.#byId.values()];
  }

  remove(id: string): void {
    const token = this.get(id);
    this.#byId.delete(id);
    this.#bySecret.delete(this.#secrets.get(token) ?? '');
    this.#secrets.delete(token);
  }

  removeAllOf(userId: string): void {
    for (const [token, secret] of this.#secrets) {
      if (token.userId !== userId) continue;
      this.#byId.delete(token.id);
      this.#bySecret.delete(secret);
      this.#secrets.delete(token);
    }
  }

  /** Fault: every token, or those of one user, expires now. */
  expire(now: number, userId?: string): number {
    const chosen = [...this.#secrets.keys()].filter((token) => userId === undefined || token.userId === userId);
    for (const token of chosen) token.expiresAt = now;
    return chosen.length;
  }
}
