import type { CoverageLog, EpochRecord, WatchKey } from '../../queue/port.ts';
import type { RedisChangeLog } from './change-log.ts';
import type { Partitions } from './partitions.ts';
import { num, pairs, textOrUndefined } from './replies.ts';

const EPOCH = 'epoch:';
/** In `meta` of each partition: the events that the stream of an epoch has told, as long as nobody has said how many they were. */
const TOLD = 'told:';

/** Coverage of one watch: a hash with an epoch a field. One watcher writes it. */
export class RedisCoverageLog implements CoverageLog {
  readonly #partitions: Partitions;
  readonly #log: RedisChangeLog;
  readonly #key: string;

  constructor(partitions: Partitions, log: RedisChangeLog, watch: Pick<WatchKey, 'directoryId' | 'recursive'>) {
    this.#partitions = partitions;
    this.#log = log;
    this.#key = partitions.key(0, `watch:${watch.directoryId}:${watch.recursive ? 'recursive' : 'flat'}`);
  }

  async openEpoch(at: number): Promise<number> {
    // An epoch without an end is one whose watcher was killed: what happened after its last event is a gap.
    for (const record of await this.#all()) {
      if (record.endedAt !== null) continue;
      const events = await this.#told(record.epoch);
      await this.#write({ ...record, endedAt: record.registeredAt ?? record.openedAt, endReason: 'killed', events });
      await this.#forgetTold(record.epoch);
    }
    const epoch = num(await this.#partitions.redis.call(this.#key, ['HINCRBY', this.#key, 'last', '1']));
    // A watch of another directory may have had one of this number.
    await this.#forgetTold(epoch);
    await this.#write({
      epoch,
      openedAt: at,
      registeredAt: null,
      endedAt: null,
      endReason: null,
      events: 0,
      gapClosedBy: null,
      gapClosedAt: null,
    });
    return epoch;
  }

  registered(epoch: number, at: number): Promise<void> {
    return this.#change(epoch, { registeredAt: at });
  }

  async ended(epoch: number, at: number, reason: string, events: number): Promise<void> {
    await this.#change(epoch, { endedAt: at, endReason: reason, events });
    await this.#forgetTold(epoch);
  }

  gapClosed(epoch: number, by: 'start' | 'baseline' | 'walk', at: number): Promise<void> {
    return this.#change(epoch, { gapClosedBy: by, gapClosedAt: at });
  }

  async seenUntil(): Promise<number | undefined> {
    const covered = (await this.#all()).findLast(
      ({ gapClosedAt, registeredAt }) => gapClosedAt !== null && registeredAt !== null,
    );
    if (covered === undefined || covered.registeredAt === null) return undefined;
    const last = await this.#log.lastReceived(covered.epoch, covered.registeredAt);
    return Math.max(covered.registeredAt, last ?? 0);
  }

  async *epochs(): AsyncGenerator<EpochRecord> {
    for (const record of await this.#all())
      yield record.endedAt === null ? { ...record, events: await this.#told(record.epoch) } : record;
  }

  async #told(epoch: number): Promise<number> {
    const counts = await this.#onEach((key) => ['HGET', key, `${TOLD}${epoch}`]);
    return counts.map(num).reduce((sum, count) => sum + count, 0);
  }

  async #forgetTold(epoch: number): Promise<void> {
    await this.#onEach((key) => ['HDEL', key, `${TOLD}${epoch}`]);
  }

  #onEach(command: (key: string) => string[]): Promise<unknown[]> {
    const { all, redis } = this.#partitions;
    const keys = all.map((partition) => this.#partitions.key(partition, 'meta'));
    return Promise.all(keys.map((key) => redis.call(key, command(key))));
  }

  async #all(): Promise<EpochRecord[]> {
    const fields = pairs(await this.#partitions.redis.call(this.#key, ['HGETALL', this.#key], true));
    const records = fields.flatMap(([name, value]) => (name.startsWith(EPOCH) ? [read(value)] : []));
    return records.sort((a, b) => a.epoch - b.epoch);
  }

  async #change(epoch: number, change: Partial<EpochRecord>): Promise<void> {
    const stored = textOrUndefined(
      await this.#partitions.redis.call(this.#key, ['HGET', this.#key, `${EPOCH}${epoch}`], true),
    );
    if (stored !== undefined) await this.#write({ ...read(stored), ...change });
  }

  async #write(record: EpochRecord): Promise<void> {
    const field = `${EPOCH}${record.epoch}`;
    await this.#partitions.redis.call(this.#key, ['HSET', this.#key, field, JSON.stringify(record)]);
  }
}

/** Written by us. */
function read(stored: string): EpochRecord {
  const record: EpochRecord = JSON.parse(stored);
  return record;
}
