import { setMaxListeners } from 'node:events';
import { LoopGuard } from '../guard/guard.ts';
import { RunawayBreaker } from '../guard/runaway.ts';
import { Bookkeeper } from '../inventory/bookkeeper.ts';
import { absolutePath } from '../inventory/found.ts';
import { type Inventory, isSameName } from '../inventory/port.ts';
import { viewOf } from '../inventory/view.ts';
import { ConcurrencyLimiter } from '../jobs/limiter.ts';
import type { Depths, Measured, Vitals } from '../metrics/measured.ts';
import type { JobCounts, RuleJob } from '../queue/port.ts';
import { iso } from '../time/iso.ts';
import { isNotThere, WatchedDirectory } from '../watch/place.ts';
import { fatalWords, WatchEndedError } from '../watch/words.ts';
import { ClockSkew } from './clock-skew.ts';
import { noCounters } from './events.ts';
import { Following } from './following.ts';
import { Housekeeping } from './housekeeping.ts';
import { JobRun } from './job-run.ts';
import { leaveWhenAway } from './leave-when-away.ts';
import { LOOK_INSIDE, lookInsideRule } from './look-inside.ts';
import type { MonitorOptions } from './options.ts';
import { Reader } from './reader.ts';
import { RuleBook } from './rule-book.ts';
import { Runner } from './runner.ts';
import { Standings } from './standing.ts';
import type { MonitorStatus, MonitorSummary } from './status.ts';
import { SyntheticBatches } from './synthetic.ts';
import { takeOver } from './take-over.ts';
import { Targets } from './targets.ts';

const DEFAULT_CONCURRENCY = 128;
const DRAIN_MS = 10_000;
/** For what was received before the end. */
const DECIDE_MS = 2000;
/** No event tells a watcher that its own directory was renamed. */
const LOOK_EVERY_MS = 5000;
const WARM = 32;

/** A file that comes, whatever it is. */
const ARRIVAL = {
  id: '',
  type: 'child_file_added',
  fileId: '',
  movedFrom: null,
  kind: 'file',
  stream: null,
  lineage: 0,
} as const;

/** The life of one `monitor`: follows the stream into the log, reads the log into jobs, carries the jobs out. */
export class Monitor implements Measured {
  readonly #o: MonitorOptions;
  readonly #watching = new AbortController();
  /** Of the whole run, summary included. */
  readonly #over = new AbortController();
  #leaving: Promise<void> | undefined;
  /** Ends the reader once it has decided about all that was received. */
  readonly #received = new AbortController();
  /** Ends the reader at once. */
  readonly #reading = new AbortController();
  /** Ends calls of actions; only after the drain. */
  readonly #calling = new AbortController();
  readonly #counters = noCounters();
  readonly #book: RuleBook;
  readonly #directory: WatchedDirectory;
  readonly #guard: LoopGuard;
  readonly #runaway: RunawayBreaker;
  readonly #targets: Targets;
  readonly #limiter: ConcurrencyLimiter;
  readonly #runner: Runner;
  readonly #bookkeeper: Bookkeeper | undefined;
  readonly #following: Following;
  readonly #skew: ClockSkew;
  readonly #housekeeping: Housekeeping;
  #readers: readonly Reader[] = [];
  #startedAt = 0;
  #started = false;
  #end: { reason: MonitorSummary['endReason']; error?: Error } | undefined;

