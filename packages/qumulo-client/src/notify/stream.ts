import { QumuloApiError, QumuloProtocolError } from '../errors/api-error.ts';
import { QumuloConnectionError } from '../errors/connection-error.ts';
import { readErrorAnswer } from '../errors/from-answer.ts';
import type { Clock } from '../time/clock.ts';
import { BatchReader } from './batch-reader.ts';
import { BurstQueue } from './burst-queue.ts';
import { LineSplitter } from './line-splitter.ts';
import type { NotifyBatch, NotifyBurst, NotifyEnd, NotifyEndReason, NotifyStream } from './types.ts';

export const notifyOperation = 'GET /v1/files/{ref}/notify';

/** The connection under a stream: can hold the bytes back, and be cut. */
export interface NotifySource {
  pause(): void;
  resume(): void;
  destroy(): void;
}

export interface StreamOptions {
  clock: Clock;
  silenceMs: number;
  maxBufferedBytes: number;
  /** Called once, at the end. */
  onEnd: () => void;
}

/** A watch from its accepted request to its end. Bytes are pushed in; knows lines and time, nothing of HTTP. */
export class ByteNotifyStream implements NotifyStream {
  readonly registered: Promise<void>;
  readonly ended: Promise<NotifyEnd>;
  readonly #source: NotifySource;
  readonly #options: StreamOptions;
  readonly #splitter: LineSplitter;
  readonly #queue: BurstQueue;
  readonly #batches: BatchReader;
  readonly #registration = Promise.withResolvers<void>();
  readonly #ending = Promise.withResolvers<NotifyEnd>();
  readonly #over = new AbortController();
  #paused = false;
  #lastByteAtMs: number;
  /** The same moment on the clock that does not jump. */
  #lastByteAt: number;

  constructor(source: NotifySource, options: StreamOptions) {
    this.#source = source;
    this.#options = options;
    this.#splitter = new LineSplitter(options.maxBufferedBytes);
    this.#queue = new BurstQueue(() => this.#resumeWhenLow());
    this.#batches = new BatchReader(this.#queue);
    this.registered = this.#registration.promise;
    this.ended = this.#ending.promise;
    // Whoever does not wait for the registration learns of the end all the same; its rejection must not crash the process.
    this.registered.catch(() => undefined);
    this.#lastByteAtMs = options.clock.now();
    this.#lastByteAt = options.clock.monotonic();
    void this.#watchSilence();
  }

  get lastByteAtMs(): number {
    return this.#lastByteAtMs;
  }

  [Symbol.asyncIterator](): AsyncIterator<NotifyBatch, undefined> {
    return {
      next: () => this.#batches.next(),
      return: async () => {
        await this.close();
        return { done: true, value: undefined };
      },
    };
  }

  async *bursts(): AsyncGenerator<NotifyBurst, undefined> {
    try {
      for (;;) {
        const burst = await this.#queue.next();
        if (burst === undefined) return undefined;
        yield burst;
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.end('aborted');
    await this.ended;
  }

  /** Bytes from the cluster. Every line in them is handed on before this returns. */
  push(chunk: Uint8Array): void {
    if (this.#over.signal.aborted) return;
    this.#lastByteAtMs = this.#options.clock.now();
    this.#lastByteAt = this.#options.clock.monotonic();
    let lines: string;
    try {
      lines = this.#splitter.push(chunk);
    } catch (error) {
      this.#endAsMalformed(error);
      return;
    }
    const end = this.#queue.push(lines, this.#lastByteAtMs, () => this.#registration.resolve());
    if (end.kind === 'malformed') this.#endAsMalformed(end.error, end.line);
    else if (end.kind === 'refused') this.end('refused', streamError(end.raw));
    // Nothing follows it (FACTS 6.3), and whether the cluster then hangs up is unknown.
    else if (end.kind === 'self-removed') this.end('self-removed');
    if (this.#over.signal.aborted) return;
    if (!this.#paused && this.#queue.bytes > this.#options.maxBufferedBytes) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** Only the first end counts. */
  end(reason: NotifyEndReason, error?: Error): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#queue.close(reason === 'aborted');
    if (reason === 'aborted') this.#batches.discard();
    this.#registration.reject(error ?? endedBeforeRegistration(reason));
    this.#ending.resolve(error === undefined ? { reason } : { reason, error });
    this.#source.destroy();
    this.#options.onEnd();
  }

  #endAsMalformed(error: unknown, line?: string): void {
    const why = error instanceof Error ? error.message : String(error);
    const shown = line === undefined ? '' : `: ${JSON.stringify(line.length > 200 ? `${line.slice(0, 200)}…` : line)}`;
    this.end(
      'protocol',
      new QumuloProtocolError(notifyOperation, `cannot read a line, ${why}${shown}`, { cause: error }),
    );
  }

  #resumeWhenLow(): void {
    if (!this.#paused || this.#queue.bytes > this.#options.maxBufferedBytes / 2) return;
    this.#paused = false;
    // The silence so far was ours.
    this.#lastByteAt = this.#options.clock.monotonic();
    this.#source.resume();
  }

  async #watchSilence(): Promise<void> {
    const { clock, silenceMs } = this.#options;
    for (;;) {
      const left = this.#paused ? silenceMs : silenceMs - (clock.monotonic() - this.#lastByteAt);
      if (left <= 0) {
        const message = `No byte from the cluster for ${silenceMs / 1_000} s, not even a keepalive: the notify stream is dead.`;
        this.end('silence', new QumuloConnectionError({ kind: 'timeout', message, retryable: true }));
      }
      if (this.#over.signal.aborted) return;
      try {
        await clock.sleep(left, this.#over.signal);
      } catch {
        // Woken because the stream has ended.
        return;
      }
    }
  }
}

function endedBeforeRegistration(reason: NotifyEndReason): Error {
  return new QumuloConnectionError({
    kind: reason === 'aborted' ? 'aborted' : 'reset',
    message: `The notify stream ended (${reason}) before the cluster said that it watches.`,
    retryable: reason !== 'aborted' && reason !== 'self-removed',
  });
}

function streamError(raw: string): QumuloApiError {
  return new QumuloApiError({
    status: 200,
    ...readErrorAnswer(200, Buffer.from(raw)),
    operation: notifyOperation,
    retryable: true,
  });
}
