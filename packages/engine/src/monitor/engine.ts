import { setMaxListeners } from 'node:events';
import {
  notifyEventTypes,
  type Clock,
  type NotifyBurst,
  type NotifyEventType,
  type QumuloClient,
} from '@qwarden/qumulo-client';
import type { Actions, Outside } from '../actions/port.ts';
import { fatalWords, WatchEndedError } from '../watch/words.ts';
import { Bookkeeper } from '../inventory/bookkeeper.ts';
import { type Inventory, type InventoryStore, isSameName } from '../inventory/port.ts';
import { absolutePath } from '../inventory/found.ts';
import { viewOf } from '../inventory/view.ts';
import { LoopGuard } from '../guard/guard.ts';
import { RunawayBreaker, runawayKey } from '../guard/runaway.ts';
import { ConcurrencyLimiter } from '../jobs/limiter.ts';
import type { CoverageLog, JobCounts, LogLag, QueueStore, RuleJob, WatchKey } from '../queue/port.ts';
import { iso } from '../time/iso.ts';
import { isNotThere, WatchedDirectory } from '../watch/place.ts';
import { WatchSupervisor } from '../watch/supervisor.ts';
import { CatchUp } from './catch-up.ts';
import { type MonitorCounters, type MonitorEvent, noCounters } from './events.ts';
import type { Depths, Measured, Vitals } from '../metrics/measured.ts';
import type { Tracing } from '../tracing/port.ts';
import { JobRun } from './job-run.ts';
import { LOOK_INSIDE, lookInsideRule } from './look-inside.ts';
import { Reader } from './reader.ts';
import { Standings } from './standing.ts';
import { takeOver } from './take-over.ts';
import { SyntheticBatches } from './synthetic.ts';
import { RuleBook } from './rule-book.ts';
import { Runner } from './runner.ts';
import { Targets } from './targets.ts';

const DEFAULT_CONCURRENCY = 128;
const DRAIN_MS = 10_000;
/** So long the end waits for a store that is away, at least. */
const AWAY_MS = 5000;
/** For what was received before the end. */
const DECIDE_MS = 2000;
/** No event tells a watcher that its own directory was renamed. */
const LOOK_EVERY_MS = 5000;
const SKEW_MS = 2000;
const HOUSEKEEPING_MS = 60_000;
const KEEP_TRACES_MS = 30 * 86_400_000;
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

export type MonitorRole = 'all' | 'watcher' | 'worker';

export interface MonitorOptions {
  readonly cluster: QumuloClient;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: MonitorEvent) => void;
  readonly tracing?: Tracing | undefined;
  readonly store: QueueStore;
  readonly actions: Actions;
  readonly directory: { readonly id: string; readonly path: string; readonly recursive: boolean };
  readonly coverage: CoverageLog;
  /** What is known to be below the directory; a worker needs none. */
  readonly inventory: InventoryStore | undefined;
  readonly dryRun: boolean;
  /** `watcher` follows the stream and decides, `worker` carries out; `all` does both. */
  readonly role: MonitorRole;
  /** Of a worker: which directory the queue's watcher watches, as far as there is one. */
  readonly ofQueue?: (() => Promise<WatchKey | undefined>) | undefined;
  /** Aborts when another has taken over the watch; its reason is the error. */
  readonly lost: AbortSignal | undefined;
  /** Other processes share the store. */
  readonly shared: boolean;
  readonly maxConcurrency: number | undefined;
  /** The difference of the clocks that the user has been told already, ms. */
  readonly skewToldMs: number;
  /** Directories that were made are looked into, in case their first files were not told of; default: no. */
  readonly lookIntoNew?: boolean | undefined;
  /** Types of change to be told of; default: all. */
  readonly types?: readonly NotifyEventType[] | undefined;
  /**
   * The watched directory has a new path, which counts once this resolves: for rules that follow it. Jobs made before are then carried out
   * where the rule of the same name in the rule set in force is for the file.
   */
  readonly beforeRenamed?: ((path: string) => Promise<void>) | undefined;
  /** A job that has failed for good is tried once more when its file is not there any more: nobody is to be asked about that. */
  readonly forgetsGone?: boolean | undefined;
  /** Called by `close()`, after the store is closed. */
  readonly release: () => Promise<void>;
}

export interface MonitorStatus {
  readonly stream: 'connecting' | 'watching' | 'down';
  readonly since: string;
  /** The queue has no room: the stream is not read until its reader has caught up. */
  readonly paused: boolean;
  readonly lag: LogLag;
  readonly jobs: JobCounts;
  readonly inFlight: number;
  readonly concurrencyLimit: number;
  readonly tripped: readonly string[];
  readonly awaitedEchoes: number;
  readonly ruleSet: { readonly hash: string; readonly rules: number };
  readonly counters: Readonly<MonitorCounters>;
}

