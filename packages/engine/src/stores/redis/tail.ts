import type { LogEntry, Position } from '../../queue/port.ts';

/** UTF-16 units kept at hand at most; with the events that they were parsed to some times as much memory. */
const MOST_TEXT = 2 ** 20;
const MOST_ENTRIES = 8192;

/**
 * The end of one partition's log in memory, as its writer knows it: a reader in the same process that keeps up needs neither to ask for it nor
 * to parse it again. Holds only what Redis has said yes to. Without gaps: when another process has written in between it begins anew, and
 * whoever is behind it asks Redis.
 */
export class Tail {
  #entries: LogEntry[] = [];
  /** What stands right before the first entry, and the last one. */
  #before: Position = '';
  #last: Position | undefined;
  #text = 0;

  /** `before`: what stands right before it in the log. */
  push(before: Position, entry: LogEntry): void {
    if (before !== this.#last) {
      this.clear();
      this.#before = before;
    }
    this.#entries.push(entry);
    this.#last = entry.position;
    this.#text += entry.raw.length;
    if (this.#text > MOST_TEXT || this.#entries.length > MOST_ENTRIES) this.#drop(Math.ceil(this.#entries.length / 2));
  }

  clear(): void {
    this.#entries = [];
    this.#last = undefined;
    this.#text = 0;
  }

  /** What is behind `after`; empty when there is nothing, or its beginning is not here. Forgets what is before: the reader has it. */
  read(after: Position, limit: number): LogEntry[] {
    if (after !== this.#before) {
      const n = this.#entries.findIndex(({ position }) => position === after);
      if (n < 0) return [];
      this.#drop(n + 1);
    }
    return this.#entries.slice(0, limit);
  }

  #drop(count: number): void {
    for (const { raw, position } of this.#entries.splice(0, count)) {
      this.#text -= raw.length;
      this.#before = position;
    }
  }
}