  private constructor(options: MonitorOptions, guard: LoopGuard, seenUntil: number | undefined) {
    this.#o = options;
    const { cluster, clock, random, store, report } = options;
    setMaxListeners(0, this.#watching.signal, this.#received.signal, this.#reading.signal, this.#calling.signal);
    this.#guard = guard;
    this.#runaway = new RunawayBreaker(clock);
    this.#targets = new Targets(clock, random, report);
    this.#limiter = new ConcurrencyLimiter(options.maxConcurrency ?? DEFAULT_CONCURRENCY);
    this.#directory = new WatchedDirectory({
      cluster,
      directoryId: options.directory.id,
      path: options.directory.path,
      recursive: options.directory.recursive,
      ofQueue: options.ofQueue,
      beforeRenamed: options.beforeRenamed,
      onRenamed: (oldPath, path) => report({ kind: 'watch-renamed', at: this.#now(), oldPath, path }),
    });
    this.#book = new RuleBook({
      actions: options.actions,
      store,
      now: () => clock.now(),
      builtin: [
        lookInsideRule(
          store.log,
          this.#directory,
          () => this.#following.epoch,
          (name) => options.inventory?.names(name.fileId).find((known) => isSameName(known, name))?.seenBy,
        ),
      ],
    });
    const run = new JobRun({
      store,
      cluster,
      outside: options.outside,
      clock,
      random,
      guard,
      runaway: this.#runaway,
      limiter: this.#limiter,
      targets: this.#targets,
      counters: this.#counters,
      findRule: (hash, name) => this.#book.find(hash, name),
      whyNoRule: (hash) => this.#book.whyNot(hash),
      standings: new Standings({
        directory: this.#directory,
        followed: async (name) =>
          options.beforeRenamed === undefined ? undefined : await this.#book.find(this.#book.ruleSet.hash, name),
      }),
      namesOf: (fileId) => this.#namesOf(fileId),
      dryRun: options.dryRun,
      directory: this.#directory,
      alone: !options.shared,
      startedAt: clock.now(),
      signal: this.#calling.signal,
      inFlight: () => this.#runner.acting,
      report,
      tracing: options.tracing,
    });
    this.#runner = new Runner({
      jobs: store.jobs,
      clock,
      limiter: this.#limiter,
      targets: this.#targets,
      run,
      onFatal: (error) => this.#fail(error),
    });
    const root = () => this.#directory.path();
    this.#bookkeeper = options.inventory && new Bookkeeper(options.inventory, store.log.partitions, root);
    this.#skew = new ClockSkew(options, options.skewToldMs);
    this.#following = new Following(options, {
      directory: this.#directory,
      bookkeeper: this.#bookkeeper,
      seenUntil,
      onListening: () => this.#skew.tell(),
      onEnded: () => {
        this.#counters.streamRestarts += 1;
      },
      onRemoved: () => this.#removed(),
      onFatal: (error) => this.#fail(error),
    });
    this.#housekeeping = new Housekeeping({
      clock,
      store,
      guard,
      inventory: options.inventory,
      forgetsGone: options.forgetsGone ?? false,
      isGapOpen: () => this.#following.isGapOpen,
      retry: (key) => this.retry(key),
    });
  }

  /** Rejects with StateError. */
  static async create(options: MonitorOptions): Promise<Monitor> {
    const guard = await LoopGuard.open(options.store.expectations, options.clock, options.shared);
    return new Monitor(options, guard, await options.coverage.seenUntil());
  }

  /** The rules: loaded before `run`, and anew at any time. */
  get rules(): Pick<RuleBook, 'load' | 'ruleSet'> {
    return this.#book;
  }

  /** What was there before the watch began. */
  get inventory(): Inventory {
    const { inventory } = this.#o;
    if (inventory === undefined) throw new Error('a worker has no inventory');
    return viewOf(inventory, () => this.#directory.path());
  }

  async run(signal: AbortSignal): Promise<MonitorSummary> {
    if (this.#started) throw new Error('run() was called twice');
    this.#started = true;
    this.#startedAt = this.#o.clock.now();
    const stop = () => this.#finish({ reason: 'signal' });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const { lost } = this.#o;
    const overtaken = () => this.#fail(lost?.reason);
    lost?.addEventListener('abort', overtaken, { once: true });
    if (lost?.aborted === true) overtaken();
    const readers = this.#o.role === 'worker' ? Promise.resolve() : this.#startReaders();
    const quiet = this.#o.store.jobs.onNews(() => this.#runner.poke());
    try {
      void this.#look();
      this.#housekeeping.run(this.#watching.signal).catch((error: unknown) => this.#fail(error));
      this.#o.cluster.warm(Math.min(WARM, this.#o.maxConcurrency ?? WARM)).catch(() => undefined);
      if (this.#end === undefined && this.#o.role !== 'watcher') this.#runner.start();
      if (this.#o.role === 'worker') await this.#work();
      else await this.#watch();
    } catch (error) {
      this.#fail(error);
    } finally {
      signal.removeEventListener('abort', stop);
      lost?.removeEventListener('abort', overtaken);
      quiet();
    }
    await this.#drain(readers);
    const summary = await this.#summary();
    this.#over.abort();
    await this.#leaving;
    return summary;
  }

  async status(): Promise<MonitorStatus> {
    const { store, clock } = this.#o;
    const { stream, inFlight, concurrencyLimit, tripped, awaitedEchoes, ruleSet, counters } = this.vitals();
    return {
      stream,
      since: iso(this.#following.since),
      paused: this.#following.isPaused,
      lag: await store.log.lag(),
      jobs: await store.jobs.counts(clock.now()),
      inFlight,
      concurrencyLimit,
      tripped,
      awaitedEchoes,
      ruleSet,
      counters,
    };
  }

  vitals(): Vitals {
    const { hash, rules } = this.#book.ruleSet;
    return {
      stream: this.#following.stream,
      gapOpen: this.#following.isGapOpen,
      paused: this.#following.isPaused,
      inFlight: this.#runner.inFlight,
      concurrencyLimit: this.#limiter.limit,
      tripped: this.#targets.tripped(),
      awaitedEchoes: this.#guard.size,
      ruleSet: { hash, rules: rules.length },
      skewMs: this.#o.cluster.clusterClock.skewMs(),
      counters: { ...this.#counters },
    };
  }

  async settling(): Promise<number> {
    const now = this.#o.clock.now();
    const counts = await Promise.all(this.#readers.map((reader) => reader.settling(now)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async depths(): Promise<Depths> {
    const { store, clock } = this.#o;
    const now = clock.now();
    let oldestDueAt: number | null = null;
    for await (const { dueAt } of store.jobs.list({ states: ['waiting'], limit: 1 })) oldestDueAt = dueAt;
    return {
      lag: await store.log.lag(),
      jobs: await store.jobs.counts(now),
      oldestDueAt: oldestDueAt !== null && oldestDueAt <= now ? oldestDueAt : null,
    };
  }

  /** Keys of the jobs that run now. Rejects with StateError. */
  async running(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.#o.store.jobs.list({ states: ['running'] })) keys.push(key);
    return keys;
  }

  /** Makes a dead or parked job due. False when it is neither. Rejects with StateError. */
  async retry(key: string): Promise<boolean> {
    this.#runaway.release(key);
    return await this.#o.store.jobs.retry(key, this.#o.clock.now());
  }

  /** Removes a job that does not run. False when there is none, or it runs. Rejects with StateError. */
  async cancel(key: string, why: string): Promise<boolean> {
    this.#runaway.release(key);
    return await this.#o.store.jobs.cancel(key, why, this.#o.clock.now());
  }

  /** Before `run`: brings jobs of this rule, that an earlier run has left, under the rule as it is now. Rejects with StateError. */
  async takeOver(rule: string, below: (path: string) => string | undefined): Promise<void> {
    const { store, clock } = this.#o;
    const batches = this.retell();
    const { matcher } = this.#book;
    await takeOver({ rule, jobs: store.jobs, matcher, batches, below, now: () => clock.now() });
    // What is in a directory that could not be looked into is still to be found.
    for await (const { key } of store.jobs.list({ rule: LOOK_INSIDE, states: ['dead', 'parked'] }))
      await store.jobs.retry(key, clock.now());
  }

  /** The watched directory, as it is called now. */
  get path(): string {
    return this.#directory.path();
  }

  /** Tells of files as if they came now: rules decide about them as about all others. */
  retell(): SyntheticBatches {
    const { store, clock } = this.#o;
    const about = { epoch: 0, root: this.#directory.path(), source: 'injected' } as const;
    return new SyntheticBatches(store.log, about, () => clock.now());
  }

  /** Is a rule for a file that comes under this path, as far as names and places tell? */
  covers(path: string): boolean {
    return this.#book.matcher.match({ ...ARRIVAL, path, at: this.#o.clock.now() }).length > 0;
  }

  #namesOf(fileId: string): readonly string[] {
    const { inventory } = this.#o;
    if (inventory === undefined) return [];
    return inventory.names(fileId).flatMap((name) => {
      const path = inventory.pathOf(name);
      return path === undefined ? [] : [absolutePath(this.#directory.path(), path)];
    });
  }

  /** Going on makes no sense: ends the run with this error. */
  fail(error: unknown): void {
    this.#fail(error);
  }

  /** Rejects with StateError. */
  async job(key: string): Promise<RuleJob | undefined> {
    return await this.#o.store.jobs.find(key);
  }

  async close(): Promise<void> {
    this.#watching.abort();
    this.#reading.abort();
    this.#calling.abort();
    await this.#runner.stop();
    await this.#o.store.close();
    this.#o.inventory?.close();
    await this.#o.release();
  }

  async #watch(): Promise<void> {
    const end = await this.#following.run(this.#watching.signal);
    if (end.kind === 'removed') this.#removed();
    if (end.kind === 'refused') this.#fail(end.error);
  }

  /** A worker watches nothing: it works until it is told to stop. */
  async #work(): Promise<void> {
    const { signal } = this.#watching;
    this.#o.report({ kind: 'working', at: this.#now(), message: 'Working: carrying out what a watcher decides' });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #startReaders(): Promise<void> {
    const { store, cluster, clock, random, report } = this.#o;
    const newReader = (_: unknown, partition: number) =>
      new Reader({
        store,
        partition,
        book: this.#book,
        guard: this.#guard,
        inventory: this.#bookkeeper,
        cluster,
        clock,
        random,
        counters: this.#counters,
        recursive: this.#o.directory.recursive,
        isOver: (epoch) => this.#following.hasEnded(epoch),
        directory: this.#directory,
        lookIntoNew: this.#o.lookIntoNew ?? false,
        report,
        tracing: this.#o.tracing,
        onArmed: () => this.#runner.poke(),
      });
    this.#readers = Array.from({ length: store.log.partitions }, newReader);
    const ends = this.#readers.map((reader) => reader.run(this.#received.signal, this.#reading.signal));
    return Promise.all(ends).then(
      () => undefined,
      (error: unknown) => this.#fail(error),
    );
  }

  /** From time to time: is the directory still there, under the same path, and do the clocks agree? */
  async #look(): Promise<void> {
    const { signal } = this.#watching;
    while (!signal.aborted) {
      try {
        await this.#o.clock.sleep(LOOK_EVERY_MS, signal);
        await this.#directory.refresh(signal);
        this.#skew.tell();
      } catch (error) {
        // What is left to be done a worker does, whatever the watch comes to.
        if (isNotThere(error) && this.#o.role !== 'worker') this.#removed();
        // Anything else is for the stream and the calls to find out.
      }
    }
  }

  #removed(): void {
    if (this.#end !== undefined) return;
    const path = this.#directory.path();
    this.#o.report({ kind: 'watch-removed', at: this.#now(), path });
    this.#finish({ reason: 'watch-removed', error: new WatchEndedError(`The watched directory ${path} was removed.`) });
  }

  #fail(error: unknown): void {
    if (this.#end !== undefined) return;
    const { reason, remedy, error: told } = fatalWords(error, this.#directory.path(), this.#o.directory.recursive);
    this.#o.report({ kind: 'fatal', at: this.#now(), reason, remedy });
    this.#finish({ reason: 'fatal', error: told });
  }

  #finish(end: { reason: MonitorSummary['endReason']; error?: Error }): void {
    this.#end ??= end;
    this.#following.end();
    this.#watching.abort();
    void this.#runner.stop();
    this.#leaving ??= leaveWhenAway(this.#o, this.#over.signal);
  }

  /** Finishes what is in flight; what is not done in time stays in the store. */
  async #drain(readers: Promise<void>): Promise<void> {
    this.#watching.abort();
    const ended = this.#runner.stop();
    await this.#decideReceived(readers);
    const { inFlight } = this.#runner;
    const jobs = await this.#countsOrNone();
    this.#o.report({ kind: 'draining', at: this.#now(), inFlight, waiting: jobs.waiting + jobs.due });
    const enough = new AbortController();
    const late = this.#o.clock.sleep(DRAIN_MS, enough.signal).then(
      () => this.#calling.abort(),
      () => undefined,
    );
    await ended;
    enough.abort();
    await late;
  }

  /** What is not decided about in time is so after the next start; but then nobody is told today that it is to be done. */
  async #decideReceived(readers: Promise<void>): Promise<void> {
    if (this.#end?.reason === 'fatal') this.#reading.abort();
    this.#received.abort();
    const enough = new AbortController();
    const late = this.#o.clock.sleep(DECIDE_MS, enough.signal).catch(() => undefined);
    await Promise.race([readers, late]);
    enough.abort();
    this.#reading.abort();
    await readers;
  }

  async #summary(): Promise<MonitorSummary> {
    const end = this.#end ?? { reason: 'signal' as const };
    return {
      counters: { ...this.#counters },
      jobs: await this.#countsOrNone(),
      startedAt: iso(this.#startedAt),
      endedAt: this.#now(),
      endReason: end.reason,
      ...(end.error === undefined ? {} : { error: end.error }),
    };
  }

  /** At the end the store may be what has failed. */
  async #countsOrNone(): Promise<JobCounts> {
    try {
      return await this.#o.store.jobs.counts(this.#o.clock.now());
    } catch {
      return { waiting: 0, due: 0, running: 0, dead: 0, parked: 0 };
    }
  }

  #now(): string {
    return iso(this.#o.clock.now());
  }
}