export interface MonitorSummary {
  readonly counters: Readonly<MonitorCounters>;
  readonly jobs: JobCounts;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly endReason: 'signal' | 'watch-removed' | 'fatal';
  readonly error?: Error;
}

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
  readonly #catchUp: CatchUp | undefined;
  readonly #supervisor: WatchSupervisor;
  #readers: readonly Reader[] = [];
  #stream: MonitorStatus['stream'] = 'connecting';
  #since: number;
  #startedAt = 0;
  #skewTold: number;
  #started = false;
  #end: { reason: MonitorSummary['endReason']; error?: Error } | undefined;
  /** Not everything until now is known to be in the log. */
  #gapOpen = true;
  /** Until when everything was seen; undefined: this watch begins now. */
  #seenUntil: number | undefined;
  #everRegistered = false;
  #isPaused = false;
  /** Jobs for files that have gone. */
  readonly #retried = new Set<string>();
  #epoch = 0;

  private constructor(options: MonitorOptions, guard: LoopGuard, seenUntil: number | undefined) {
    this.#o = options;
    const { cluster, clock, random, store, coverage, report } = options;
    setMaxListeners(0, this.#watching.signal, this.#received.signal, this.#reading.signal, this.#calling.signal);
    this.#since = clock.now();
    this.#skewTold = options.skewToldMs;
    this.#guard = guard;
    this.#seenUntil = seenUntil;
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
          () => this.#epoch,
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
    this.#catchUp = this.#newCatchUp();
    this.#supervisor = new WatchSupervisor({
      cluster,
      clock,
      random,
      directoryId: options.directory.id,
      recursive: options.directory.recursive,
      filter: options.types ?? notifyEventTypes,
      coverage,
      take: (epoch, burst) => this.#take(epoch, burst),
      onRegistered: (epoch, epochSignal) => this.#registered(epoch, epochSignal),
      onEnded: (end) => this.#streamEnded(end),
      onRetry: (retry) => {
        this.#setStream('connecting');
        report({ kind: 'stream-retry', at: this.#now(), ...retry });
      },
      onPaused: () => void this.#paused(),
      onResumed: (pausedMs) => {
        this.#isPaused = false;
        report({ kind: 'watch-resumed', at: this.#now(), pausedMs });
      },
      onRefused: ({ what, reason, retryInMs }) => {
        this.#setStream('down');
        const remedy =
          what === 'login'
            ? 'Check user and password, or the access token (qwarden configure).'
            : 'The user may have lost a right on the directory.';
        report({ kind: 'refused', at: this.#now(), what, reason, remedy, retryInMs });
      },
    });
  }

  #newCatchUp(): CatchUp | undefined {
    const { cluster, clock, random, store, coverage, report, inventory } = this.#o;
    if (inventory === undefined || this.#bookkeeper === undefined) return undefined;
    return new CatchUp({
      cluster,
      log: store.log,
      inventory,
      bookkeeper: this.#bookkeeper,
      directory: this.#directory,
      clock,
      random,
      report,
      onRemoved: () => this.#removed(),
      began: async () => {
        for await (const { registeredAt } of coverage.epochs()) if (registeredAt !== null) return registeredAt;
        return undefined;
      },
      closed: async (epoch, by) => {
        await coverage.gapClosed(epoch, by, clock.now());
        this.#seenUntil = clock.now();
        this.#gapOpen = epoch !== this.#epoch || this.#stream !== 'watching';
      },
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
      void this.#housekeeping();
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
      since: iso(this.#since),
      paused: this.#isPaused,
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
      stream: this.#stream,
      gapOpen: this.#gapOpen,
      paused: this.#isPaused,
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
    // A person has looked at it: what fed it counts anew.
    this.#runaway.release(runawayKey(key));
    return await this.#o.store.jobs.retry(key, this.#o.clock.now());
  }

  /** Removes a job that does not run. False when there is none, or it runs. Rejects with StateError. */
  async cancel(key: string, why: string): Promise<boolean> {
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
    const end = await this.#supervisor.run(this.#watching.signal);
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
        isOver: (epoch) => epoch !== this.#epoch || this.#stream !== 'watching',
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

  #take(epoch: number, { events, raw, receivedAtMs }: NotifyBurst): Promise<void> {
    return this.#o.store.log.append({
      epoch,
      receivedAt: receivedAtMs,
      events: events.length,
      root: this.#directory.path(),
      source: 'stream',
      raw,
      parsed: events,
    });
  }

  async #paused(): Promise<void> {
    this.#isPaused = true;
    const { batches, events, oldestAt } = await this.#lagOrNone();
    const oldest = oldestAt === null ? null : iso(oldestAt);
    this.#o.report({ kind: 'watch-paused', at: this.#now(), batches, events, oldestAt: oldest });
  }

  /** A store that is away is told of as such. */
  async #lagOrNone(): Promise<LogLag> {
    try {
      return await this.#o.store.log.lag();
    } catch {
      return { batches: 0, events: 0, oldestAt: null, bytes: 0 };
    }
  }

  #registered(epoch: number, epochSignal: AbortSignal): void {
    const { directory } = this.#o;
    this.#epoch = epoch;
    this.#setStream('watching');
    const path = this.#directory.path();
    const { id: directoryId, recursive } = directory;
    this.#o.report({ kind: 'listening', at: this.#now(), path, directoryId, recursive, epoch });
    this.#tellSkew();
    const reason = this.#everRegistered ? 'gap' : 'restart';
    this.#everRegistered = true;
    const closing = this.#catchUp?.close(epoch, reason, this.#seenUntil, epochSignal);
    closing?.catch((error: unknown) => this.#fail(error));
  }

  #streamEnded(end: { reason: string; message: string | null }): void {
    if (this.#watching.signal.aborted) return;
    this.#setStream('down');
    this.#gapOpen = true;
    this.#counters.streamRestarts += 1;
    this.#o.report({ kind: 'stream-ended', at: this.#now(), ...end });
    const coverage = this.#o.coverage.seenUntil().then((until) => {
      this.#seenUntil = until;
      return undefined;
    });
    coverage.catch((error: unknown) => this.#fail(error));
  }

  /** From time to time: is the directory still there, under the same path, and do the clocks agree? */
  async #look(): Promise<void> {
    const { signal } = this.#watching;
    while (!signal.aborted) {
      try {
        await this.#o.clock.sleep(LOOK_EVERY_MS, signal);
        await this.#directory.refresh(signal);
        this.#tellSkew();
      } catch (error) {
        // What is left to be done a worker does, whatever the watch comes to.
        if (isNotThere(error) && this.#o.role !== 'worker') this.#removed();
        // Anything else is for the stream and the calls to find out.
      }
    }
  }

  async #housekeeping(): Promise<void> {
    const { signal } = this.#watching;
    const { clock, store } = this.#o;
    while (!signal.aborted) {
      try {
        await clock.sleep(HOUSEKEEPING_MS, signal);
        await this.#guard.expire();
        await store.traces.prune(clock.now() - KEEP_TRACES_MS);
        await store.locks.prune(clock.now() - KEEP_TRACES_MS);
        if (this.#o.forgetsGone === true) await this.#retryGone();
      } catch (error) {
        if (!signal.aborted) this.#fail(error);
      }
    }
  }

  async #retryGone(): Promise<void> {
    const { store, inventory } = this.#o;
    if (inventory?.record().wholeSince === undefined || this.#gapOpen) return;
    for await (const { key, fileId } of store.jobs.list({ states: ['dead'] })) {
      // Once: if it is there after all, it would fail like that each time.
      if (this.#retried.has(key) || inventory.names(fileId).length > 0) continue;
      this.#retried.add(key);
      await this.retry(key);
    }
  }

  #tellSkew(): void {
    const skewMs = this.#o.cluster.clusterClock.skewMs();
    if (skewMs === undefined || Math.abs(skewMs - this.#skewTold) <= SKEW_MS) return;
    this.#skewTold = skewMs;
    const message = `The cluster's clock is ${Math.abs(Math.round(skewMs / 100) / 10)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's. Retention follows the cluster's.`;
    this.#o.report({ kind: 'skew', at: this.#now(), skewMs, message });
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
    this.#setStream('down');
    this.#watching.abort();
    void this.#runner.stop();
    this.#leaving ??= this.#leaveWhenAway();
  }

  /** What waits for a store that is away would hold up the end for as long: it is given up. */
  async #leaveWhenAway(): Promise<void> {
    const { clock, store } = this.#o;
    const { signal } = this.#over;
    while (!signal.aborted) {
      await clock.sleep(AWAY_MS, signal).catch(() => undefined);
      if (signal.aborted || store.isAway !== true) continue;
      const message =
        'The queue is away at the end, and is not waited for. It has all that was in it: what was being done is looked at again by the next that works with it.';
      this.#o.report({ kind: 'store', at: this.#now(), state: 'left', message });
      await store.close();
      return;
    }
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

  #setStream(stream: MonitorStatus['stream']): void {
    if (this.#stream === stream) return;
    this.#stream = stream;
    this.#since = this.#o.clock.now();
  }

  #now(): string {
    return iso(this.#o.clock.now());
  }
}
