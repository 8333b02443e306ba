import {
  type Clock,
  type NotifyBurst,
  type NotifyEnd,
  type NotifyEventType,
  type NotifyStream,
  QumuloApiError,
  QumuloLoginError,
} from '@qwarden/qumulo-client';
import type { Cluster } from '../cluster.ts';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import { Uncommitted } from './uncommitted.ts';

const BACKOFF: BackoffPolicy = { baseMs: 200, capMs: 30_000, floorMs: 50 };
/** A stream that lived this long was healthy: the next end starts the backoff anew. */
const HEALTHY_MS = 60_000;
/** The log gives no room for so long: that is told. */
const PAUSED_MS = 1000;
/** A cluster that never accepted the watch, and says 404 about a directory that is there, will not change its mind. */
const FIRST_TRIES = 3;

/** Where epochs are recorded. Resolves when durable. */
export interface EpochLog {
  openEpoch(at: number): Promise<number>;
  registered(epoch: number, at: number): Promise<void>;
  ended(epoch: number, at: number, reason: string, events: number): Promise<void>;
}

export interface SupervisorOptions {
  readonly cluster: Pick<Cluster, 'files'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly directoryId: string;
  readonly recursive: boolean;
  readonly filter: readonly NotifyEventType[];
  readonly coverage: EpochLog;
  /** Takes all that came together, however much. Resolves when it is durable; a rejection ends the watch. */
  readonly take: (epoch: number, burst: NotifyBurst) => Promise<void>;
  /** The cluster confirmed the watch: close the gap before it. `signal` aborts when the epoch ends. */
  readonly onRegistered: (epoch: number, signal: AbortSignal) => void;
  readonly onEnded: (end: { reason: string; message: string | null }) => void;
  readonly onRetry: (retry: { attempt: number; delayMs: number; reason: string }) => void;
  /** The stream is not read any more, since what was taken cannot be kept yet; and it is read again, after so long. */
  readonly onPaused: () => void;
  readonly onResumed: (afterMs: number) => void;
  /** The cluster refuses us, for now (later than the first time, or the login). */
  readonly onRefused: (refusal: { what: 'login' | 'watch'; reason: string; retryInMs: number }) => void;
}

export type WatchEnd =
  | { readonly kind: 'aborted' }
  | { readonly kind: 'removed' }
  /** The very first attempt was refused for good. */
  | { readonly kind: 'refused'; readonly error: QumuloApiError };

type EpochEnd =
  | { readonly kind: 'ended'; readonly reason: string; readonly message: string | null; readonly healthy: boolean }
  | { readonly kind: 'login' | 'watch'; readonly error: QumuloApiError }
  | { readonly kind: 'not-there'; readonly error: QumuloApiError | undefined };

/** Keeps one watch alive: opens the stream, waits for registration, and opens it again whatever ends it. Every end may mean a gap. */
export class WatchSupervisor {
  readonly #o: SupervisorOptions;
  #everRegistered = false;

  constructor(options: SupervisorOptions) {
    this.#o = options;
  }

