import { type NotifyEvents, readNotifyEvents } from '@qwarden/qumulo-client';
import type { LogEntry, NewBatch } from '../../queue/port.ts';
import type { RedisConnection } from './connection.ts';
import type { PartitionScript } from './scripts.ts';

/** Partitions by file id: each is one slot of a Redis Cluster, so that a script sees all of it. */
export class Partitions {
  readonly redis: RedisConnection;
  readonly channel: string;
  readonly count: number;
  readonly all: readonly number[];
  readonly #keys: readonly Map<PartitionScript, readonly string[]>[];
  readonly #namespace: string;

  constructor(redis: RedisConnection, namespace: string, channel: string, count: number) {
    this.redis = redis;
    this.channel = channel;
    this.count = count;
    this.#namespace = namespace;
    this.all = Array.from({ length: count }, (_, partition) => partition);
    this.#keys = this.all.map(() => new Map());
  }

  key(partition: number, name: string): string {
    return partitionKey(this.#namespace, partition, name);
  }

  /** Where everything about a file is. What has no id is in partition 0. */
  of(fileId: string): number {
    return fileId === '' ? 0 : fnv1a(fileId) % this.count;
  }

  async run(partition: number, script: PartitionScript, args: readonly string[], again?: string): Promise<unknown> {
    return await this.redis.run(script, this.#keysOf(partition, script), (madeBefore) => {
      const all = [this.channel, ...args];
      return again === undefined ? all : [...all, madeBefore ? '1' : again];
    });
  }

  /** Once, without waiting for a Redis that is away. */
  async tryOnce(partition: number, script: PartitionScript, args: readonly string[]): Promise<void> {
    await this.redis.tryOnce(script, this.#keysOf(partition, script), [this.channel, ...args]);
  }

  #keysOf(partition: number, script: PartitionScript): readonly string[] {
    const known = this.#keys[partition]?.get(script);
    if (known !== undefined) return known;
    const keys = script.keys.map((name) => this.key(partition, name));
    this.#keys[partition]?.set(script, keys);
    return keys;
  }
}

/** Where no namespace is named. */
export const DEFAULT_NAMESPACE = 'qwarden';

export function partitionKey(namespace: string, partition: number, name: string): string {
  return `{${namespace}:${partition}}:${name}`;
}

/** A batch as the partitions get it: one that is of one partition stays as it came, byte for byte; of others each event does. */
export function splitBatch(batch: NewBatch, partitionOf: (fileId: string) => number): Map<number, NewBatch> {
  const events = eventsOf(batch);
  const parts = new Map<number, string[]>();
  for (let n = 0; n < events.length; n += 1) {
    const partition = partitionOf(events.id(n));
    const part = parts.get(partition);
    if (part === undefined) parts.set(partition, [events.json(n)]);
    else part.push(events.json(n));
  }
  const [only] = parts.keys();
  if (parts.size < 2) return new Map([[only ?? 0, batch]]);
  return new Map(
    parts.entries().map(([partition, part]) => {
      const raw = `[${part.join(',')}]`;
      return [partition, { ...batch, events: part.length, raw, parsed: undefined }] as const;
    }),
  );
}

function eventsOf({ parsed, raw }: NewBatch): Pick<NotifyEvents, 'length' | 'id' | 'json'> {
  try {
    return parsed ?? readNotifyEvents(raw);
  } catch {
    // The reader tells of it.
    return { length: 0, id: () => '', json: () => '' };
  }
}

/** Stands in stored data: must never change. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return hash >>> 0;
}

/** Position of an entry: `<partition>-<id in the stream>`. */
export function toPosition(partition: number, id: string): LogEntry['position'] {
  return `${partition}-${id}`;
}

/** Id in the stream of that partition; `""` = the beginning. */
export function toStreamId(partition: number, position: LogEntry['position']): string {
  if (position === '') return '';
  const id = position.slice(position.indexOf('-') + 1);
  if (position !== toPosition(partition, id) || !/^\d+-\d+$/.test(id))
    throw new RangeError(`"${position}" is no position in partition ${partition}`);
  return id;
}
