import type { ActionOutcome } from '../port.ts';

const STEP_MS = 1000;
const MOST_MS = 60_000;

/** Lets so many programs of one step run at once. Who comes too early is sent away for a while, since waiting here would hold up other rules. */
export class Turns {
  #running = 0;
  #sentAway = 0;

  async take(limit: number, run: () => Promise<ActionOutcome>): Promise<ActionOutcome> {
    if (this.#running >= limit) {
      this.#sentAway += 1;
      // The more are waiting, the longer it takes until it is this one's turn.
      const delayMs = Math.min(MOST_MS, STEP_MS * Math.ceil(this.#sentAway / limit));
      return { kind: 'not-yet', reason: `${limit} of this command are running, which is as many as may`, delayMs };
    }
    this.#running += 1;
    this.#sentAway = Math.max(0, this.#sentAway - 1);
    try {
      return await run();
    } finally {
      this.#running -= 1;
    }
  }
}
