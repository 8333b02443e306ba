import type { Expectation, ExpectationStore } from '../../queue/port.ts';
import { parsed } from '../stored-text.ts';
import type { Partitions } from './partitions.ts';
import { num, pairs } from './replies.ts';

/** Numbers that are set aside with one call. */
const BLOCK = 1000;

/**
 * Effects of ours whose echo is awaited, each in the partition of its file: that is the rest when its number is divided by how many there are.
 * Numbers are set aside before they are used, so that a call that is made again adds nothing twice.
 */
export class RedisExpectations implements ExpectationStore {
  readonly #partitions: Partitions;
  #next = 0;
  #end = 0;
  #more: Promise<void> | undefined;

  constructor(partitions: Partitions) {
    this.#partitions = partitions;
  }

  async add(expectations: readonly Expectation[]): Promise<readonly number[]> {
    const ids: number[] = [];
    const of = new Map<number, string[]>();
    for (const expectation of expectations) {
      const partition = this.#partitions.of(expectation.fileId);
      const id = (await this.#number()) * this.#partitions.count + partition;
      ids.push(id);
      const fields = of.get(partition) ?? [];
      of.set(partition, fields);
      fields.push(String(id), JSON.stringify(expectation));
    }
    await Promise.all(of.entries().map(([partition, fields]) => this.#call(partition, 'HSET', fields)));
    return ids;
  }

  async withdraw(ids: readonly number[]): Promise<void> {
    await Promise.all(
      this.byPartition(ids)
        .entries()
        .map(([partition, mine]) => this.#call(partition, 'HDEL', mine)),
    );
  }

  byPartition(ids: readonly number[]): Map<number, string[]> {
    const of = new Map<number, string[]>();
    for (const id of ids) {
      const partition = id % this.#partitions.count;
      const mine = of.get(partition);
      if (mine === undefined) of.set(partition, [String(id)]);
      else mine.push(String(id));
    }
    return of;
  }

  async open(now: number): Promise<readonly (Expectation & { readonly id: number })[]> {
    const all = await Promise.all(
      this.#partitions.all.map(async (partition) => pairs(await this.#call(partition, 'HGETALL', []))),
    );
    const open: (Expectation & { readonly id: number })[] = [];
    const over: number[] = [];
    for (const [field, json] of all.flat()) {
      const expectation = { ...parsed<Expectation>(json), id: Number(field) };
      if (expectation.expiresAt < now) over.push(expectation.id);
      else open.push(expectation);
    }
    await this.withdraw(over);
    return open.sort((a, b) => a.id - b.id);
  }

  async #number(): Promise<number> {
    while (this.#next >= this.#end) {
      this.#more ??= this.#setAside().finally(() => {
        this.#more = undefined;
      });
      await this.#more;
    }
    this.#next += 1;
    return this.#next - 1;
  }

  async #setAside(): Promise<void> {
    const key = this.#partitions.key(0, 'meta');
    this.#end = num(await this.#partitions.redis.call(key, ['HINCRBY', key, 'numbers', String(BLOCK)]));
    this.#next = this.#end - BLOCK;
  }

  async #call(partition: number, command: 'HSET' | 'HDEL' | 'HGETALL', args: readonly string[]): Promise<unknown> {
    const key = this.#partitions.key(partition, 'expect');
    return await this.#partitions.redis.call(key, [command, key, ...args]);
  }
}
