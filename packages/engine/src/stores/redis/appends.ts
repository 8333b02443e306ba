import type { LogBounds, NewBatch } from '../../queue/port.ts';
import { redisError } from './errors.ts';
import { type NumberedBatch, type Pack, packArguments, packsOf, toStreamNumbers } from './packs.ts';
import { type Partitions, splitBatch, toPosition } from './partitions.ts';
import { num, texts } from './replies.ts';
import { APPEND } from './scripts.ts';
import type { Tail } from './tail.ts';

/** What goes with one call to a partition at most: batches, and UTF-16 units of them. */
const MOST = { batches: 2048, text: 2 ** 20 };

interface Waiting extends NumberedBatch {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One for each partition: its batches wait in their order. */
interface Lane {
  waiting: Waiting[];
  pumping: boolean;
}

/**
 * The writing end of the log. One call to each partition at a time, with all that has come meanwhile: this keeps the order, and the longer Redis
 * takes to sync, the more share it.
 */
export class Appends {
  readonly #partitions: Partitions;
  readonly #writer: string;
  readonly #mostUnread: number;
  readonly #tails: readonly Tail[];
  readonly #lanes: readonly Lane[];
  /** A call that is made again must not append twice. */
  #number = 0;

  constructor(partitions: Partitions, writer: string, bounds: LogBounds, tails: readonly Tail[]) {
    this.#partitions = partitions;
    this.#writer = writer;
    this.#mostUnread = bounds.mostUnreadBatches;
    this.#tails = tails;
    this.#lanes = partitions.all.map(() => ({ waiting: [], pumping: false }));
  }

  append(batch: NewBatch): Promise<void> {
    this.#number += 1;
    const number = this.#number;
    const parts = splitBatch(batch, (fileId) => this.#partitions.of(fileId));
    if (parts.size > 1)
      return Promise.all(parts.entries().map(([partition, part]) => this.#add(partition, number, part))).then(
        () => undefined,
      );
    const [[partition, part] = [0, batch] as const] = parts;
    return this.#add(partition, number, part);
  }

  /** Those who wait are told. */
  close(): void {
    for (const { waiting } of this.#lanes)
      for (const { reject } of waiting.splice(0)) reject(redisError('closed', this.#partitions.redis.at));
  }

  #add(partition: number, number: number, batch: NewBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      const lane = this.#lanes[partition];
      if (lane === undefined) return;
      lane.waiting.push({ number, batch, resolve, reject });
      if (lane.pumping) return;
      lane.pumping = true;
      // Not before the end of the turn: others may come in it.
      setImmediate(() => void this.#pump(partition, lane));
    });
  }

  /** Never rejects: each batch is told. */
  async #pump(partition: number, lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const group = lane.waiting.splice(0, sizeOfGroup(lane.waiting));
      try {
        await this.#write(partition, group);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    lane.pumping = false;
  }

  /** Waits for room, as often as it takes. */
  async #write(partition: number, group: readonly Waiting[]): Promise<void> {
    const { news, closed } = this.#partitions.redis;
    let left = group;
    for (;;) {
      left = await this.#send(partition, left);
      if (left.length === 0) return;
      const room = news.next(`read:${partition}`, closed);
      // Sent anew behind each `next`: an answer from before the news came says nothing about it.
      const before = left.length;
      left = await this.#send(partition, left);
      if (left.length === before) await room.heard;
      room.stop();
      if (left.length === 0) return;
    }
  }

  /** Gives those for which there was no room. */
  async #send(partition: number, group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const packs = packsOf(group, this.#mostUnread);
    const args = [`log:${partition}`, this.#writer, String(this.#mostUnread), ...packs.flatMap(packArguments)];
    const [taken, written, ms, n] = texts(await this.#partitions.run(partition, APPEND, args));
    const count = num(taken);
    // When the same call was made before, it is not known what stands where.
    if (num(written) === count) this.#keep(partition, packs, count, `${num(ms)}-${num(n)}`);
    else this.#tails[partition]?.clear();
    for (const { resolve } of group.slice(0, count)) resolve();
    return group.slice(count);
  }

  /** As APPEND has numbered them: behind `before`, the last id that was there. */
  #keep(partition: number, packs: readonly Pack[], count: number, before: string): void {
    const tail = this.#tails[partition];
    let { ms, n } = toStreamNumbers(before);
    let [previous, left] = [toPosition(partition, before), count];
    for (const pack of packs) {
      if (left < pack.batches.length) return;
      left -= pack.batches.length;
      if (pack.ms > ms) [ms, n] = [pack.ms, 0];
      for (const { batch } of pack.batches) {
        n += 1;
        const position = toPosition(partition, `${ms}-${n}`);
        tail?.push(previous, { ...batch, position });
        previous = position;
      }
    }
  }
}

function sizeOfGroup(waiting: readonly Waiting[]): number {
  let text = 0;
  const end = waiting.findIndex(({ batch }) => (text += batch.raw.length) > MOST.text);
  return Math.min(MOST.batches, end < 0 ? waiting.length : Math.max(1, end));
}
