import type { LogEntry } from '../../../queue/port.ts';

/** JSON text kept at hand at most, in UTF-16 units: mostly a byte each, and a quarter more for the places of its events. */
const MOST_TEXT = 12 * 2 ** 20;
const MOST_ENTRIES = 16_384;

/**
 * The end of the log in memory, as its writer knew it: a reader that keeps up needs neither to read it back nor to parse it again. Holds
 * only what is on stable storage. Without gaps: whoever is behind it reads from the file.
 */
export class LogTail {
  #entries: LogEntry[] = [];
  /** Number of the first entry. */
  #first = 1;
  #text = 0;

  /** The next one behind those before; anything else begins anew. */
  push(seq: number, entry: LogEntry): void {
    if (seq !== this.#first + this.#entries.length) {
      this.#entries = [];
      this.#text = 0;
      this.#first = seq;
    }
    this.#entries.push(entry);
    this.#text += entry.raw.length;
    if (this.#text > MOST_TEXT || this.#entries.length > MOST_ENTRIES) this.#drop(Math.ceil(this.#entries.length / 2));
  }

  /** What is behind `after`; empty when there is nothing, or its beginning is not here. Forgets what is before: the reader has it. */
  read(after: number, limit: number): LogEntry[] {
    const from = after + 1 - this.#first;
    if (from < 0 || from >= this.#entries.length) return [];
    this.#drop(from);
    return this.#entries.slice(0, limit);
  }

  #drop(count: number): void {
    if (count === 0) return;
    for (const { raw } of this.#entries.splice(0, count)) this.#text -= raw.length;
    this.#first += count;
  }
}
