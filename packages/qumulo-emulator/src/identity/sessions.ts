import { randomBytes } from 'node:crypto';
import type { Caller } from '../fs/api.ts';

/** A login: what its user was allowed at that moment (FACTS 1: role changes reach a user only after a new login). */
export interface Session {
  readonly userId: string;
  readonly caller: Caller;
  expiresAt: number;
}

/** Sessions by their bearer token; they end by expiry only, there is no logout and no refresh (FACTS 1). */
export class Sessions {
  readonly #byBearer = new Map<string, Session>();
  readonly #ttlMs: number;
  #sweepAt = 1024;

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  get size(): number {
    return this.#byBearer.size;
  }

  open(userId: string, caller: Caller, now: number): string {
    if (this.#byBearer.size >= this.#sweepAt) this.#sweep(now);
    const bearer = `session-v1:${randomBytes(48).toString('base64')}`;
    this.#byBearer.set(bearer, { userId, caller, expiresAt: now + this.#ttlMs });
    return bearer;
  }

  valid(bearer: string, now: number): Session | undefined {
    const session = this.#byBearer.get(bearer);
    return session === undefined || session.expiresAt <= now ? undefined : session;
  }

  endAllOf(userId: string): void {
    for (const [bearer, session] of this.#byBearer) if (session.userId === userId) this.#byBearer.delete(bearer);
  }

  /** Fault: every session, or those of one user, expires now. */
  expire(userId?: string): number {
    let ended = 0;
    for (const [bearer, session] of this.#byBearer) {
      if (userId !== undefined && session.userId !== userId) continue;
      this.#byBearer.delete(bearer);
      ended++;
    }
    return ended;
  }

  /** Clients that log in for every file leave their sessions behind: drop the dead ones now and then. */
  #sweep(now: number): void {
    for (const [bearer, session] of this.#byBearer) if (session.expiresAt <= now) this.#byBearer.delete(bearer);
    this.#sweepAt = Math.max(1024, this.#byBearer.size * 2);
  }
}
