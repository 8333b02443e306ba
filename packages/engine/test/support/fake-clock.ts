import type { Clock } from '@qwarden/qumulo-client';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Time that moves only when a test says so. */
export class FakeClock implements Clock {
  activity = 0;
  #now: number;
  #order = 0;
  #sleepers: Sleeper[] = [];

  constructor(start = Date.parse('2026-11-23T10:00:00Z')) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - 1_000_000_000;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.activity += 1;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      const stop = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** Lets everything run that needs no time to pass. */
  async settle(): Promise<void> {
    let quiet = 0;
    let seen = this.activity;
    for (let turns = 0; quiet < 6; turns += 1) {
      if (turns > 20_000) throw new Error('something runs on without letting time pass');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      quiet = seen === this.activity ? quiet + 1 : 0;
      seen = this.activity;
    }
  }

  /** Moves time on by `ms`, waking sleepers one moment after the other. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      const due = this.#sleepers.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at || a.order - b.order);
      this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
      for (const { wake } of due) wake();
      await this.settle();
    }
    this.#now = until;
    await this.settle();
  }
}
