import type { AttemptTrace, MatchTrace, TraceQuery, TraceStore } from '../../queue/port.ts';
import type { Partitions } from './partitions.ts';
import { named, toAttempts, toTrace } from './records.ts';
import { list, num, text, textOrUndefined, texts } from './replies.ts';
import { PRUNE } from './scripts.ts';

const PAGE = 500;

/** What matched, why, and what was done about it: in the partition of its file. */
export class RedisTraces implements TraceStore {
  readonly #partitions: Partitions;

  constructor(partitions: Partitions) {
    this.#partitions = partitions;
  }

  async *matches(query: TraceQuery): AsyncGenerator<MatchTrace> {
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    for await (const trace of this.#newestFirst(query)) {
      if (left <= 0) return;
      if (!fits(trace, query)) continue;
      left -= 1;
      yield trace;
    }
  }

  async attempts(match: string): Promise<readonly AttemptTrace[]> {
    const found = await Promise.all(
      this.#partitions.all.map(async (partition) => {
        const key = this.#partitions.key(partition, 'attempts');
        return toAttempts(text(await this.#partitions.redis.call(key, ['HGET', key, named(match)], true)));
      }),
    );
    return found.flat();
  }

  async prune(before: number): Promise<number> {
    const dropped = await Promise.all(this.#partitions.all.map((partition) => this.#prune(partition, before)));
    return dropped.reduce((sum, one) => sum + one, 0);
  }

  async #prune(partition: number, before: number): Promise<number> {
    let dropped = 0;
    for (let passed = 0; ; ) {
      const args = [String(before), String(PAGE), String(passed)];
      const [gone, kept] = list(await this.#partitions.run(partition, PRUNE, args)).map(num);
      dropped += gone ?? 0;
      passed += kept ?? 0;
      if ((gone ?? 0) + (kept ?? 0) < PAGE) return dropped;
    }
  }

  async *#newestFirst(query: TraceQuery): AsyncGenerator<MatchTrace> {
    if (query.fileId !== undefined) yield* await this.#indexed('by-file', query.fileId);
    else if (query.path !== undefined) yield* await this.#indexed('by-path', query.path);
    else yield* this.#merged(query.since);
  }

  /** Of one file or path there are few enough to sort. */
  async #indexed(index: 'by-file' | 'by-path', name: string): Promise<MatchTrace[]> {
    const found = await Promise.all(
      this.#partitions.all.map(async (partition) => {
        const key = this.#partitions.key(partition, index);
        const prefix = `${named(name)} `;
        // `!` comes right after the blank.
        const range = ['ZRANGEBYLEX', key, `[${prefix}`, `(${named(name)}!`];
        const members = texts(await this.#partitions.redis.call(key, range, true));
        return await this.#get(
          partition,
          members.map((member) => member.slice(prefix.length)),
        );
      }),
    );
    return found.flat().sort((a, b) => b.at - a.at || (a.match < b.match ? 1 : -1));
  }

  async *#merged(since: number | undefined): AsyncGenerator<MatchTrace> {
    const heads = await Promise.all(
      this.#partitions.all.map(async (partition) => {
        const traces = this.#newest(partition);
        return { traces, head: await traces.next() };
      }),
    );
    for (;;) {
      let first: (typeof heads)[number] | undefined;
      for (const one of heads) {
        if (one.head.done === true) continue;
        if (first?.head.done !== false || one.head.value.at > first.head.value.at) first = one;
      }
      if (first === undefined || first.head.done === true) return;
      const { value } = first.head;
      if (since !== undefined && value.at < since) return;
      first.head = await first.traces.next();
      yield value;
    }
  }

  async *#newest(partition: number): AsyncGenerator<MatchTrace> {
    const key = this.#partitions.key(partition, 'trace-at');
    for (let from = 0; ; from += PAGE) {
      const range = ['ZREVRANGE', key, String(from), String(from + PAGE - 1)];
      const matches = texts(await this.#partitions.redis.call(key, range, true));
      yield* await this.#get(partition, matches);
      if (matches.length < PAGE) return;
    }
  }

  async #get(partition: number, matches: readonly string[]): Promise<MatchTrace[]> {
    if (matches.length === 0) return [];
    const key = this.#partitions.key(partition, 'traces');
    const records = list(await this.#partitions.redis.call(key, ['HMGET', key, ...matches], true));
    return records.flatMap((record) => textOrUndefined(record) ?? []).map(toTrace);
  }
}

function fits({ change, rule, at }: MatchTrace, query: TraceQuery): boolean {
  if (query.fileId !== undefined && change.fileId !== query.fileId) return false;
  if (query.path !== undefined && change.path !== query.path && change.movedFrom !== query.path) return false;
  return (query.rule === undefined || rule === query.rule) && (query.since === undefined || at >= query.since);
}
