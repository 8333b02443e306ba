import { type Clock, systemClock } from '@qwarden/qumulo-client';
import type { StopRecords } from './actions/all-stop/records.ts';
import type { QueueReader, QueueStore } from './queue/port.ts';
import { fileStopRecords } from './stores/files/stop-records.ts';
import type { RedisQueueOptions } from './stores/redis/open.ts';
import type { RedisQueueStore } from './stores/redis/queue-store.ts';
import { openSqliteQueue } from './stores/sqlite/queue/open.ts';
import { openSqliteQueueReader } from './stores/sqlite/queue/queue-reader.ts';

/**
 * Opens the queue in Redis, or Valkey, or a cluster of them. Its client is almost half of all modules, so that only those load it who have a Redis.
 * Rejects with StateError.
 */
export async function openRedisQueue(url: string, options: RedisQueueOptions): Promise<RedisQueueStore> {
  const redis = await import('./stores/redis/open.ts');
  return await redis.openRedisQueue(url, options);
}

/** Opens the queue of a monitor (its state directory, or the address of a Redis) for reading, beside a process that may be writing. Rejects with StateError. */
export function openQueueReader(place: string, clock: Clock = systemClock): Promise<QueueReader> {
  return isRedis(place) ? openRedisQueue(place, { clock, existing: true }) : openSqliteQueueReader(place);
}

/**
 * Opens the queue of a monitor that does not run, to change its jobs; the state directory is this process's until it is closed. Makes none
 * where there is none. Rejects with StateError.
 */
export async function openQueue(
  place: string,
  clock: Clock = systemClock,
): Promise<Pick<QueueStore, 'jobs' | 'close'>> {
  // Several processes may change a Redis at the same time.
  if (isRedis(place)) return await openRedisQueue(place, { clock, existing: true });
  const reader = await openSqliteQueueReader(place);
  await reader.close();
  return await openSqliteQueue(place, { clock });
}

/** Opens what the action all-stop keeps, in a state directory or a Redis. Rejects with StateError. */
export async function openStopRecords(
  place: string,
  clock: Clock = systemClock,
): Promise<{ readonly records: StopRecords; readonly close: () => Promise<void> }> {
  if (!isRedis(place)) return { records: fileStopRecords(place, clock), close: () => Promise.resolve() };
  const store = await openRedisQueue(place, { clock, existing: true });
  return { records: store.stops, close: () => store.close() };
}

export function isRedis(place: string): boolean {
  return /^rediss?:\/\//.test(place);
}
