import { setMaxListeners } from 'node:events';
import { isNotThere } from '../watch/place.ts';
import type { WatchRecord } from '../watch/port.ts';
import { assemble, type EngineOptions, type Parts } from './assembly.ts';
import type { CatchUpReason, EndReason, FilelockEvent, FilelockStatus, FilelockSummary } from './events.ts';
import { iso } from '../time/iso.ts';
import type { Filelock } from './types.ts';
import { fatalWords, WatchEndedError } from '../watch/words.ts';

const DRAIN_MS = 10_000;
/** No event tells a watcher that its own directory was renamed, and until it is noticed messages name the old path. */
const LOOK_EVERY_MS = 5000;
/** Events that the first inventory has overtaken are here by then. */
const BASELINE_ECHO_MS = 30_000;
const SKEW_MS = 2000;
const FORGET_AFTER_MS = 7 * 86_400_000;
const WARM = 32;

/** The life of one `filelock`: begins, follows the stream, closes gaps, drains, and sums up. The work is done by its parts. */
export class FilelockEngine implements Filelock {
  readonly #o: EngineOptions;
  readonly #parts: Parts;
  /** Ends watching, walking, looking. */
  readonly #watching = new AbortController();
  /** Ends calls that set retention locks; only after the drain. */
  readonly #calling = new AbortController();
  #stream: FilelockStatus['stream'] = 'connecting';
  #since: number;
  #startedAt = 0;
  #end: { reason: EndReason; error?: Error } | undefined;
  #started = false;
  /** As the state has it; looked at for every file of a walk. */
  #watch: WatchRecord;
  /** Cluster's time when the watch began, once there has been a gap since. */
  #beganBefore: number | undefined;
  #everRegistered = false;
  #skewTold: number;

  constructor(options: EngineOptions) {
    this.#o = options;
    setMaxListeners(0, this.#watching.signal, this.#calling.signal);
    this.#since = options.clock.now();
    this.#skewTold = options.skewToldMs;
    this.#watch = options.state.coverage.watch();
    this.#beganBefore = this.#watch.beganClusterMs;
    this.#parts = assemble(options, {
      watching: this.#watching.signal,
      calling: this.#calling.signal,
      onFatal: (error) => this.#fail(error),
      onRemoved: () => this.#removed(),
      onRenamed: (oldPath, path) => this.#renamed(oldPath, path),
      beganBeforeMs: () => this.#beganBefore,
      watchBeganMs: () => this.#watch.beganClusterMs,
      baselineRecent: () => this.#baselineRecent(),
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
      const end = await this.#parts.supervisor.run(this.#watching.signal);
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
    const inFlight = this.#parts.scheduler.inFlight;
    return {
      ...this.#parts.tally.counters,
      inFlight,
      concurrencyLimit: this.#parts.limiter.limit,
      stream: this.#stream,
      since: iso(this.#since),
      settlingNow: Math.max(0, this.#parts.tally.counters.pending - inFlight - this.#parts.scheduler.ready),
      rate: this.#parts.tally.rate(this.#o.clock.now()),
      latency: this.#parts.tally.latency.summary(),
    };
  }

  async close(): Promise<void> {
    this.#watching.abort();
    this.#calling.abort();
    await this.#parts.scheduler.stop();
    this.#o.state.close();
    this.#o.release();
  }

  async #begin(): Promise<void> {
    const { state, clock, cluster } = this.#o;
    await this.#parts.desk.work('now', () => {
      this.#parts.tally.counters.pending += state.jobs.reviveDead(clock.now());
      state.files.prune(clock.now() - FORGET_AFTER_MS);
    });
    void this.#look();
    // Warm connections are a courtesy: when it fails, the first call says why.
    cluster.warm(Math.min(WARM, this.#o.maxConcurrency ?? WARM)).catch(() => undefined);
    if (this.#end === undefined) this.#parts.scheduler.start();
  }

  #registered(epoch: number, epochSignal: AbortSignal): void {
    const { coverage } = this.#o.state;
    const { id, recursive } = this.#o.directory;
    this.#watch = coverage.watch();
    this.#setStream('watching');
    this.#tell({
      kind: 'listening',
      at: this.#now(),
      path: this.#parts.directory.path(),
      directoryId: id,
      recursive,
      epoch,
    });
    this.#tellSkew();
    const done = this.#watch.baselineDoneAt !== undefined;
    const reason: CatchUpReason = done ? (this.#everRegistered ? 'gap' : 'restart') : 'baseline';
    this.#everRegistered = true;
    const close = async () => {
      await this.#parts.catchUp.close(epoch, reason, epochSignal);
      this.#watch = coverage.watch();
    };
    close().catch((error: unknown) => this.#fail(error));
  }

  #baselineRecent(): boolean {
    const doneAt = this.#watch.baselineDoneAt;
    return doneAt === undefined || this.#o.clock.now() - doneAt < BASELINE_ECHO_MS;
  }

  #streamEnded(end: { reason: string; message: string | null }): void {
    if (this.#watching.signal.aborted) return;
    this.#setStream('down');
    this.#parts.tally.counters.streamRestarts += 1;
    this.#parts.intake.streamEnded();
    // From here on a first inventory that is not finished can meet files that no event has told of.
    this.#beganBefore ??= this.#watch.beganClusterMs;
    this.#tell({ kind: 'stream-ended', at: this.#now(), ...end });
  }

  /** From time to time: is the directory still there, under the same path, and do the clocks agree? */
  async #look(): Promise<void> {
    const { signal } = this.#watching;
    while (!signal.aborted) {
      try {
        await this.#o.clock.sleep(LOOK_EVERY_MS, signal);
        await this.#parts.directory.refresh(signal);
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
    void this.#parts.desk.work('soon', () => this.#o.state.coverage.setPath(path)).catch(() => undefined);
  }

  #removed(): void {
    if (this.#end !== undefined) return;
    const path = this.#parts.directory.path();
    this.#tell({ kind: 'watch-removed', at: this.#now(), path });
    this.#finish({ reason: 'watch-removed', error: new WatchEndedError(`The watched directory ${path} was removed.`) });
  }

  #fail(error: unknown): void {
    if (this.#end !== undefined) return;
    const {
      reason,
      remedy,
      error: told,
    } = fatalWords(error, this.#parts.directory.path(), this.#o.directory.recursive);
    this.#tell({ kind: 'fatal', at: this.#now(), reason, remedy });
    this.#finish({ reason: 'fatal', error: told });
  }

  #finish(end: { reason: EndReason; error?: Error }): void {
    this.#end ??= end;
    this.#setStream('down');
    this.#watching.abort();
    // Nothing new is begun: on a full disk it could not be recorded. What is in flight is waited for in the drain.
    void this.#parts.scheduler.stop();
  }

  /** Finishes what is in flight; what is not done in time stays pending. */
  async #drain(): Promise<void> {
    this.#watching.abort();
    const ended = this.#parts.scheduler.stop();
    const { inFlight } = this.#parts.scheduler;
    this.#tell({ kind: 'draining', at: this.#now(), inFlight, pending: this.#parts.tally.counters.pending });
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
    await this.#parts.desk.work('now', () => undefined).catch(() => undefined);
  }

  #summary(): FilelockSummary {
    const end = this.#end ?? { reason: 'signal' as const };
    return {
      ...this.#parts.tally.counters,
      latency: this.#parts.tally.latency.summary(),
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
