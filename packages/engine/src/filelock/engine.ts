import { setMaxListeners } from 'node:events';
import type { Clock } from '@qwarden/qumulo-client';
import { lockFile } from '../actions/lock/lock.ts';
import { Whereabouts } from '../actions/lock/whereabouts.ts';
import type { Cluster } from '../cluster.ts';
import { Gate } from '../jobs/gate.ts';
import { ConcurrencyLimiter } from '../jobs/limiter.ts';
import { Scheduler } from '../jobs/scheduler.ts';
import type { Selection } from '../rules/selection.ts';
import type { EngineState } from '../state.ts';
import { isNotThere, WatchedDirectory } from '../watch/place.ts';
import { WatchSupervisor } from '../watch/supervisor.ts';
import { Arrivals } from './arrivals.ts';
import { CatchUp } from './catch-up.ts';
import { Desk } from './desk.ts';
import type { CatchUpReason, EndReason, FilelockEvent, FilelockStatus, FilelockSummary } from './events.ts';
import { ARRIVAL_EVENTS, FILELOCK_EVENTS, Intake } from './intake.ts';
import { Inventory } from './inventory.ts';
import { Lookups } from './lookups.ts';
import { iso } from './moment.ts';
import type { FilelockPolicy } from './policy.ts';
import { Recorder } from './recorder.ts';
import { Tally } from './tally.ts';
import type { Filelock } from './types.ts';
import { fatalWords, WatchEndedError } from './words.ts';
import { Worker } from './worker.ts';

const DRAIN_MS = 10_000;
const LOOK_EVERY_MS = 60_000;
/** Events that the first inventory has overtaken are here by then. */
const BASELINE_ECHO_MS = 30_000;
const SKEW_MS = 2000;
const FORGET_AFTER_MS = 7 * 86_400_000;
const DEFAULT_CONCURRENCY = 128;
const WARM = 32;

export interface EngineOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: FilelockEvent) => void;
  readonly state: EngineState;
  readonly selection: Selection;
  readonly policy: FilelockPolicy;
  readonly directory: { readonly id: string; readonly path: string; readonly recursive: boolean };
  readonly dryRun: boolean;
  readonly maxConcurrency: number | undefined;
  /** Called by `close()`, after the state is closed. */
  readonly release: () => void;
}

/** `filelock`: one watch, one policy, and the engine's parts put together for them. */
export class FilelockEngine implements Filelock {
  readonly #o: EngineOptions;
  readonly #tally = new Tally();
  readonly #limiter: ConcurrencyLimiter;
  readonly #gate: Gate;
  readonly #scheduler: Scheduler;
  readonly #desk: Desk;
  readonly #intake: Intake;
  readonly #catchUp: CatchUp;
  readonly #supervisor: WatchSupervisor;
  readonly #directory: WatchedDirectory;
  /** Ends watching, walking, looking. */
  readonly #watching = new AbortController();
  /** Ends calls that set retention locks; only after the drain. */
  readonly #calling = new AbortController();
  #stream: FilelockStatus['stream'] = 'connecting';
  #since: number;
  #startedAt = 0;
  #end: { reason: EndReason; error?: Error } | undefined;
  #started = false;
  #baselineDone: boolean;
  #beganBefore: number | undefined;
  #everRegistered = false;
  #skewTold = 0;

