import type { Clock } from '@qwarden/qumulo-client';
import type { Partitions } from './partitions.ts';
import { num, pairs } from './replies.ts';
import { LEAVE, RECLAIM } from './scripts.ts';

/** A lease is renewed so many times before it would end. */
const RENEWALS = 3;

/**
 * What this process has taken is its own as long as it says so: one lease for all its jobs of a partition, renewed while it holds any. Whoever
 * takes jobs looks for leases that have ended, and gives their jobs back; but not before Redis has been there for a lease's time, so that after
 * an outage those who lived on through it can say so. Clocks of the machines may differ by less than a lease.
 */
export class Lease {
  /** Unlike that of any other process, also of one with the same name before it. */
  readonly owner: string;
  readonly #partitions: Partitions;
  readonly #clock: Clock;
  readonly #ms: number;
  /** Of each partition. */
  readonly #held: Set<string>[];
  #tokens = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #renewing = false;

  constructor(partitions: Partitions, owner: string, ms: number) {
    this.#partitions = partitions;
    this.#clock = partitions.redis.clock;
    this.owner = owner;
    this.#ms = ms;
    this.#held = partitions.all.map(() => new Set());
  }

  get ms(): number {
    return this.#ms;
  }

  until(): number {
    return this.#clock.now() + this.#ms;
  }

  /** Before a take: from now on this partition's lease is held. */
  begin(partition: number): string {
    this.#tokens += 1;
    const token = `${this.owner}:${this.#tokens}`;
    this.#held[partition]?.add(token);
    return token;
  }

  took(partition: number, token: string, keys: readonly string[]): void {
    const held = this.#held[partition];
    for (const key of keys) held?.add(`${token} ${key}`);
    held?.delete(token);
    if (keys.length > 0 && !this.#renewing) {
      this.#renewing = true;
      void this.#renew();
    }
  }

  ended(partition: number, token: string, key: string): void {
    this.#held[partition]?.delete(`${token} ${key}`);
  }

  /** Gives back the jobs of those who are gone; looks for them now and then. */
  async reclaim(): Promise<void> {
    const now = this.#clock.now();
    if (now < this.#graceEnds() || now < this.#lookedAt + this.#ms / RENEWALS) return;
    this.#lookedAt = now;
    const freed = new Map<string, number>();
    await Promise.all(
      this.#partitions.all.map(async (partition) => {
        for (const [owner, jobs] of pairs(await this.#partitions.run(partition, RECLAIM, [String(now), this.owner])))
          freed.set(owner, (freed.get(owner) ?? 0) + num(jobs));
      }),
    );
    for (const [owner, jobs] of freed) {
      const message = `${withoutToken(owner)} was not heard of for ${Math.round(this.#ms / 1000)} s: what it had begun (${jobs} ${jobs === 1 ? 'job' : 'jobs'}) others do now.`;
      this.#partitions.redis.tell({ kind: 'freed', message });
    }
  }

  /** When the jobs of a lease that ends then can be had. */
  backAt(ends: number, now: number): number {
    return Math.max(ends + 1, this.#graceEnds(), this.#lookedAt + this.#ms / RENEWALS, now + 1);
  }

  /** Everything that is held is free; also what another holds, of which it is certain that it is dead. */
  async leave(owner: string = this.owner): Promise<void> {
    await Promise.all(this.#partitions.all.map((partition) => this.#partitions.tryOnce(partition, LEAVE, [owner])));
  }

  #graceEnds(): number {
    return this.#partitions.redis.standsSince + this.#ms;
  }

  async #renew(): Promise<void> {
    const { redis } = this.#partitions;
    try {
      for (;;) {
        await this.#clock.sleep(this.#ms / RENEWALS, redis.closed);
        const held = this.#partitions.all.filter((partition) => (this.#held[partition]?.size ?? 0) > 0);
        if (held.length === 0) break;
        await Promise.all(
          held.map(async (partition) => {
            const key = this.#partitions.key(partition, 'owners');
            await redis.call(key, ['ZADD', key, String(this.until()), this.owner]);
          }),
        );
      }
    } catch {
      // Closed, or refused: then every other call says so too.
    } finally {
      this.#renewing = false;
    }
  }
}

/** Of an owner: host and process, for people. */
export function withoutToken(owner: string): string {
  return owner.replace(/\/[^/]*$/, '');
}
