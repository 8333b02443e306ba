import type { ChangeLog, LogBounds, LogEntry, LogLag, NewBatch, Position } from '../../queue/port.ts';
import { redisError } from './errors.ts';
import { type Partitions, splitBatch, toPosition, toStreamId } from './partitions.ts';
import { list, num, pairs, text } from './replies.ts';
import { APPEND } from './scripts.ts';

const PAGE = 200;
/** Entries that go with one call at most. */
const MOST_AT_ONCE = 200;
const SOURCES = ['stream', 'catch-up', 'walk', 'injected'] as const satisfies readonly NewBatch['source'][];

interface WaitingBatch {
  /** Number of ours: a call that is made again must not append twice. */
  readonly number: number;
  readonly parts: Map<number, NewBatch>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A stream in each partition, read by positions of our own. */
export class RedisChangeLog implements ChangeLog {
  readonly partitions: number;
  readonly #partitions: Partitions;
  readonly #bounds: LogBounds;
  readonly #writer: string;
  #number = 0;
  #waiting: WaitingBatch[] = [];
  #pumping = false;

  constructor(partitions: Partitions, writer: string, bounds: LogBounds) {
    this.partitions = partitions.count;
    this.#partitions = partitions;
    this.#writer = writer;
    this.#bounds = bounds;
  }

  append(batch: NewBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#number += 1;
      const parts = splitBatch(batch, (fileId) => this.#partitions.of(fileId));
      this.#waiting.push({ number: this.#number, parts, resolve, reject });
      void this.#pump();
    });
  }

  /** One call to each partition at a time, with all that has come meanwhile: this keeps the order. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, MOST_AT_ONCE);
      const calls = new Map<number, Promise<void>[]>();
      const running = this.#partitions.all.map(async (partition) => {
        const mine = group.filter(({ parts }) => parts.has(partition));
        if (mine.length > 0) await this.#appendTo(partition, mine, calls);
      });
      for (const { number, resolve, reject } of group)
        Promise.all(calls.get(number) ?? []).then(() => resolve(), reject);
      await Promise.allSettled(running);
    }
    this.#pumping = false;
  }

  /** Waits for room, as often as it takes. `calls` gets at once for each batch what it waits for. */
  async #appendTo(
    partition: number,
    group: readonly WaitingBatch[],
    calls: Map<number, Promise<void>[]>,
  ): Promise<void> {
    const done = new Map<number, PromiseWithResolvers<void>>();
    for (const { number } of group) {
      const one = Promise.withResolvers<void>();
      one.promise.catch(() => undefined);
      done.set(number, one);
      const all = calls.get(number);
      if (all === undefined) calls.set(number, [one.promise]);
      else all.push(one.promise);
    }
    let left = group;
    try {
      while (left.length > 0) {
        const room = this.#partitions.redis.news.next(`read:${partition}`, this.#partitions.redis.closed);
        const taken = num(await this.#send(partition, left));
        for (const { number } of left.slice(0, taken)) done.get(number)?.resolve();
        left = left.slice(taken);
        if (left.length > 0) await room.heard;
        room.stop();
      }
    } catch (error) {
      for (const { number } of left) done.get(number)?.reject(error);
      throw error;
    }
  }

  async #send(partition: number, group: readonly WaitingBatch[]): Promise<unknown> {
    const args = [`log:${partition}`, this.#writer, String(this.#bounds.mostUnreadBatches)];
    for (const { number, parts } of group) {
      const part = parts.get(partition);
      if (part === undefined) continue;
      const { epoch, receivedAt, events, root, source, raw } = part;
      args.push(String(number), String(epoch), String(receivedAt), String(events), JSON.stringify(root), source);
      args.push(String(Buffer.byteLength(raw)), raw);
    }
    return await this.#partitions.run(partition, APPEND, args);
  }

  async read(partition: number, after: Position, limit: number): Promise<LogEntry[]> {
    const id = this.#streamId(partition, after);
    return await this.#range(partition, id === '' ? '-' : `(${id}`, limit);
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
      const reply = await this.#partitions.redis.call(
        key,
        ['XREVRANGE', key, before, '-', 'COUNT', String(PAGE)],
        true,
      );
      const entries = list(reply).map((entry) => toEntry(partition, list(entry)));
      const found = entries.find((entry) => entry.epoch === epoch && entry.source === 'stream');
      if (found !== undefined) return found.receivedAt;
      const oldest = entries.at(-1);
      if (oldest === undefined || entries.length < PAGE || oldest.receivedAt < since) return undefined;
      before = `(${toStreamId(partition, oldest.position)}`;
    }
  }

  /** Those who wait are told. */
  close(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(redisError('closed', this.#partitions.redis.at));
  }

  async #lagOf(partition: number): Promise<LogLag> {
    const names = ['batches', 'readBatches', 'events', 'readEvents', 'bytes', 'goneBytes', 'position'];
    const meta = list(
      await this.#partitions.redis.call(this.#meta(partition), ['HMGET', this.#meta(partition), ...names]),
    );
    const [batches, readBatches, events, readEvents, bytes, gone] = meta.map(num);
    const position = text(meta[6]);
    const unread = (batches ?? 0) - (readBatches ?? 0);
    const [oldest] = unread > 0 ? await this.#range(partition, position === '' ? '-' : `(${position}`, 1) : [];
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

  async #range(partition: number, start: string, limit: number): Promise<LogEntry[]> {
    const key = this.#partitions.key(partition, 'log');
    const reply = await this.#partitions.redis.call(key, ['XRANGE', key, start, '+', 'COUNT', String(limit)], true);
    return list(reply).map((entry) => toEntry(partition, list(entry)));
  }

  async *#from(partition: number, start: string): AsyncGenerator<LogEntry> {
    for (let from = start; ; ) {
      const entries = await this.#range(partition, from, PAGE);
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE) return;
      from = `(${toStreamId(partition, last.position)}`;
    }
  }

  /** Over all partitions entries stand in the order of their ids in the stream, and of their partition where these are equal. */
  #start(partition: number, { since, after }: Parameters<ChangeLog['history']>[0]): string {
    const earliest = since === undefined ? '-' : String(Math.max(0, Math.floor(since)));
    if (after === undefined || after === '') return earliest;
    const of = Number(after.slice(0, after.indexOf('-')));
    const id = this.#streamId(of, after);
    if (since !== undefined && Number(earliest) > Number(id.slice(0, id.indexOf('-')))) return earliest;
    return partition <= of ? `(${id}` : id;
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

function toEntry(partition: number, [id, fields]: readonly unknown[]): LogEntry {
  const of = new Map(pairs(fields));
  const source = of.get('s');
  return {
    position: toPosition(partition, text(id)),
    epoch: num(of.get('e')),
    receivedAt: num(of.get('r')),
    events: num(of.get('n')),
    root: JSON.parse(of.get('p') ?? '""'),
    source: SOURCES.find((known) => known === source) ?? 'injected',
    raw: of.get('d') ?? '',
  };
}
