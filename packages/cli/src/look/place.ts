import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { stateRoot } from '../commands/filelock/state-dir.ts';
import type { Environment } from '../options/environment-source.ts';

/** Where a monitor's queue is: a state directory, or the address of a Redis. */
export function isRedis(place: string): boolean {
  return /^rediss?:/.test(place);
}

/** For people and machines that look: without the password. */
export function shownPlace(place: string): string {
  if (!isRedis(place)) return place;
  const url = URL.parse(place);
  // Wherever in it the password is.
  if (url === null) return place.replace(/:.*$/s, '://***');
  if (url.password !== '') url.password = '***';
  return url.href;
}

/**
 * Where the monitor of a queue listens on this machine: its state directory; of a queue in Redis, which has one watcher, a directory that has
 * no other use. Who logs in there, and how, makes no other queue of it.
 */
export function controlDirectory(place: string, environment: Environment): string {
  const url = isRedis(place) ? URL.parse(place) : null;
  if (url === null) return place;
  const namespace = url.searchParams.get('namespace') ?? 'qwarden';
  const identity = `${url.hostname}:${url.port || '6379'}${url.pathname.replace(/^\/0?$/, '')}?${namespace}`;
  return join(stateRoot(environment, 'redis'), createHash('sha256').update(identity).digest('hex').slice(0, 16));
}
