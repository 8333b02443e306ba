import type { KeptStops, StopRecords } from '../../actions/all-stop/records.ts';
import type { StopRecord } from '../../actions/all-stop/record.ts';
import { oneAtATime } from '../../actions/files/one-at-a-time.ts';
import { StateError } from '../../ledger/state-error.ts';
import { keptStops, readStop } from '../stop-text.ts';
import { script } from './connection.ts';
import { Hold, ONLY_HOLDER, wasRefused } from './hold.ts';
import { withoutToken } from './lease.ts';
import type { Partitions } from './partitions.ts';
import { pairs } from './replies.ts';

const HOLD_MS = 10_000;
/** A stop of a whole cluster, or a resume, is over by then, unless the cluster hangs. */
const PATIENCE_MS = 10_000;

/** KEYS: hold, stops. ARGV: owner, fence, id, record. */
const SAVE = script(`${ONLY_HOLDER}
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return 1
`);

/** Stops in Redis, a field each of one hash: any machine that shares the queue can take them back. */
export class RedisStopRecords implements StopRecords {
  readonly #partitions: Partitions;
  readonly #owner: string;
  readonly #holdMs: number;
  readonly #key: string;
  readonly #holdKey: string;
  #hold: Hold | undefined;

  constructor(partitions: Partitions, owner: string, leaseMs: number) {
    this.#partitions = partitions;
    this.#owner = owner;
    this.#holdMs = Math.min(HOLD_MS, leaseMs);
    this.#key = partitions.key(0, 'stops');
    this.#holdKey = partitions.key(0, 'stops-hold');
  }

  async list(): Promise<KeptStops> {
    const { redis } = this.#partitions;
    const fields = pairs(await redis.call(this.#key, ['HGETALL', this.#key]));
    return keptStops(fields.map(([id, kept]) => ({ path: `${redis.at}: ${this.#key} ${id}`, stop: readStop(kept) })));
  }

  /** Who has lost the hold without knowing changes nothing any more. */
  async save(record: StopRecord): Promise<void> {
    const hold = this.#hold;
    if (hold === undefined) throw new Error('a stop is saved inside exclusively');
    const args = [this.#owner, hold.fence, record.id, JSON.stringify(record)];
    const answer = await this.#partitions.redis.run(SAVE, [this.#holdKey, this.#key], () => args);
    if (wasRefused(answer)) throw this.#inUse('another process');
  }

  async exclusively<T>(task: () => Promise<T>): Promise<T> {
    return await oneAtATime(this, '', async () => {
      const { redis } = this.#partitions;
      this.#hold = await Hold.take(redis, this.#holdKey, {
        owner: this.#owner,
        about: withoutToken(this.#owner),
        ms: this.#holdMs,
        patienceMs: PATIENCE_MS,
        clock: redis.clock,
        inUse: (holder) => this.#inUse(holder),
      });
      try {
        return await task();
      } finally {
        await this.#hold.letGo();
        this.#hold = undefined;
      }
    });
  }

  #inUse(holder: string): StateError {
    return new StateError(
      'in-use',
      `Another process (${holder}) stops or resumes right now, by the records in Redis at ${this.#partitions.redis.at}. Wait for it to end, then try again.`,
    );
  }
}
