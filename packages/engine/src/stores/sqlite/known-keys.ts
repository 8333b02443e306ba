import type { SQLOutputValue } from 'node:sqlite';

/** At least so many ids are remembered as not there, and at most twice as many. */
const REMEMBERED = 32_768;

/**
 * Tells ids that a table cannot contain, without asking it: those above the highest that was ever put in, and those that were asked for in
 * vain since. Most files that an event tells of are new, so that most questions have this answer; it is exact, whatever order ids come in.
 */
export class KnownKeys {
  #highest: number;
  /** Two generations, so that the oldest go without a search for them. */
  #absent = new Set<number | string>();
  #absentBefore = new Set<number | string>();

  /** `highest`: the table's, null when it is empty. An id beyond 2^53 is text and has no order here: then the table is asked. */
  constructor(highest: SQLOutputValue | undefined) {
    this.#highest =
      highest === null || highest === undefined
        ? Number.NEGATIVE_INFINITY
        : typeof highest === 'number'
          ? highest
          : Number.POSITIVE_INFINITY;
  }

  isAbsent(key: number | string): boolean {
    if (this.#absent.has(key) || this.#absentBefore.has(key)) return true;
    if (typeof key !== 'number' || key <= this.#highest) return false;
    this.absent(key);
    return true;
  }

  /** The table was asked, and does not have it. */
  absent(key: number | string): void {
    if (this.#absent.size >= REMEMBERED) {
      this.#absentBefore = this.#absent;
      this.#absent = new Set();
    }
    this.#absent.add(key);
  }

  /** Now it is there. */
  put(key: number | string): void {
    this.#absent.delete(key);
    this.#absentBefore.delete(key);
    if (typeof key !== 'number') this.#highest = Number.POSITIVE_INFINITY;
    else if (key > this.#highest) this.#highest = key;
  }
}
