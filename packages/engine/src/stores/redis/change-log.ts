import type { ChangeLog, LogBounds, LogEntry, LogLag, NewBatch, Position } from '../../queue/port.ts';
import { Appends } from './appends.ts';
import { redisError } from './errors.ts';
import { toStreamNumbers, unpack } from './packs.ts';
import { type Partitions, toStreamId } from './partitions.ts';
import { list, num, text } from './replies.ts';
import { Tail } from './tail.ts';

const PAGE = 200;
/** Entries that a first read asks for: how many batches one has shows then. */
const FEWEST = 64;

/** A stream in each partition, read by positions of our own. */
export class RedisChangeLog implements ChangeLog {
  readonly partitions: number;
  readonly #partitions: Partitions;
  readonly #tails: readonly Tail[];
  readonly #appends: Appends;

  constructor(partitions: Partitions, writer: string, bounds: LogBounds) {
    this.partitions = partitions.count;
    this.#partitions = partitions;
    this.#tails = partitions.all.map(() => new Tail());
    this.#appends = new Appends(partitions, writer, bounds, this.#tails);
  }

  append(batch: NewBatch): Promise<void> {
    return this.#appends.append(batch);
  }

  async read(partition: number, after: Position, limit: number): Promise<LogEntry[]> {
    const id = this.#streamId(partition, after);
    if (!this.#partitions.redis.closed.aborted) {
      const atHand = this.#tails[partition]?.read(after, limit) ?? [];
      if (atHand.length > 0) return atHand;
    }
    return await this.#range(partition, behind(id), limit);
  }

