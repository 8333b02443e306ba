import type { LockRecord, LockRecordQuery, LockRecords } from '../../ledger/lock-record.ts';
import { isBelow } from '../../text/below.ts';
import type { Partitions } from './partitions.ts';
import { named } from './records.ts';
import { list, num, texts } from './replies.ts';
import { PRUNE_LOCKS } from './scripts.ts';

const PAGE = 500;

/** The ledger: records in the partition of their file, written by the scripts of the queue (see lock-script.ts). */
export class RedisLockRecords implements LockRecords {
  readonly #partitions: Partitions;

  constructor(partitions: Partitions) {
    this.#partitions = partitions;
  }

  async *list(query: LockRecordQuery): AsyncGenerator<LockRecord> {
    const { fileId } = query;
    const partitions = fileId === undefined ? this.#partitions.all : [this.#partitions.of(fileId)];
    for (const partition of partitions) {
      for await (const record of this.#between(partition, ...rangeOf(fileId))) if (fits(record, query)) yield record;
    }
  }

  async find(fileId: string): Promise<readonly LockRecord[]> {
    const found: LockRecord[] = [];
    for await (const record of this.list({ fileId })) found.push(record);
    return found;
  }

  async prune(before: number): Promise<number> {
    const dropped = await Promise.all(this.#partitions.all.map((partition) => this.#prune(partition, before)));
    return dropped.reduce((sum, one) => sum + one, 0);
  }

  async #prune(partition: number, before: number): Promise<number> {
    for (let dropped = 0; ; ) {
      const gone = num(await this.#partitions.run(partition, PRUNE_LOCKS, [String(before), String(PAGE)]));
      dropped += gone;
      if (gone < PAGE) return dropped;
    }
  }

  async *#between(partition: number, first: string, end: string): AsyncGenerator<LockRecord> {
    const ids = this.#partitions.key(partition, 'lock-ids');
    const locks = this.#partitions.key(partition, 'locks');
    for (let from = first; ; ) {
      const range = ['ZRANGEBYLEX', ids, from, end, 'LIMIT', '0', String(PAGE)];
      const fields = texts(await this.#partitions.redis.call(ids, range, true));
      const last = fields.at(-1);
      if (last === undefined) return;
      const records = list(await this.#partitions.redis.call(locks, ['HMGET', locks, ...fields], true));
      for (const record of records) if (typeof record === 'string') yield toRecord(record);
      if (fields.length < PAGE) return;
      from = `(${last}`;
    }
  }
}

/** What STEP_DONE and FINISH want of a record. */
export function lockArgument(record: LockRecord | undefined): string {
  if (record === undefined) return '';
  const { path, ...rest } = record;
  const field = `${named(record.fileId)} ${named(record.directoryId)}`;
  const lock = `${named(record.retentionPeriod ?? '')} ${record.legalHold ? 'held' : '-'}`;
  const created = record.creationTime === null ? '-' : named(record.creationTime);
  return [field, record.recordedAt, record.state, lock, created, named(path), JSON.stringify(rest)].join('\n');
}

function toRecord(stored: string): LockRecord {
  const [, , , path = '""', ...rest] = stored.split('\n');
  const about: Omit<LockRecord, 'path'> = JSON.parse(rest.join('\n'));
  return { ...about, path: JSON.parse(path) };
}

/** `!` comes right after the blank. */
function rangeOf(fileId: string | undefined): [first: string, end: string] {
  return fileId === undefined ? ['-', '+'] : [`[${named(fileId)} `, `(${named(fileId)}!`];
}

function fits(record: LockRecord, { states, under, legalHold, until, after }: LockRecordQuery): boolean {
  if (states !== undefined && !states.includes(record.state)) return false;
  if (under !== undefined && !isBelow(record.path, under)) return false;
  if (legalHold !== undefined && record.legalHold !== legalHold) return false;
  const end = record.retentionPeriod;
  if (until !== undefined && (end === null || end > until)) return false;
  return after === undefined || (end !== null && end >= after);
}
