import type { Clock } from '../../src/index.ts';

interface Sleeper {
  at: number;
  wake: () => void;
}

/** A clock that moves only when told. `sleeping(n)` resolves when n sleeps are under way. */
export class FakeClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #watchers: { n: number; resolve: () => void }[] = [];
  /** Lengths of all sleeps so far. */
  readonly slept: number[] = [];

  constructor(now = Date.parse('2030-01-01T00:00:00Z')) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
      for (const watcher of this.#watchers) if (this.#sleepers.length >= watcher.n) watcher.resolve();
    });
  }

  sleeping(n: number): Promise<void> {
    return this.#sleepers.length >= n
      ? Promise.resolve()
      : new Promise((resolve) => this.#watchers.push({ n, resolve }));
  }

  /** Moves on and wakes whoever is due. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.at <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.at > this.#now);
    for (const sleeper of due) sleeper.wake();
  }
}

/** A clock whose sleeps end at once; `slept` says what they would have been. */
export class HastyClock extends FakeClock {
  override sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.advance(ms);
    return Promise.resolve();
  }
}
