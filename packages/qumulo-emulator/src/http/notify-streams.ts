import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FsError } from '../fs/errors.ts';
import type { Unknowns } from '../unknowns.ts';
import { type DropMode, type NotifyStart, NotifyStream } from './notify-stream.ts';

/** All notify streams that are running, with the one timer that keeps them alive. */
export class NotifyStreams {
  readonly #streams = new Set<NotifyStream>();
  readonly #occupied = new WeakSet<Socket>();
  readonly #unknowns: Unknowns;
  readonly #keepaliveMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Whom the next notify request is to be told of an overflow: bearer and path (`unknowns.requestAfterOverflow`). */
  readonly #overflowed = new Map<string, FsError>();

  constructor(unknowns: Unknowns, keepaliveMs: number) {
    this.#unknowns = unknowns;
    this.#keepaliveMs = keepaliveMs;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Oldest first. */
  all(): NotifyStream[] {
    return [...this.#streams];
  }

  /** Does a stream run on this connection? Then no other request on it is answered, and the stream stays (FACTS 13). */
  occupies(socket: Socket): boolean {
    return this.#occupied.has(socket);
  }

  /** Registers the watch, then answers; throws what the watch refuses, with nothing sent. */
  open(
    request: { operation: string; path: string; bearer: string; startedAtMs: number; dateHeader: string },
    response: ServerResponse,
    socket: Socket,
    start: NotifyStart,
  ): void {
    const key = `${request.bearer} ${request.path}`;
    const missed = this.#overflowed.get(key);
    if (missed !== undefined) {
      this.#overflowed.delete(key);
      throw missed;
    }
    const stream = new NotifyStream({
      ...request,
      response,
      sendErrorComment: this.#unknowns.watcherOverflow === 'error-then-close',
      onEnd: (ended, error) => {
        this.#streams.delete(ended);
        if (error !== null && this.#unknowns.requestAfterOverflow === 'one-error') this.#overflowed.set(key, error);
        if (this.#streams.size === 0) this.#stopTimer();
      },
    });
    const handle = start(stream);
    this.#occupied.add(socket);
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => {
      for (const running of this.#streams) running.keepalive();
    }, this.#keepaliveMs);
    stream.begin(socket, handle, request.dateHeader);
  }

  /** Fault: ends the oldest `count` streams, or all. Returns how many. */
  drop(count: number | 'all', mode: DropMode): number {
    return this.#each(count, (stream) => {
      stream.drop(mode);
    });
  }

  hang(count: number | 'all'): number {
    return this.#each(count, (stream) => {
      stream.hang();
    });
  }

  unhang(): number {
    return this.#each('all', (stream) => {
      stream.unhang();
    });
  }

  overflow(count: number | 'all'): number {
    return this.#each(count, (stream) => {
      stream.overflow();
    });
  }

  /** The end of a bearer, where the cluster is taken to cut its streams. */
  endOf(valid: (bearer: string) => boolean): void {
    for (const stream of this.all()) if (!valid(stream.bearer)) stream.drop('cleanly');
  }

  #each(count: number | 'all', act: (stream: NotifyStream) => void): number {
    const chosen = count === 'all' ? this.all() : this.all().slice(0, count);
    for (const stream of chosen) act(stream);
    return chosen.length;
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