  async more(partition: number, after: Position, signal: AbortSignal): Promise<void> {
    const { news, closed } = this.#partitions.redis;
    const stopped = Promise.withResolvers<boolean>();
    const stop = () => stopped.resolve(true);
    // By hand: signals made of others would stay with these, which live as long as the program.
    for (const one of [signal, closed]) one.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted && !closed.aborted) {
        const next = news.next(`log:${partition}`, signal);
        // Asked anew behind each `next`: an answer from before the news came says nothing about it.
        const looked = this.#hasMore(partition, after);
        looked.catch(() => undefined);
        // Redis may be away: who stops does not wait for it.
        const found = await Promise.race([looked, stopped.promise]);
        if (!found) await next.heard;
        next.stop();
        if (found) return;
      }
    } finally {
      for (const one of [signal, closed]) one.removeEventListener('abort', stop);
    }
  }

  async #hasMore(partition: number, after: Position): Promise<boolean> {
    try {
      return (await this.read(partition, after, 1)).length > 0;
    } catch (error) {
      if (this.#partitions.redis.closed.aborted) return true;
      throw error;
    }
  }

  async *history(query: Parameters<ChangeLog['history']>[0]): AsyncGenerator<LogEntry> {
    const heads = await Promise.all(
      this.#partitions.all.map(async (partition) => {
        const entries = this.#from(partition, this.#start(partition, query));
        return { entries, head: await entries.next() };
      }),
    );
    for (;;) {
      let first: (typeof heads)[number] | undefined;
      for (const one of heads) {
        if (one.head.done === true) continue;
        if (first?.head.done !== false || compareIds(one.head.value, first.head.value) < 0) first = one;
      }
      if (first === undefined || first.head.done === true) return;
      const { value } = first.head;
      first.head = await first.entries.next();
      if (value.receivedAt >= (query.since ?? 0)) yield value;
    }
  }

  async lag(): Promise<LogLag> {
    const lags = await Promise.all(this.#partitions.all.map((partition) => this.#lagOf(partition)));
    const oldest = lags.flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]));
    return {
      batches: lags.reduce((sum, { batches }) => sum + batches, 0),
      events: lags.reduce((sum, { events }) => sum + events, 0),
      oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
      bytes: lags.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** When the last batch of an epoch's stream was received, as far as the log has it; what was received before `since` is not looked at. */
  async lastReceived(epoch: number, since: number): Promise<number | undefined> {
    const times = await Promise.all(this.#partitions.all.map((partition) => this.#lastOf(partition, epoch, since)));
    const known = times.filter((at) => at !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  async #lastOf(partition: number, epoch: number, since: number): Promise<number | undefined> {
    const key = this.#partitions.key(partition, 'log');
    for (let before = '+'; ; ) {
      const page = ['XREVRANGE', key, before, '-', 'COUNT', String(PAGE)];
      const reply = list(await this.#partitions.redis.call(key, page, true));
      const entries = reply.flatMap((entry) => unpack(partition, list(entry)).toReversed());
      const found = entries.find((entry) => entry.epoch === epoch && entry.source === 'stream');
      if (found !== undefined) return found.receivedAt;
      const oldest = entries.at(-1);
      if (oldest === undefined || reply.length < PAGE || oldest.receivedAt < since) return undefined;
      before = `(${toStreamId(partition, oldest.position)}`;
    }
  }

  /** Those who wait are told. */
  close(): void {
    this.#appends.close();
  }

  async #lagOf(partition: number): Promise<LogLag> {
    const names = ['batches', 'readBatches', 'events', 'readEvents', 'bytes', 'goneBytes', 'position'];
    const meta = list(
      await this.#partitions.redis.call(this.#meta(partition), ['HMGET', this.#meta(partition), ...names]),
    );
    const [batches, readBatches, events, readEvents, bytes, gone] = meta.map(num);
    const position = text(meta[6]);
    const unread = (batches ?? 0) - (readBatches ?? 0);
    const [oldest] = unread > 0 ? await this.#range(partition, behind(position), 1) : [];
    return {
      batches: unread,
      events: (events ?? 0) - (readEvents ?? 0),
      oldestAt: oldest?.receivedAt ?? null,
      bytes: (bytes ?? 0) - (gone ?? 0),
    };
  }

  #meta(partition: number): string {
    return this.#partitions.key(partition, 'meta');
  }

  /** The first `limit` batches of a place on. */
  async #range(partition: number, start: Start, limit: number): Promise<LogEntry[]> {
    const key = this.#partitions.key(partition, 'log');
    const found: LogEntry[] = [];
    let count = Math.min(limit, FEWEST);
    for (let from = start; ; ) {
      // The entry that a batch is in has the id of its last one.
      const reply = list(
        await this.#partitions.redis.call(key, ['XRANGE', key, from.id, '+', 'COUNT', String(count)], true),
      );
      for (const entry of reply)
        for (const one of unpack(partition, list(entry))) if (found.length < limit && from.has(one)) found.push(one);
      const last = found.at(-1);
      if (last === undefined || found.length >= limit || reply.length < count) return found;
      from = behind(toStreamId(partition, last.position));
      count = Math.max(1, Math.ceil(((limit - found.length) * reply.length) / found.length));
    }
  }

  async *#from(partition: number, start: Start): AsyncGenerator<LogEntry> {
    for (let from = start; ; ) {
      const entries = await this.#range(partition, from, PAGE);
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE) return;
      from = behind(toStreamId(partition, last.position));
    }
  }

  /** Over all partitions entries stand in the order of their ids in the stream, and of their partition where these are equal. */
  #start(partition: number, { since, after }: Parameters<ChangeLog['history']>[0]): Start {
    const earliest = since === undefined ? '' : String(Math.max(0, Math.floor(since)));
    if (after === undefined || after === '') return from(earliest);
    const of = Number(after.slice(0, after.indexOf('-')));
    const id = this.#streamId(of, after);
    if (since !== undefined && Number(earliest) > toStreamNumbers(id).ms) return from(earliest);
    return partition <= of ? behind(id) : from(id);
  }

  #streamId(partition: number, position: Position): string {
    try {
      return toStreamId(partition, position);
    } catch (error) {
      const detail = error instanceof Error ? error.message : undefined;
      throw redisError('other', this.#partitions.redis.at, { cause: error, detail });
    }
  }
}

function compareIds(a: LogEntry, b: LogEntry): number {
  const [partitionA = 0, msA = 0, seqA = 0] = a.position.split('-').map(Number);
  const [partitionB = 0, msB = 0, seqB = 0] = b.position.split('-').map(Number);
  return msA - msB || seqA - seqB || partitionA - partitionB;
}

/** Where to begin in a stream, and which batches of the entry that is found there belong to it. */
interface Start {
  readonly id: string;
  readonly has: (entry: LogEntry) => boolean;
}

/** With that id; `''`: from the beginning. */
function from(id: string): Start {
  if (id === '') return { id: '-', has: () => true };
  const { ms, n } = toStreamNumbers(id);
  return { id, has: ({ position }) => isBehind(position, ms, n - 1) };
}

/** Behind that id; `''`: from the beginning. */
function behind(id: string): Start {
  if (id === '') return from(id);
  const { ms, n } = toStreamNumbers(id);
  return { id: `(${id}`, has: ({ position }) => isBehind(position, ms, n) };
}

function isBehind(position: Position, ms: number, n: number): boolean {
  const its = toStreamNumbers(position.slice(position.indexOf('-') + 1));
  return its.ms > ms || (its.ms === ms && its.n > n);
}
