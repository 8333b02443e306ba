import type { Clock } from '@qwarden/qumulo-client';

const KEEP_MS = 60_000;
const SWEEP_AT = 4096;

/** Ids that something happened to in the last minute. */
export class Recent {
  readonly #clock: Clock;
  readonly #at = new Map<string, number>();
  #sweepAt = SWEEP_AT;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(id: string): void {
    this.#at.delete(id);
    this.#at.set(id, this.#clock.now());
    if (this.#at.size > this.#sweepAt) this.#sweep();
  }

  has(id: string): boolean {
    const at = this.#at.get(id);
    return at !== undefined && this.#clock.now() - at <= KEEP_MS;
  }

  /** Oldest first, so that it ends at the first that is kept. */
  #sweep(): void {
    const before = this.#clock.now() - KEEP_MS;
    for (const [id, at] of this.#at) {
      if (at > before) break;
      this.#at.delete(id);
    }
    this.#sweepAt = Math.max(SWEEP_AT, this.#at.size * 2);
  }
}
