import type { Clock } from '@qwarden/qumulo-client';

/** The second half of a rename follows the first at once (FACTS 6.4); later than this it was no rename inside the directory. */
const WINDOW_MS = 2000;
const MOST = 100_000;

export interface Departure {
  readonly fileId: string;
  readonly path: string;
  readonly at: number;
}

/** Joins the halves of a rename: `moved_from` waits a moment for a `moved_to` of the same id. */
export class Moves {
  readonly #clock: Clock;
  readonly #expired: (departures: readonly Departure[]) => void;
  readonly #waiting = new Map<string, Departure>();
  #ticking = false;

  constructor(clock: Clock, expired: (departures: readonly Departure[]) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  left(fileId: string, path: string): void {
    this.#waiting.delete(fileId);
    this.#waiting.set(fileId, { fileId, path, at: this.#clock.now() });
    if (!this.#ticking) void this.#tick();
  }

  /** The other half has come: where it came from; undefined when it came from outside. */
  arrived(fileId: string): Departure | undefined {
    const departure = this.#waiting.get(fileId);
    if (departure !== undefined) this.#waiting.delete(fileId);
    return departure;
  }

  /** The stream has ended: the other halves may be lost, so that nothing can be said about those that wait. */
  clear(): void {
    this.#waiting.clear();
  }

  async #tick(): Promise<void> {
    this.#ticking = true;
    while (this.#waiting.size > 0) {
      await this.#clock.sleep(this.#waiting.size > MOST ? 0 : WINDOW_MS / 2);
      const before = this.#clock.now() - WINDOW_MS;
      const over: Departure[] = [];
      for (const departure of this.#waiting.values()) {
        if (departure.at > before && this.#waiting.size - over.length <= MOST) break;
        over.push(departure);
      }
      for (const { fileId } of over) this.#waiting.delete(fileId);
      if (over.length > 0) this.#expired(over);
    }
    this.#ticking = false;
  }
}
