import { notifyEventTypes, type NotifyBurst } from '@qwarden/qumulo-client';
import type { Bookkeeper } from '../inventory/bookkeeper.ts';
import type { LogLag } from '../queue/port.ts';
import { iso } from '../time/iso.ts';
import type { WatchedDirectory } from '../watch/place.ts';
import { type WatchEnd, WatchSupervisor } from '../watch/supervisor.ts';
import { CatchUp } from './catch-up.ts';
import type { MonitorOptions } from './options.ts';

export type StreamState = 'connecting' | 'watching' | 'down';

export interface FollowingDeps {
  readonly directory: WatchedDirectory;
  readonly bookkeeper: Bookkeeper | undefined;
  /** Until when everything was seen; undefined: this watch begins now. */
  readonly seenUntil: number | undefined;
  readonly onListening: () => void;
  /** The stream has ended, and is opened again. */
  readonly onEnded: () => void;
  readonly onRemoved: () => void;
  /** Going on makes no sense. */
  readonly onFatal: (error: unknown) => void;
}

/** Follows the stream of one watched directory into the log, and knows whether anything was missed. */
export class Following {
  readonly #o: MonitorOptions;
  readonly #deps: FollowingDeps;
  readonly #catchUp: CatchUp | undefined;
  readonly #supervisor: WatchSupervisor;
  #stream: StreamState = 'connecting';
  #since: number;
  #isPaused = false;
  /** Not everything until now is known to be in the log. */
  #gapOpen = true;
  #seenUntil: number | undefined;
  #everRegistered = false;
  #epoch = 0;
  #signal: AbortSignal | undefined;

  constructor(options: MonitorOptions, deps: FollowingDeps) {
    this.#o = options;
    this.#deps = deps;
    this.#since = options.clock.now();
    this.#seenUntil = deps.seenUntil;
    this.#catchUp = this.#newCatchUp();
    this.#supervisor = this.#newSupervisor();
  }

  get stream(): StreamState {
    return this.#stream;
  }

  /** Since when the stream is in that state, ms since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** The queue has no room: the stream is not read. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isGapOpen(): boolean {
    return this.#gapOpen;
  }

  /** Number of the last connection that the cluster has confirmed. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Has that epoch of the watch ended? */
  hasEnded(epoch: number): boolean {
    return epoch !== this.#epoch || this.#stream !== 'watching';
  }

  /** Runs until the signal aborts, the directory is gone, or the first attempt is refused. Rejects with StateError. */
  async run(signal: AbortSignal): Promise<WatchEnd> {
    this.#signal = signal;
    return await this.#supervisor.run(signal);
  }

  /** The end has come. */
  end(): void {
    this.#setStream('down');
  }

  #newSupervisor(): WatchSupervisor {
    const { cluster, clock, random, coverage, report, directory, types } = this.#o;
    return new WatchSupervisor({
      cluster,
      clock,
      random,
      directoryId: directory.id,
      recursive: directory.recursive,
      filter: types ?? notifyEventTypes,
      coverage,
      take: (epoch, burst) => this.#take(epoch, burst),
      onRegistered: (epoch, epochSignal) => this.#registered(epoch, epochSignal),
      onEnded: (end) => this.#ended(end),
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
    const { bookkeeper, directory, onRemoved } = this.#deps;
    if (inventory === undefined || bookkeeper === undefined) return undefined;
    return new CatchUp({
      cluster,
      log: store.log,
      inventory,
      bookkeeper,
      directory,
      clock,
      random,
      report,
      onRemoved,
      began: async () => {
        for await (const { registeredAt } of coverage.epochs()) if (registeredAt !== null) return registeredAt;
        return undefined;
      },
      closed: async (epoch, by) => {
        await coverage.gapClosed(epoch, by, clock.now());
        this.#seenUntil = clock.now();
        this.#gapOpen = this.hasEnded(epoch);
      },
    });
  }

  #take(epoch: number, { events, raw, receivedAtMs }: NotifyBurst): Promise<void> {
    return this.#o.store.log.append({
      epoch,
      receivedAt: receivedAtMs,
      events: events.length,
      root: this.#deps.directory.path(),
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
    const { id: directoryId, recursive } = this.#o.directory;
    this.#epoch = epoch;
    this.#setStream('watching');
    const path = this.#deps.directory.path();
    this.#o.report({ kind: 'listening', at: this.#now(), path, directoryId, recursive, epoch });
    this.#deps.onListening();
    const reason = this.#everRegistered ? 'gap' : 'restart';
    this.#everRegistered = true;
    const closing = this.#catchUp?.close(epoch, reason, this.#seenUntil, epochSignal);
    closing?.catch((error: unknown) => this.#deps.onFatal(error));
  }

  #ended(end: { reason: string; message: string | null }): void {
    if (this.#signal?.aborted === true) return;
    this.#setStream('down');
    this.#gapOpen = true;
    this.#deps.onEnded();
    this.#o.report({ kind: 'stream-ended', at: this.#now(), ...end });
    const coverage = this.#o.coverage.seenUntil().then((until) => {
      this.#seenUntil = until;
      return undefined;
    });
    coverage.catch((error: unknown) => this.#deps.onFatal(error));
  }

  #setStream(stream: StreamState): void {
    if (this.#stream === stream) return;
    this.#stream = stream;
    this.#since = this.#o.clock.now();
  }

  #now(): string {
    return iso(this.#o.clock.now());
  }
}
