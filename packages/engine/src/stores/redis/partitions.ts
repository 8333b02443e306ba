import type { LogEntry, NewBatch } from '../../queue/port.ts';
import type { RedisConnection, Script } from './connection.ts';
import { KEY_NAMES } from './scripts.ts';

/** Partitions by file id: each is one slot of a Redis Cluster, so that a script sees all of it. */
export class Partitions {
  readonly redis: RedisConnection;
  readonly channel: string;
  readonly count: number;
  readonly #keys: readonly (readonly string[])[];
  readonly #namespace: string;

  constructor(redis: RedisConnection, namespace: string, channel: string, count: number) {
    this.redis = redis;
    this.channel = channel;
    this.count = count;
    this.#namespace = namespace;
    this.#keys = Array.from({ length: count }, (_, partition) => KEY_NAMES.map((name) => this.key(partition, name)));
  }

  get all(): readonly number[] {
    return this.#keys.map((_, partition) => partition);
  }

  key(partition: number, name: string): string {
    return partitionKey(this.#namespace, partition, name);
  }

  /** Where everything about a file is. What has no id is in partition 0. */
  of(fileId: string): number {
    return fileId === '' ? 0 : fnv1a(fileId) % this.count;
  }

  async run(partition: number, script: Script, args: readonly string[], again?: string): Promise<unknown> {
    const keys = this.#keys[partition] ?? [];
    return await this.redis.run(script, keys, (madeBefore) => {
      const all = [this.channel, ...args];
      return again === undefined ? all : [...all, madeBefore ? '1' : again];
    });
  }

  /** Once, without waiting for a Redis that is away. */
  async tryOnce(partition: number, script: Script, args: readonly string[]): Promise<void> {
    await this.redis.tryOnce(script, this.#keys[partition] ?? [], [this.channel, ...args]);
  }
}

export function partitionKey(namespace: string, partition: number, name: string): string {
  return `{${namespace}:${partition}}:${name}`;
}

/** A batch as the partitions get it: one that is of one partition stays as it came, byte for byte. */
export function splitBatch(batch: NewBatch, partitionOf: (fileId: string) => number): Map<number, NewBatch> {
  const events = eventsOf(batch.raw);
  const parts = new Map<number, unknown[]>();
  for (const event of events) {
    const partition = partitionOf(fileIdOf(event));
    const part = parts.get(partition);
    if (part === undefined) parts.set(partition, [event]);
    else part.push(event);
  }
  const [only] = parts.keys();
  if (parts.size < 2) return new Map([[only ?? 0, batch]]);
  return new Map(
    parts
      .entries()
      .map(([partition, part]) => [partition, { ...batch, events: part.length, raw: JSON.stringify(part) }] as const),
  );
}

function eventsOf(raw: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(raw);
    return Array.isArray(value) ? value : [value];
  } catch {
    // The reader tells of it.
    return [];
  }
}

function fileIdOf(event: unknown): string {
  if (typeof event !== 'object' || event === null || !('spine' in event) || !Array.isArray(event.spine)) return '';
  const id: unknown = event.spine.at(-1);
  return typeof id === 'string' ? id : '';
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
