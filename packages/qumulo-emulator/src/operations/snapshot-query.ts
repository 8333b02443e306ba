import { badId, badRequest } from '../http/errors.ts';
import type { Call } from '../http/operation.ts';

/** A snapshot id out of the path: a decimal number. */
export function snapshotId<P extends string>(call: Call<P>, name: P): number {
  const text = call.param(name);
  if (!/^\d{1,15}$/.test(text)) throw badId('Snapshot id', text);
  return Number(text);
}

/** `expiration` and `expiration-time-to-live` together are one too many. */
export function timeToLive(call: Call, expiration: string | null | undefined): string | undefined {
  const ttl = call.query.text('expiration-time-to-live');
  if (ttl === undefined || ttl === '') return undefined;
  if (expiration !== undefined && expiration !== null && expiration !== '')
    throw badRequest('Give expiration or expiration-time-to-live, not both');
  return ttl;
}