  /** Runs until the signal aborts, the directory is gone, or the first attempt is refused. Rejects when `take` or `coverage` does. */
  async run(signal: AbortSignal): Promise<WatchEnd> {
    let attempt = 0;
    while (!signal.aborted) {
      const end = await this.#epoch(signal);
      if (signal.aborted) break;
      if (end.kind === 'not-there') {
        if (await this.#isRemoved(signal)) return { kind: 'removed' };
        attempt += 1;
        const { error } = end;
        if (error !== undefined && !this.#everRegistered && attempt >= FIRST_TRIES) return { kind: 'refused', error };
        await this.#wait(attempt, 'the cluster says that the directory is not there, and then that it is', signal);
        continue;
      }
      if (end.kind === 'watch' && !this.#everRegistered) return { kind: 'refused', error: end.error };
      if (end.kind === 'ended' && end.healthy) attempt = 0;
      attempt += 1;
      if (end.kind === 'ended') await this.#wait(attempt, end.message ?? end.reason, signal);
      else await this.#wait(attempt + 2, end.error.message, signal, end.kind);
    }
    return { kind: 'aborted' };
  }

  async #epoch(signal: AbortSignal): Promise<EpochEnd> {
    const { cluster, clock, coverage, directoryId, recursive, filter } = this.#o;
    let events = 0;
    const opened = clock.monotonic();
    const epoch = await coverage.openEpoch(clock.now());
    const ending = async (end: EpochEnd, reason: string): Promise<EpochEnd> => {
      await coverage.ended(epoch, clock.now(), reason, events);
      return end;
    };
    let stream: NotifyStream;
    try {
      stream = await cluster.files.notify(directoryId, { recursive, filter, signal });
    } catch (error) {
      return await ending(whyNotOpened(error), 'not-opened');
    }
    const over = new AbortController();
    const reading = this.#read(stream, epoch, (count) => {
      events += count;
    });
    // It may fail while registration is awaited; it is awaited itself below.
    reading.catch(() => undefined);
    try {
      await stream.registered;
      await coverage.registered(epoch, clock.now());
      this.#everRegistered = true;
      this.#o.onRegistered(epoch, AbortSignal.any([over.signal, signal]));
    } catch (error) {
      // It ended first; `ended` says why. A state that cannot be written ends the watch.
      if (!isStreamFailure(error)) {
        await stream.close();
        throw error;
      }
    }
    const [end] = await Promise.all([stream.ended, reading]);
    over.abort();
    if (end.reason !== 'aborted') this.#o.onEnded({ reason: end.reason, message: end.error?.message ?? null });
    return await ending(judge(end, clock.monotonic() - opened >= HEALTHY_MS), end.reason);
  }

  async #read(stream: NotifyStream, epoch: number, count: (events: number) => void): Promise<void> {
    const uncommitted = new Uncommitted(() => {
      // The next batch may come in an hour: what cannot be kept ends the watch now.
      stream.close().catch(() => undefined);
    });
    for await (const burst of stream.bursts()) {
      count(burst.events.length);
      const { isFull, settled } = uncommitted.add(this.#o.take(epoch, burst), burst.raw.length);
      if (isFull) await this.#forRoom(settled);
      if (uncommitted.failure !== undefined) break;
    }
    if (uncommitted.failure === undefined) return;
    await stream.close();
    throw uncommitted.failure.error;
  }

  async #forRoom(settled: Promise<void>): Promise<void> {
    const { clock, onPaused, onResumed } = this.#o;
    const since = clock.monotonic();
    const enough = new AbortController();
    const told = clock.sleep(PAUSED_MS, enough.signal).then(
      () => {
        onPaused();
        return true;
      },
      () => false,
    );
    await settled;
    enough.abort();
    if (await told) onResumed(clock.monotonic() - since);
  }

  async #wait(attempt: number, reason: string, signal: AbortSignal, refused?: 'login' | 'watch'): Promise<void> {
    const delayMs = backoffMs(BACKOFF, attempt, this.#o.random);
    if (refused === undefined) this.#o.onRetry({ attempt, delayMs, reason });
    else this.#o.onRefused({ what: refused, reason, retryInMs: delayMs });
    try {
      await this.#o.clock.sleep(delayMs, signal);
    } catch {
      // Aborted: the loop sees it.
    }
  }

  /** Is the directory really gone? Only its own 404 counts. */
  async #isRemoved(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#o.cluster.files.getAttributes(this.#o.directoryId, { signal });
      return false;
    } catch (error) {
      return error instanceof QumuloApiError && error.status === 404;
    }
  }
}

function whyNotOpened(error: unknown): EpochEnd {
  if (error instanceof QumuloLoginError) return { kind: 'login', error };
  if (error instanceof QumuloApiError) {
    if (error.status === 401) return { kind: 'login', error };
    if (error.status === 404) return { kind: 'not-there', error };
    if (error.status < 500 && error.status !== 408 && error.status !== 429) return { kind: 'watch', error };
  }
  return {
    kind: 'ended',
    reason: 'not-opened',
    message: error instanceof Error ? error.message : String(error),
    healthy: false,
  };
}

function judge(end: NotifyEnd, healthy: boolean): EpochEnd {
  const { error } = end;
  if (end.reason === 'self-removed') return { kind: 'not-there', error: undefined };
  if (error instanceof QumuloApiError && error.status === 404) return { kind: 'not-there', error };
  if (error instanceof QumuloApiError && error.status === 401) return { kind: 'login', error };
  return { kind: 'ended', reason: end.reason, message: error?.message ?? null, healthy };
}

function isStreamFailure(error: unknown): boolean {
  return !(error instanceof Error && error.name === 'StateError');
}
