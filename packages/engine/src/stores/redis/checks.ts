import type { StateError } from '../../ledger/state-error.ts';
import { redisError } from './errors.ts';

/** Streams, scripts and all that is used are in Redis since 7.0 and in every Valkey. */
const OLDEST = 7;

export interface CheckOptions {
  /** Accept a Redis that forgets when it is restarted. */
  readonly allowVolatile: boolean;
}

/** What is to be known of a Redis that writes to its disk only now and then. `appendfsync` as it is set. */
export function fsyncWarning(appendfsync: string, at: string): string | undefined {
  if (appendfsync === 'everysec')
    return `Redis at ${at} writes to its disk once a second (appendfsync everysec): when its machine fails, what came in the last second may be lost. With appendfsync always nothing is.`;
  if (appendfsync === 'no')
    return `Redis at ${at} leaves it to its machine when to write to the disk (appendfsync no): when that fails, half a minute and more may be lost. With appendfsync always nothing is.`;
  return undefined;
}

/** `name:value` lines of INFO. */
export function readInfo(info: string): ReadonlyMap<string, string> {
  const about = new Map<string, string>();
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) about.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return about;
}

/**
 * Refuses a Redis that would lose what it was given.
 * @throws StateError
 */
export function checkRedis(info: string, at: string, { allowVolatile }: CheckOptions): void {
  const about = readInfo(info);
  const trouble =
    oldVersion(about, at) ??
    replica(about, at) ??
    eviction(about, at) ??
    (allowVolatile ? undefined : volatile(about, at));
  if (trouble !== undefined) throw trouble;
}

type About = ReadonlyMap<string, string>;

export function oldVersion(about: About, at: string): StateError | undefined {
  const version = about.get('redis_version') ?? '';
  if (Number.parseInt(version, 10) >= OLDEST) return undefined;
  return redisError('unsuitable', at, { detail: `it is Redis ${version}; ${OLDEST}.0 or newer, or Valkey, is needed` });
}

export function replica(about: About, at: string): StateError | undefined {
  return about.get('role') === 'slave' ? redisError('read-only', at) : undefined;
}

export function eviction(about: About, at: string): StateError | undefined {
  const policy = about.get('maxmemory_policy') ?? 'noeviction';
  // None of our keys expires, so that the volatile policies take none of them.
  if (!policy.startsWith('allkeys-')) return undefined;
  const detail = `maxmemory-policy is ${policy}: it would throw our keys away when memory runs out. Set it to noeviction`;
  return redisError('unsuitable', at, { detail });
}

export function volatile(about: About, at: string): StateError | undefined {
  if (about.get('aof_enabled') !== '0') return undefined;
  const detail =
    'appendonly is no: what it was given is lost when it ends. Set appendonly yes, and appendfsync always to lose nothing when the machine fails either';
  return redisError('unsuitable', at, { detail });
}

/** The least that one of several may hold, bytes; undefined: none is bounded. */
export function leastMemory(infos: readonly string[]): number | undefined {
  const bounds = infos.map((info) => Number(readInfo(info).get('maxmemory') ?? 0)).filter((bytes) => bytes > 0);
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}
