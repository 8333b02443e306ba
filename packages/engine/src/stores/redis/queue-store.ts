import type {
  Arming,
  CoverageLog,
  EpochRecord,
  KeptRuleSet,
  KnownWatch,
  LogBounds,
  MatchTrace,
  QueueStore,
  ReaderCommit,
  ReaderRecord,
  Touch,
  WatchKey,
} from '../../queue/port.ts';
import type { StopRecords } from '../../actions/all-stop/records.ts';
import { StateError } from '../../ledger/state-error.ts';
import { fromStoredText, storedText } from '../stored-text.ts';
import { RedisChangeLog } from './change-log.ts';
import { RedisCoverageLog } from './coverage-log.ts';
import { redisError } from './errors.ts';
import { RedisExpectations } from './expectations.ts';
import { RedisJobQueue } from './job-queue.ts';
import { Hold } from './hold.ts';
import { type Lease, withoutToken } from './lease.ts';
import { RedisLockRecords } from './lock-records.ts';
import { type Partitions, toPosition, toStreamId } from './partitions.ts';
import { named, restOfArming, touchArguments, traceArguments } from './records.ts';
import { list, num, pairs, text, textOrUndefined } from './replies.ts';
import { COMMIT } from './scripts.ts';
import { RedisStopRecords } from './stop-records.ts';
import { RedisTraces } from './traces.ts';

const LEAVE_MS = 2000;
const READS = new Set(['HGET', 'HGETALL', 'ZREVRANGE']);
/** A watcher that is not heard of for so long has lost the watch: sooner than jobs are, since nobody else can watch meanwhile. */
const WATCH_MS = 10_000;
/** No number of a batch is higher: a writer with it has written everything. */
const LAST_NUMBER = String(Number.MAX_SAFE_INTEGER);

/** What of a commit is for one partition. */
interface Share {
  readonly arm: { readonly arming: Arming; readonly trace: Omit<MatchTrace, 'verdict'> }[];
  readonly traces: MatchTrace[];
  readonly met: string[];
  readonly touch: Touch[];
}

export interface RedisQueueStore extends QueueStore {
  /** What the action all-stop keeps. */
  readonly stops: StopRecords;
  /** The watch that was opened last: what workers act for. */
  watch(): Promise<WatchKey | undefined>;
  /** Ends the connections and gives nothing back, as a crash does. */
  abandon(): void;
}

/** The queue in an open Redis. */
export class RedisQueue implements RedisQueueStore {
  readonly log: RedisChangeLog;
  readonly jobs: RedisJobQueue;
  readonly traces: RedisTraces;
  readonly expectations: RedisExpectations;
  readonly locks: RedisLockRecords;
  readonly stops: RedisStopRecords;
  readonly #partitions: Partitions;
  readonly #lease: Lease;
  readonly #bounds: LogBounds;
  #watch: Hold | undefined;

  constructor(partitions: Partitions, lease: Lease, bounds: LogBounds) {
    this.#partitions = partitions;
    this.#lease = lease;
    this.#bounds = bounds;
    this.log = new RedisChangeLog(partitions, lease.owner, bounds);
    this.jobs = new RedisJobQueue(partitions, lease);
    this.traces = new RedisTraces(partitions);
    this.expectations = new RedisExpectations(partitions);
    this.locks = new RedisLockRecords(partitions);
    this.stops = new RedisStopRecords(partitions, lease.owner, lease.ms);
  }

