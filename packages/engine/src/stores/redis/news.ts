import type { Clock } from '@qwarden/qumulo-client';

/** Messages between processes can be lost, with a connection or a node: those who wait look for themselves this often. */
const LOOK_MS = 1000;

/** Who waits for what, in this process. News is a hint: whoever hears it looks for himself. */
export class News {
  readonly #clock: Clock;
  readonly #closed: AbortSignal;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #listeners = new Set<() => void>();

  constructor(clock: Clock, closed: AbortSignal) {
    this.#clock = clock;
    this.#closed = closed;
  }

  /** There is something new about this. */
  tell(topic: string): void {
    if (topic === 'jobs') for (const listener of this.#listeners) listener();
    for (const wake of this.#waiting.get(topic) ?? []) wake();
  }

  /** Anything may have happened. */
  tellAll(): void {
    for (const listener of this.#listeners) listener();
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake();
  }

  /** Also now and then, in case that a message was lost. */
  onJobs(listener: () => void): () => void {
    this.#listeners.add(listener);
    const enough = new AbortController();
    void this.#lookForJobs(listener, enough.signal);
    return () => {
      this.#listeners.delete(listener);
      enough.abort();
    };
  }

  async #lookForJobs(listener: () => void, enough: AbortSignal): Promise<void> {
    while (!enough.aborted && !this.#closed.aborted) {
      await this.next('look', enough).heard;
      if (!enough.aborted && !this.#closed.aborted) listener();
    }
  }

  /** Resolves when there may be news, the signal aborts, or the store is closed. From the moment of the call on nothing is missed. */
  next(topic: string, signal: AbortSignal): { readonly heard: Promise<void>; stop(): void } {
    const enough = new AbortController();
    const stop = () => enough.abort();
    const waiting = this.#waiting.get(topic) ?? new Set();
    this.#waiting.set(topic, waiting);
    waiting.add(stop);
    // By hand: signals made of others would stay with these, which live as long as the program.
    const others = [signal, this.#closed];
    for (const other of others) other.addEventListener('abort', stop, { once: true });
    if (others.some(({ aborted }) => aborted)) stop();
    const heard = this.#clock
      .sleep(LOOK_MS, enough.signal)
      .catch(() => undefined)
      .finally(() => {
        for (const other of others) other.removeEventListener('abort', stop);
        waiting.delete(stop);
        if (waiting.size === 0 && this.#waiting.get(topic) === waiting) this.#waiting.delete(topic);
      });
    return { heard, stop };
  }
}
