import type { BurstQueue } from './burst-queue.ts';
import { parseNotifyBatch } from './read-line.ts';
import type { NotifyBatch } from './types.ts';

/** Batches as the cluster sent them: the lines of bursts, one after another. */
export class BatchReader {
  readonly #queue: BurstQueue;
  #lines: readonly string[] = [];
  #taken = 0;
  #receivedAtMs = 0;
  #before: Promise<unknown> = Promise.resolve();

  constructor(queue: BurstQueue) {
    this.#queue = queue;
  }

  /** Several may be asked for at the same time. */
  next(): Promise<IteratorResult<NotifyBatch, undefined>> {
    const next = this.#before.then(() => this.#next());
    this.#before = next;
    return next;
  }

  /** Forgets what was not asked for. */
  discard(): void {
    this.#lines = [];
    this.#taken = 0;
  }

  async #next(): Promise<IteratorResult<NotifyBatch, undefined>> {
    if (this.#taken === this.#lines.length) {
      const burst = await this.#queue.next();
      if (burst === undefined) return { done: true, value: undefined };
      this.#lines = burst.raw.split('\n');
      this.#taken = 0;
      this.#receivedAtMs = burst.receivedAtMs;
    }
    const raw = this.#lines[this.#taken] ?? '';
    this.#taken += 1;
    return { done: false, value: { events: parseNotifyBatch(raw), raw, receivedAtMs: this.#receivedAtMs } };
  }
}
