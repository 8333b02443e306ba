import { BurstBuilder, type ChunkEnd } from './burst-builder.ts';
import type { NotifyBurst } from './types.ts';

/** Lines are no longer put together beyond it, in UTF-16 units of JSON: who takes a burst works on it without a pause. */
const mostTogether = 128 * 1_024;

/** Events between the socket and their reader. Bounds nothing itself: it counts, and says when the reader has caught up. */
export class BurstQueue {
  readonly #onTaken: () => void;
  #bursts: NotifyBurst[] = [];
  #bytes = 0;
  /** What came last, and may be joined by more. */
  readonly #open = new BurstBuilder();
  #openAtMs = 0;
  #closed = false;
  #wake: (() => void)[] = [];

  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  /** JSON text waiting, in UTF-16 units: near enough to bytes for a bound. */
  get bytes(): number {
    return this.#bytes + this.#open.length;
  }

  /** Reads lines, each with its line feed. Stops at the first that ends the stream; what came before it is kept. */
  push(lines: string, receivedAtMs: number, onWatching: () => void): ChunkEnd {
    if (this.#openAtMs !== receivedAtMs || this.#open.length >= mostTogether) this.#seal();
    this.#openAtMs = receivedAtMs;
    const end = this.#open.addLines(lines, onWatching);
    if (!this.#open.isEmpty) this.#wakeAll();
    return end;
  }

  /** No more will come. */
  close(discard: boolean): void {
    this.#closed = true;
    if (discard) {
      this.#open.take();
      this.#bursts = [];
      this.#bytes = 0;
    }
    this.#wakeAll();
  }

  /** Undefined: it is closed, and nothing is left. */
  async next(): Promise<NotifyBurst | undefined> {
    while (this.#bursts.length === 0) {
      // Whoever waited is woken behind all that came with what woke him.
      this.#seal();
      if (this.#bursts.length > 0) break;
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    const burst = this.#bursts.shift();
    if (burst !== undefined) this.#bytes -= burst.raw.length;
    this.#onTaken();
    return burst;
  }

  #seal(): void {
    if (this.#open.isEmpty) return;
    const burst = { ...this.#open.take(), receivedAtMs: this.#openAtMs };
    this.#bursts.push(burst);
    this.#bytes += burst.raw.length;
  }

  #wakeAll(): void {
    if (this.#wake.length === 0) return;
    for (const wake of this.#wake.splice(0)) wake();
  }
}
