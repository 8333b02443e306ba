import type { Clock } from '@qwarden/qumulo-client';

const SWEEP_MS = 60_000;
/** What is beyond it is forgotten, the least recent first: memory stays bounded however many files change. */
const MOST = 100_000;

/** Values by key, each until its time is over. */
export class Recent<T> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();
  #swept: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#swept = clock.now();
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: T, until: number): void {
    this.#sweep();
    // Behind all others: a map gives its keys in the order in which they were added.
    this.#entries.delete(key);
    this.#entries.set(key, { value, until });
    if (this.#entries.size <= MOST) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      break;
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #sweep(): void {
    const now = this.#clock.now();
    if (now - this.#swept < SWEEP_MS) return;
    this.#swept = now;
    for (const [key, { until }] of this.#entries) if (until < now) this.#entries.delete(key);
  }
}
