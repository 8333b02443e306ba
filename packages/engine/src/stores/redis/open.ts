import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '@qwarden/qumulo-client';
import { DEFAULT_LOG_BOUNDS, type LogBounds } from '../../queue/port.ts';
import { redisAddress } from './address.ts';
import { RedisConnection, type RedisOutage } from './connection.ts';
import { redisError } from './errors.ts';
import { Lease } from './lease.ts';
import { DEFAULT_NAMESPACE, partitionKey, Partitions } from './partitions.ts';
import { RedisQueue, type RedisQueueStore } from './queue-store.ts';
import { num, pairs } from './replies.ts';

/** Raise when what is stored changes its form. */
const FORMAT = 1;
const DEFAULT_PARTITIONS = 8;
const DEFAULT_LEASE_MS = 30_000;
/** Of a Redis with a bound, the log of what was decided about takes one part of so many, unless it is told otherwise. */
const OF_MEMORY = 4;

export interface RedisQueueOptions {
  readonly clock: Clock;
  /** Begins every key; two queues in one Redis need different ones. Default: the address's, or `qwarden`. */
  readonly namespace?: string | undefined;
  /** Fixed when the queue is first opened. Default 8. */
  readonly partitions?: number | undefined;
  /** For people: who holds a job. Default host and process. */
  readonly owner?: string | undefined;
  /** A worker that is not heard of for so long has lost its jobs. */
  readonly leaseMs?: number | undefined;
  readonly bounds?: Partial<LogBounds> | undefined;
  /** Accept a Redis without AOF, which forgets everything when it is restarted. */
  readonly allowVolatile?: boolean | undefined;
  /** Only where there is one: makes none. */
  readonly existing?: boolean | undefined;
  readonly onOutage?: ((outage: RedisOutage) => void) | undefined;
}

/**
 * Opens the queue in Redis (7 or newer), Valkey, or a cluster of them. Several processes may have it open: one appends, each partition has one
 * reader, any number take jobs.
 * @throws StateError
 */
export async function openRedisQueue(url: string, options: RedisQueueOptions): Promise<RedisQueueStore> {
  const { clock, leaseMs = DEFAULT_LEASE_MS } = options;
  const address = redisAddress(url);
  const namespace = options.namespace ?? address.namespace ?? DEFAULT_NAMESPACE;
  if (namespace === '' || /[{}\s]/.test(namespace))
    throw redisError('other', address.shown, { detail: `"${namespace}" is no namespace: no braces, no blanks` });
  const channel = `${namespace}:news`;
  const redis = await RedisConnection.open(address, {
    clock,
    channel,
    allowVolatile: options.allowVolatile ?? false,
    onOutage: options.onOutage ?? (() => undefined),
  });
  try {
    const count = await agreeOnForm(redis, namespace, options);
    const partitions = new Partitions(redis, namespace, channel, count);
    const owner = `${options.owner ?? `${hostname()}/${process.pid}`}/${randomBytes(6).toString('hex')}`;
    return new RedisQueue(partitions, new Lease(partitions, owner, leaseMs), boundsOf(redis, count, options.bounds));
  } catch (error) {
    redis.destroy();
    throw error;
  }
}

/** What is kept of the log for people to look at must not be what fills a Redis. */
function boundsOf({ memory }: RedisConnection, partitions: number, asked: Partial<LogBounds> = {}): LogBounds {
  const bounds = { ...DEFAULT_LOG_BOUNDS, ...asked };
  const most = asked.keepBytes ?? Math.min(bounds.keepBytes, (memory ?? Number.POSITIVE_INFINITY) / OF_MEMORY);
  return { ...bounds, keepBytes: Math.floor(most / partitions) };
}

/** The first who opens a queue says how many partitions it has. */
async function agreeOnForm(
  redis: RedisConnection,
  namespace: string,
  { partitions: wanted, existing = false }: Pick<RedisQueueOptions, 'partitions' | 'existing'>,
): Promise<number> {
  const key = partitionKey(namespace, 0, 'about');
  const read = async () => new Map(pairs(await redis.call(key, ['HGETALL', key], true)));
  let about = await read();
  // A Redis that is full can be looked into, and jobs be cancelled: nothing is written without need.
  if (!about.has('partitions')) {
    if (existing) throw redisError('no-queue', redis.at, { detail: `namespace "${namespace}"` });
    await redis.call(key, ['HSETNX', key, 'format', String(FORMAT)]);
    await redis.call(key, ['HSETNX', key, 'partitions', String(wanted ?? DEFAULT_PARTITIONS)]);
    about = await read();
  }
  const format = num(about.get('format'));
  if (format > FORMAT) {
    const detail = `format ${format}; this qwarden knows ${FORMAT}`;
    throw redisError('newer-version', redis.at, { detail });
  }
  const count = num(about.get('partitions'));
  if (wanted !== undefined && wanted !== count) {
    const detail = `the queue "${namespace}" has ${count} partitions, not ${wanted}: open it so, or take another namespace`;
    throw redisError('unsuitable', redis.at, { detail });
  }
  return count;
}
