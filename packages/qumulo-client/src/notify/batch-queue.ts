import type { NotifyBatch } from './types.ts';

/** Batches between the socket and the reader. Bounds nothing itself: it counts, and says when the reader has caught up. */
export class BatchQueue {
  readonly #onTaken: () => void;
  #batches: NotifyBatch[] = [];
  /** Batches before this were taken; cheaper than shifting. */
  #taken = 0;
  #bytes = 0;
  #closed = false;
  #waiting: ((result: IteratorResult<NotifyBatch, undefined>) => void)[] = [];

  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  /** JSON text waiting, in UTF-16 units: near enough to bytes for a bound. */
  get bytes(): number {
    return this.#bytes;
  }

  push(batch: NotifyBatch): void {
    const reader = this.#waiting.shift();
    if (reader !== undefined) {
      reader({ done: false, value: batch });
      return;
    }
    this.#batches.push(batch);
    this.#bytes += batch.raw.length;
  }

  /** No more will come. */
  close(discard: boolean): void {
    this.#closed = true;
    if (discard) {
      this.#batches = [];
      this.#taken = 0;
      this.#bytes = 0;
    }
    for (const reader of this.#waiting.splice(0)) reader({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<NotifyBatch, undefined>> {
    const batch = this.#batches[this.#taken];
    if (batch === undefined) {
      if (this.#closed) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#taken++;
    this.#bytes -= batch.raw.length;
    if (this.#taken === this.#batches.length) {
      this.#batches = [];
      this.#taken = 0;
    } else if (this.#taken >= 1_024 && this.#taken * 2 > this.#batches.length) {
      this.#batches.splice(0, this.#taken);
      this.#taken = 0;
    }
    this.#onTaken();
    return Promise.resolve({ done: false, value: batch });
  }
}