  async reader(partition: number): Promise<ReaderRecord> {
    const key = this.#partitions.key(partition, 'meta');
    const [position, state] = list(await this.#partitions.redis.call(key, ['HMGET', key, 'position', 'state']));
    const id = text(position);
    return {
      position: id === '' ? '' : toPosition(partition, id),
      state: textOrUndefined(state) === undefined ? null : fromStoredText(text(state)),
    };
  }

  /**
   * In one script, but for files of other partitions (events without a file id): these come first, and since a match is armed once, it does
   * no harm when they come again because the process died before the rest.
   */
  async commit(partition: number, commit: ReaderCommit): Promise<void> {
    const { own, others } = this.#shares(partition, commit);
    await Promise.all(others.entries().map(([other, share]) => this.#commit(other, '*', '', share)));
    const position = toStreamId(partition, commit.position);
    const answer = await this.#commit(partition, position, storedText(commit.state), own);
    if (answer === 'back') {
      const detail = `partition ${partition} would go back to ${commit.position === '' ? 'the beginning' : commit.position}`;
      throw redisError('in-use', this.#partitions.redis.at, { detail });
    }
  }

  #shares(partition: number, commit: ReaderCommit): { own: Share; others: Map<number, Share> } {
    const shares = new Map<number, Share>();
    const of = (one: number) => {
      const share = shares.get(one) ?? { arm: [], traces: [], met: [], touch: [] };
      shares.set(one, share);
      return share;
    };
    for (const armed of commit.arm) of(this.#partitions.of(armed.arming.job.fileId)).arm.push(armed);
    for (const trace of commit.traces) of(this.#partitions.of(trace.change.fileId)).traces.push(trace);
    for (const [one, ids] of this.expectations.byPartition(commit.met)) of(one).met.push(...ids);
    for (const touch of commit.touch) of(this.#partitions.of(touch.fileId)).touch.push(touch);
    const own = of(partition);
    shares.delete(partition);
    return { own, others: shares };
  }

  async #commit(partition: number, position: string, state: string, share: Share): Promise<unknown> {
    const { keepMs, keepBytes } = this.#bounds;
    const oldest = this.#partitions.redis.clock.now() - keepMs;
    const args = [`read:${partition}`, position, state, String(oldest), String(keepBytes)];
    args.push(String(share.arm.length), String(share.traces.length), String(share.met.length));
    args.push(String(share.touch.length));
    for (const { arming, trace } of share.arm) {
      const { job, mode } = arming;
      args.push(named(job.key), mode, String(job.armedAt), String(job.dueAt), restOfArming(job));
      args.push(...traceArguments(trace, ''));
    }
    for (const trace of share.traces) args.push(...traceArguments(trace, trace.verdict));
    args.push(...share.met);
    for (const touch of share.touch) args.push(...touchArguments(touch));
    return await this.#partitions.run(partition, COMMIT, args);
  }

  async holdWatch(about: string): Promise<AbortSignal> {
    const { redis, all } = this.#partitions;
    this.#watch = await Hold.take(redis, this.#partitions.key(0, 'watcher'), {
      owner: this.#lease.owner,
      about: `${withoutToken(this.#lease.owner)}, ${about}`,
      ms: Math.min(WATCH_MS, this.#lease.ms),
      patienceMs: 0,
      clock: redis.clock,
      inUse: (holder) =>
        new StateError(
          'in-use',
          `Another watcher has the queue in Redis at ${redis.at}: ${holder}. A queue has one watcher and any number of workers: end that one, start this one with --role worker, or give it a queue of its own (another database, redis://HOST:PORT/1, or redis://HOST:PORT?namespace=NAME).`,
        ),
      fenceOff: async (owner, dead) => {
        // Nobody has to wait for the end of its lease: its jobs are free.
        if (dead) return await this.#lease.leave(owner);
        const keys = all.map((partition) => this.#partitions.key(partition, 'writers'));
        await Promise.all(keys.map((key) => redis.call(key, ['HSET', key, owner, LAST_NUMBER])));
      },
    });
    return this.#watch.lost;
  }

  async coverage(watch: WatchKey): Promise<CoverageLog> {
    const { directoryId, recursive, path } = watch;
    const field = JSON.stringify([directoryId, recursive]);
    const earlier = textOrUndefined(await this.#about('HGET', 'watches', field));
    const since = earlier === undefined ? this.#partitions.redis.clock.now() : readWatch(earlier).since;
    await this.#about('HSET', 'watches', field, JSON.stringify({ directoryId, recursive, path, since }));
    await this.#about('HSET', 'about', 'watch', field);
    return new RedisCoverageLog(this.#partitions, this.log, watch);
  }

  async watch(): Promise<WatchKey | undefined> {
    const field = textOrUndefined(await this.#about('HGET', 'about', 'watch'));
    const stored = field === undefined ? undefined : textOrUndefined(await this.#about('HGET', 'watches', field));
    return stored === undefined ? undefined : readWatch(stored);
  }

  /** That belongs to the machine of the watcher. */
  knownBelow(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  inventory(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async watches(): Promise<readonly KnownWatch[]> {
    const known = pairs(await this.#about('HGETALL', 'watches')).map(([, stored]) => readWatch(stored));
    return known.sort((a, b) => a.since - b.since);
  }

  async *epochs(watch: WatchKey): AsyncGenerator<EpochRecord> {
    yield* new RedisCoverageLog(this.#partitions, this.log, watch).epochs();
  }

  async clusterId(): Promise<string | null> {
    return textOrUndefined(await this.#about('HGET', 'about', 'cluster')) ?? null;
  }

  async claimFor(clusterId: string): Promise<void> {
    if (clusterId === '') return;
    await this.#about('HSETNX', 'about', 'cluster', clusterId);
    const known = await this.clusterId();
    if (known === clusterId) return;
    const detail = `cluster ${known ?? ''}, now connected to ${clusterId}`;
    throw redisError('other-cluster', this.#partitions.redis.at, { detail });
  }

  async keepRuleSet(hash: string, content: string, now: number): Promise<void> {
    await this.#about('HSETNX', 'rule-sets', hash, storedText(content));
    if ((await this.ruleSets())[0]?.hash !== hash) await this.#about('ZADD', 'rule-sets-since', String(now), hash);
  }

  async ruleSet(hash: string): Promise<string | undefined> {
    const kept = textOrUndefined(await this.#about('HGET', 'rule-sets', hash));
    return kept === undefined ? undefined : fromStoredText(kept);
  }

  async ruleSets(): Promise<readonly KeptRuleSet[]> {
    const sets = pairs(await this.#about('ZREVRANGE', 'rule-sets-since', '0', '-1', 'WITHSCORES'));
    return sets.map(([hash, since]) => ({ hash, since: num(since) }));
  }

  /** What is about the whole queue is in partition 0. */
  async #about(command: string, name: string, ...rest: string[]): Promise<unknown> {
    const key = this.#partitions.key(0, name);
    return await this.#partitions.redis.call(key, [command, key, ...rest], READS.has(command));
  }

  get isAway(): boolean {
    return this.#partitions.redis.isAway;
  }

  async close(): Promise<void> {
    if (this.#partitions.redis.closed.aborted) return;
    this.#partitions.redis.close();
    this.log.close();
    // A Redis that does not answer must not hold up the end: it then finds out when the lease ends.
    const enough = new AbortController();
    const waited = this.#partitions.redis.clock.sleep(LEAVE_MS, enough.signal).catch(() => undefined);
    await Promise.race([Promise.all([this.#watch?.letGo(), this.#lease.leave()]), waited]);
    enough.abort();
    this.#partitions.redis.destroy();
  }

  abandon(): void {
    this.log.close();
    this.#partitions.redis.destroy();
  }
}

/** Written by us. */
function readWatch(stored: string): KnownWatch {
  const watch: KnownWatch = JSON.parse(stored);
  return watch;
}