  constructor(options: EngineOptions) {
    this.#o = options;
    const { cluster, clock, random, state, policy, selection, directory } = options;
    setMaxListeners(0, this.#watching.signal, this.#calling.signal);
    this.#since = clock.now();
    const watch = state.coverage.watch();
    this.#baselineDone = watch.baselineDoneAt !== undefined;
    this.#beganBefore = watch.beganClusterMs;
    this.#directory = new WatchedDirectory({
      cluster,
      directoryId: directory.id,
      path: directory.path,
      recursive: directory.recursive,
      onRenamed: (oldPath, path) => this.#renamed(oldPath, path),
    });
    this.#limiter = new ConcurrencyLimiter(options.maxConcurrency ?? DEFAULT_CONCURRENCY);
    this.#gate = new Gate(random);
    this.#desk = new Desk({
      state,
      tally: this.#tally,
      report: options.report,
      offer: (jobs) => this.#scheduler.offer(jobs),
      onFatal: (error) => this.#fail(error),
    });
    const watchPath = () => this.#directory.path();
    const arrivals = new Arrivals({
      desk: this.#desk,
      tally: this.#tally,
      clock,
      selection,
      intervalMs: policy.intervalMs,
      run: state.run,
      watchPath,
    });
    const recorder = new Recorder({ desk: this.#desk, arrivals, tally: this.#tally, clock, random });
    const whereabouts = new Whereabouts(cluster, this.#directory, selection);
    const signal = this.#calling.signal;
    const worker = new Worker({
      clock,
      limiter: this.#limiter,
      gate: this.#gate,
      recorder,
      report: options.report,
      lock: (job) => lockFile(job, { cluster, policy, whereabouts, dryRun: options.dryRun, run: state.run, signal }),
      inFlight: () => this.#scheduler.inFlight,
    });
    this.#scheduler = new Scheduler({
      jobs: state.jobs,
      clock,
      limiter: this.#limiter,
      gate: this.#gate,
      run: (job) => worker.run(job),
      onFatal: (error) => this.#fail(error),
    });
    const inventory = new Inventory({
      cluster,
      desk: this.#desk,
      arrivals,
      clock,
      watchPath,
      refreshPath: (signal) => this.#directory.refresh(signal),
      beganClusterMs: () => this.#beganBefore,
      watchBeganMs: () => state.coverage.watch().beganClusterMs,
      baselineRecent: () => this.#baselineRecent(),
      renamedInside: (fileId) => this.#intake.renamedInside(fileId),
    });
    const lookups = new Lookups({
      cluster,
      inventory,
      arrivals,
      desk: this.#desk,
      clock,
      random,
      signal: this.#watching.signal,
    });
    this.#intake = new Intake({
      desk: this.#desk,
      arrivals,
      log: state.log,
      tally: this.#tally,
      clock,
      recursive: directory.recursive,
      baselineRecent: () => this.#baselineRecent(),
      lookUp: (lookup) => lookups.add(lookup),
    });
    this.#catchUp = new CatchUp({
      inventory,
      directory: this.#directory,
      directoryId: directory.id,
      policy,
      arrivals,
      desk: this.#desk,
      state,
      clock,
      random,
      report: options.report,
      onRemoved: () => this.#removed(),
    });
    this.#supervisor = new WatchSupervisor({
      cluster,
      clock,
      random,
      directoryId: directory.id,
      recursive: directory.recursive,
      filter: policy.intervalMs > 0 ? FILELOCK_EVENTS : ARRIVAL_EVENTS,
      coverage: state.coverage,
      commit: (change) => this.#desk.work('now', change),
      take: (epoch, batch) => this.#intake.take(epoch, batch),
      onRegistered: (epoch, epochSignal) => this.#registered(epoch, epochSignal),
      onEnded: (end) => this.#streamEnded(end),
      onRetry: (retry) => {
        this.#setStream('connecting');
        this.#tell({ kind: 'stream-retry', at: this.#now(), ...retry });
      },
      onRefused: ({ what, reason, retryInMs }) => {
        this.#setStream('down');
        const remedy =
          what === 'login'
            ? 'Check user and password, or the access token (qwarden configure).'
            : 'The user may have lost a right on the directory.';
        this.#tell({ kind: 'refused', at: this.#now(), what, reason, remedy, retryInMs });
      },
    });
  }

  async run(signal: AbortSignal): Promise<FilelockSummary> {
    if (this.#started) throw new Error('run() was called twice');
    this.#started = true;
    this.#startedAt = this.#o.clock.now();
    const stop = () => this.#finish({ reason: 'signal' });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await this.#begin();
      const end = await this.#supervisor.run(this.#watching.signal);
      if (end.kind === 'removed') this.#removed();
      if (end.kind === 'refused') this.#fail(end.error);
    } catch (error) {
      this.#fail(error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    await this.#drain();
    return this.#summary();
  }

  status(): FilelockStatus {
    const inFlight = this.#scheduler.inFlight;
    return {
      ...this.#tally.counters,
      inFlight,
      concurrencyLimit: this.#limiter.limit,
      stream: this.#stream,
      since: iso(this.#since),
      settlingNow: Math.max(0, this.#tally.counters.pending - inFlight - this.#scheduler.ready),
      rate: this.#tally.rate(this.#o.clock.now()),
      latency: this.#tally.latency.summary(),
    };
  }

  async close(): Promise<void> {
    this.#watching.abort();
    this.#calling.abort();
    await this.#scheduler.stop();
    this.#o.state.close();
    this.#o.release();
  }

  async #begin(): Promise<void> {
    const { state, clock, cluster } = this.#o;
    await this.#desk.work('now', () => {
      this.#tally.counters.pending += state.jobs.reviveDead(clock.now());
      state.files.prune(clock.now() - FORGET_AFTER_MS);
    });
    void this.#look();
    // Warm connections are a courtesy: when it fails, the first call says why.
    cluster.warm(Math.min(WARM, this.#o.maxConcurrency ?? WARM)).catch(() => undefined);
    this.#scheduler.start();
  }

  #registered(epoch: number, epochSignal: AbortSignal): void {
    const { coverage } = this.#o.state;
    const { id, recursive } = this.#o.directory;
    this.#setStream('watching');
    this.#tell({ kind: 'listening', at: this.#now(), path: this.#directory.path(), directoryId: id, recursive, epoch });
    this.#tellSkew();
    const reason: CatchUpReason = this.#baselineDone ? (this.#everRegistered ? 'gap' : 'restart') : 'baseline';
    this.#everRegistered = true;
    const close = async () => {
      if (coverage.watch().beganClusterMs === undefined) {
        const began = this.#o.cluster.clusterClock.nowMs();
        await this.#desk.work('now', () => coverage.setBegan(began));
      }
      await this.#catchUp.close(epoch, reason, epochSignal);
      if (reason === 'baseline') this.#baselineDone = coverage.watch().baselineDoneAt !== undefined;
    };
    close().catch((error: unknown) => this.#fail(error));
  }

  #baselineRecent(): boolean {
    const doneAt = this.#o.state.coverage.watch().baselineDoneAt;
    return doneAt === undefined || this.#o.clock.now() - doneAt < BASELINE_ECHO_MS;
  }

  #streamEnded(end: { reason: string; message: string | null }): void {
    if (this.#watching.signal.aborted) return;
    this.#setStream('down');
    this.#tally.counters.streamRestarts += 1;
    this.#intake.streamEnded();
    // From here on a first inventory that is not finished can meet files that no event has told of.
    this.#beganBefore ??= this.#o.state.coverage.watch().beganClusterMs;
    this.#tell({ kind: 'stream-ended', at: this.#now(), ...end });
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
        if (isNotThere(error)) this.#removed();
        // Anything else is for the stream and the calls to find out.
      }
    }
  }

  #tellSkew(): void {
    const skewMs = this.#o.cluster.clusterClock.skewMs();
    if (skewMs === undefined || Math.abs(skewMs - this.#skewTold) <= SKEW_MS) return;
    this.#skewTold = skewMs;
    const message = `The cluster's clock is ${Math.abs(Math.round(skewMs / 100) / 10)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's. Retention follows the cluster's.`;
    this.#tell({ kind: 'skew', at: this.#now(), skewMs, message });
  }

  #renamed(oldPath: string, path: string): void {
    this.#tell({ kind: 'watch-renamed', at: this.#now(), oldPath, path });
    void this.#desk.work('soon', () => this.#o.state.coverage.setPath(path)).catch(() => undefined);
  }

  #removed(): void {
    if (this.#end !== undefined) return;
    const path = this.#directory.path();
    this.#tell({ kind: 'watch-removed', at: this.#now(), path });
    this.#finish({ reason: 'watch-removed', error: new WatchEndedError(`The watched directory ${path} was removed.`) });
  }

  #fail(error: unknown): void {
    if (this.#end !== undefined) return;
    const { reason, remedy, error: told } = fatalWords(error, this.#directory.path(), this.#o.directory.recursive);
    this.#tell({ kind: 'fatal', at: this.#now(), reason, remedy });
    this.#finish({ reason: 'fatal', error: told });
  }

  #finish(end: { reason: EndReason; error?: Error }): void {
    this.#end ??= end;
    this.#setStream('down');
    this.#watching.abort();
  }

  /** Finishes what is in flight; what is not done in time stays pending. */
  async #drain(): Promise<void> {
    this.#watching.abort();
    const ended = this.#scheduler.stop();
    const { inFlight } = this.#scheduler;
    this.#tell({ kind: 'draining', at: this.#now(), inFlight, pending: this.#tally.counters.pending });
    if (inFlight > 0) {
      const enough = new AbortController();
      const late = this.#o.clock.sleep(DRAIN_MS, enough.signal).then(
        () => this.#calling.abort(),
        () => undefined,
      );
      await ended;
      enough.abort();
      await late;
    }
    await this.#desk.work('now', () => undefined).catch(() => undefined);
  }

  #summary(): FilelockSummary {
    const end = this.#end ?? { reason: 'signal' as const };
    return {
      ...this.#tally.counters,
      latency: this.#tally.latency.summary(),
      startedAt: iso(this.#startedAt),
      endedAt: this.#now(),
      endReason: end.reason,
      ...(end.error === undefined ? {} : { error: end.error }),
    };
  }

  #setStream(stream: FilelockStatus['stream']): void {
    if (this.#stream === stream) return;
    this.#stream = stream;
    this.#since = this.#o.clock.now();
  }

  #now(): string {
    return iso(this.#o.clock.now());
  }

  #tell(event: FilelockEvent): void {
    this.#o.report(event);
  }
}
