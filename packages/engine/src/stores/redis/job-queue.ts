import type { AttemptTrace, JobCounts, JobEnd, JobFilter, JobQueue, RuleJob, SettlingJob } from '../../queue/port.ts';
import type { LockRecord } from '../../ledger/lock-record.ts';
import { isBelow } from '../../text/below.ts';
import { Batches } from './batches.ts';
import type { Lease } from './lease.ts';
import { lockArgument } from './lock-records.ts';
import type { Partitions } from './partitions.ts';
import { named, restOf, toJob } from './records.ts';
import { settlingJobs } from './settling.ts';
import { list, num, pairs, text, textOrUndefined, texts } from './replies.ts';
import { CANCEL, COUNTS, EARLIEST, FINISH, NEXT_DUE, RELEASE, RETRY, STEP_DONE, TAKE } from './scripts.ts';

const PAGE = 500;
type JobSet = 'due' | 'running' | 'dead' | 'parked';

/** Jobs of each partition in sets by due time; what is done to them is done by scripts, in one piece. */
export class RedisJobQueue implements JobQueue {
  readonly #partitions: Partitions;
  readonly #lease: Lease;
  readonly #steps: Batches;
  readonly #ends: Batches;

  constructor(partitions: Partitions, lease: Lease) {
    this.#partitions = partitions;
    this.#lease = lease;
    this.#steps = new Batches(async (partition, items) =>
      list(await partitions.run(partition, STEP_DONE, items.flat())),
    );
    this.#ends = new Batches(async (partition, items) => {
      const now = String(partitions.redis.clock.now());
      return list(await partitions.run(partition, FINISH, [now, ...items.flat()]));
    });
  }

  async take(now: number, limit: number): Promise<RuleJob[]> {
    await this.#lease.reclaim();
    if (limit <= 0) return [];
    const shares = await this.#shares(now, limit);
    const taken = await Promise.all(shares.map(([partition, share]) => this.#takeFrom(partition, now, share)));
    return taken.flat().sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
  }

  /** How many to take from each partition, so that the earliest come first. */
  async #shares(now: number, limit: number): Promise<[number, number][]> {
    if (this.#partitions.count === 1) return [[0, limit]];
    const due = await Promise.all(
      this.#partitions.all.map(async (partition) => {
        const times = text(await this.#partitions.run(partition, EARLIEST, [String(now), String(limit)]));
        return times === '' ? [] : times.split(' ').map((at) => ({ partition, at: Number(at) }));
      }),
    );
    const shares = new Map<number, number>();
    const earliest = due.flat().sort((a, b) => a.at - b.at);
    for (const { partition } of earliest.slice(0, limit)) shares.set(partition, (shares.get(partition) ?? 0) + 1);
    return [...shares];
  }

  async #takeFrom(partition: number, now: number, limit: number): Promise<RuleJob[]> {
    const { owner } = this.#lease;
    const token = this.#lease.begin(partition);
    const args = [String(now), String(limit), owner, String(this.#lease.until()), token];
    const taken = pairs(await this.#partitions.run(partition, TAKE, args, '0'));
    const jobs = taken.map(([, record]) => toJob(record, true, token));
    this.#lease.took(
      partition,
      token,
      jobs.map(({ key }) => key),
    );
    return jobs;
  }

  async stepDone(job: RuleJob, done: Parameters<JobQueue['stepDone']>[1], attempt: AttemptTrace): Promise<boolean> {
    const { step, path, output, ledger } = done;
    const outputs = output === undefined ? job.outputs : { ...job.outputs, [output.action]: output.values };
    const rest = restOf({ ...job, step, path, outputs, lastError: null });
    const trace = [named(attempt.match), JSON.stringify(attempt)];
    const args = [named(job.key), job.lease ?? '', rest, ...trace, lockArgument(ledger)];
    return num(await this.#steps.add(this.#of(job), args)) === 1;
  }

  async finish(job: RuleJob, end: JobEnd, attempt: AttemptTrace | undefined, ledger?: LockRecord): Promise<void> {
    const failed = end.kind === 'again' ? end.failed : end.kind !== 'done';
    const path = end.kind === 'again' ? end.path : job.path;
    const lastError = end.kind === 'done' ? null : end.error;
    const args = [
      named(job.key),
      job.lease ?? '',
      end.kind,
      end.kind === 'again' ? String(end.dueAt) : '-',
      String(failed ? job.attempts + 1 : job.attempts),
      end.kind === 'done' ? '' : restOf({ ...job, path, lastError }),
      attempt === undefined ? '' : named(attempt.match),
      attempt === undefined ? '' : JSON.stringify(attempt),
      lockArgument(ledger),
    ];
    await this.#ends.add(this.#of(job), args);
    this.#lease.ended(this.#of(job), job.lease ?? '', job.key);
  }

  async release(job: RuleJob): Promise<void> {
    await this.#partitions.run(this.#of(job), RELEASE, [named(job.key), job.lease ?? '']);
    this.#lease.ended(this.#of(job), job.lease ?? '', job.key);
  }

  async nextDue(now: number): Promise<number | undefined> {
    const next = await Promise.all(
      this.#partitions.all.map(async (partition) => {
        const [due, ends] = texts(await this.#partitions.run(partition, NEXT_DUE, [String(now), this.#lease.owner]));
        const back = ends === undefined || ends === '' ? [] : [this.#lease.backAt(Number(ends), now)];
        return due === undefined || due === '' ? back : [Number(due), ...back];
      }),
    );
    const all = next.flat();
    return all.length === 0 ? undefined : Math.min(...all);
  }

  onNews(listener: () => void): () => void {
    return this.#partitions.redis.news.onJobs(listener);
  }

  async *settling(partition: number, after: number): AsyncGenerator<SettlingJob> {
    yield* settlingJobs(this.#partitions, partition, after);
  }

  async counts(now: number): Promise<JobCounts> {
    const all = await Promise.all(
      this.#partitions.all.map(async (partition) =>
        list(await this.#partitions.run(partition, COUNTS, [String(now)])).map(num),
      ),
    );
    const sum = (n: number) => all.reduce((total, counts) => total + (counts[n] ?? 0), 0);
    return { waiting: sum(0), due: sum(1), running: sum(2), dead: sum(3), parked: sum(4) };
  }

  async *list(filter: JobFilter): AsyncGenerator<RuleJob> {
    let left = filter.limit ?? Number.POSITIVE_INFINITY;
    for await (const job of this.#inOrder(filter)) {
      if (left <= 0) return;
      if (filter.rule !== undefined && job.rule !== filter.rule) continue;
      if (filter.fileId !== undefined && job.fileId !== filter.fileId) continue;
      if (filter.under !== undefined && !isBelow(job.path, filter.under)) continue;
      left -= 1;
      yield job;
    }
  }

  async *#inOrder({ states, fileId }: JobFilter): AsyncGenerator<RuleJob> {
    const wants = (state: RuleJob['state']) => states === undefined || states.includes(state);
    const partitions = fileId === undefined ? this.#partitions.all : [this.#partitions.of(fileId)];
    const sources = partitions.flatMap((partition) => [
      ...(wants('running') ? [this.#ordered(partition, 'running')] : []),
      ...(wants('waiting') ? [this.#ordered(partition, 'due')] : []),
    ]);
    const heads = await Promise.all(sources.map(async (jobs) => ({ jobs, head: await jobs.next() })));
    for (;;) {
      let first: (typeof heads)[number] | undefined;
      for (const one of heads) {
        if (one.head.done === true) continue;
        if (first?.head.done !== false || (one.head.value.dueAt ?? 0) < (first.head.value.dueAt ?? 0)) first = one;
      }
      if (first === undefined || first.head.done === true) break;
      const { value } = first.head;
      first.head = await first.jobs.next();
      yield value;
    }
    for (const partition of partitions) {
      if (wants('dead')) yield* this.#ordered(partition, 'dead');
      if (wants('parked')) yield* this.#ordered(partition, 'parked');
    }
  }

  async *#ordered(partition: number, set: JobSet): AsyncGenerator<RuleJob> {
    const key = this.#partitions.key(partition, set);
    const jobs = this.#partitions.key(partition, 'jobs');
    for (let from = 0; ; from += PAGE) {
      const range = ['ZRANGE', key, String(from), String(from + PAGE - 1)];
      const keys = texts(await this.#partitions.redis.call(key, range, true));
      if (keys.length === 0) return;
      const records = list(await this.#partitions.redis.call(jobs, ['HMGET', jobs, ...keys], true));
      for (const record of records) if (typeof record === 'string') yield toJob(record, set === 'running');
      if (keys.length < PAGE) return;
    }
  }

  async find(key: string): Promise<RuleJob | undefined> {
    const found = await this.#look(key);
    return found === undefined ? undefined : toJob(found.record, found.running);
  }

  async retry(key: string, now: number): Promise<boolean> {
    const found = await this.#look(key);
    if (found === undefined) return false;
    return num(await this.#partitions.run(found.partition, RETRY, [named(key), String(now)], '0')) === 1;
  }

  async cancel(key: string, why: string, now: number): Promise<boolean> {
    for (;;) {
      const found = await this.#look(key);
      if (found === undefined) return false;
      const { match, step, attempts } = toJob(found.record, false);
      const attempt: AttemptTrace = {
        match,
        at: now,
        step,
        action: '',
        attempt: attempts,
        outcome: 'cancelled',
        note: why,
        tookMs: 0,
      };
      const args = [named(key), found.record, named(match), JSON.stringify(attempt)];
      const done = num(await this.#partitions.run(found.partition, CANCEL, args, '0'));
      if (done >= 0) return done === 1;
    }
  }

  /** Whose file it is, a key does not say for sure. */
  async #look(key: string): Promise<{ partition: number; record: string; running: boolean } | undefined> {
    const found = await Promise.all(
      this.#partitions.all.map(async (partition) => {
        const jobs = this.#partitions.key(partition, 'jobs');
        const record = textOrUndefined(await this.#partitions.redis.call(jobs, ['HGET', jobs, named(key)], true));
        if (record === undefined) return [];
        const leases = this.#partitions.key(partition, 'lease');
        const lease = text(await this.#partitions.redis.call(leases, ['HGET', leases, named(key)], true));
        return [{ partition, record, running: lease !== '' }];
      }),
    );
    return found.flat()[0];
  }

  #of(job: RuleJob): number {
    return this.#partitions.of(job.fileId);
  }
}
