import { EventColumns } from './columns.ts';
import { parseNotifyBatch, readNotifyLine } from './read-line.ts';
import { EventScanner, longestScanned } from './scan.ts';
import { TextEvents } from './text-events.ts';
import { type NotifyEvent, type NotifyEvents, notifyEventTypes } from './types.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const selfRemovedCode = notifyEventTypes.indexOf('self_removed');

/** What a line says beside events; `more`: nothing but events, or nothing. */
export type ChunkEnd =
  | { readonly kind: 'more' | 'self-removed' }
  | { readonly kind: 'refused'; readonly raw: string }
  | { readonly kind: 'malformed'; readonly error: unknown; readonly line: string };

const more: ChunkEnd = { kind: 'more' };

/** Shared by all streams: nothing of it is kept between two calls. */
const scanner = new EventScanner();

/**
 * Gathers the events of lines until somebody takes them: the JSON texts, a line each, and where in them the events are. Lines in the usual
 * form are scanned; all others, and those with anything unusual in them, are read by `readNotifyLine`, which alone judges what is wrong.
 */
export class BurstBuilder {
  readonly #columns = new EventColumns();
  /** Before the events that were scanned last. */
  #rows = 0;
  #pieces: string[] = [];
  /** Of the pieces, with a line feed between them. */
  #length = 0;

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** JSON text waiting, in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  /**
   * Reads lines as they came, each with its line feed. Stops at the first that ends the stream; what came before it is kept.
   * @param onWatching called for each line that says that the watch stands
   */
  addLines(text: string, onWatching: () => void): ChunkEnd {
    const scanned = text.length <= longestScanned;
    if (scanned) scanner.begin(text);
    for (let at = 0; at < text.length; ) {
      if (scanned && scanner.code(at) === lineFeed) {
        at += 1;
        continue;
      }
      const rows = this.#columns.rows;
      let end = scanned ? this.#scanLine(text, at) : -1;
      if (end === -1) {
        const lineEnd = text.indexOf('\n', at);
        end = lineEnd === -1 ? text.length : lineEnd + 1;
        const line = text.slice(at, lineEnd === -1 ? end : lineEnd);
        const read = this.#read(line.endsWith('\r') ? line.slice(0, -1) : line, onWatching);
        if (read !== more) return read;
      }
      at = end;
      if (this.#columns.hasType(selfRemovedCode, rows)) return { kind: 'self-removed' };
    }
    return more;
  }

  /** Reads JSON texts of `data` lines, a line each, the last without a line feed. @throws Error that says what is wrong with one. */
  addJsonLines(text: string): void {
    const scanned = text.length <= longestScanned;
    if (scanned) scanner.begin(text);
    for (let from = 0; from <= text.length; ) {
      let end = scanned ? this.#scanJson(from) : -1;
      if (end === -1 || (end < text.length && scanner.code(end) !== lineFeed)) {
        if (end !== -1) this.#undo();
        const lineEnd = text.indexOf('\n', from);
        end = lineEnd === -1 ? text.length : lineEnd;
        this.#addOdd(parseNotifyBatch(text.slice(from, end)));
      }
      this.#keep(text.slice(from, end));
      from = end + 1;
    }
  }

  take(): { readonly events: NotifyEvents; readonly raw: string } {
    const [first = ''] = this.#pieces;
    const raw = this.#pieces.length < 2 ? first : this.#pieces.join('\n');
    const { values, odd } = this.#columns.take();
    this.#pieces = [];
    this.#length = 0;
    return { raw, events: new TextEvents(raw, values, odd) };
  }

  /** Returns what follows the line that begins at `at`, when it is a `data` line in the known form; else -1. */
  #scanLine(text: string, at: number): number {
    const from = scanner.afterField(at);
    const end = from === -1 ? -1 : this.#scanJson(from);
    if (end === -1) return -1;
    const lineEnd = scanner.code(end) === carriageReturn ? end + 1 : end;
    if (scanner.code(lineEnd) !== lineFeed) {
      this.#undo();
      return -1;
    }
    this.#keep(text.slice(from, end));
    return lineEnd + 1;
  }

  /** Returns what follows the events that begin at `from`; -1: there are none in the known form. */
  #scanJson(from: number): number {
    this.#rows = this.#columns.rows;
    return scanner.events(from, this.#nextPlace() - from, this.#columns);
  }

  /** More stands behind the events that were scanned last: they are not what the line says. */
  #undo(): void {
    this.#columns.rows = this.#rows;
    scanner.forget();
  }

  #addOdd(events: readonly NotifyEvent[]): void {
    for (const event of events) this.#columns.addOdd(event);
    scanner.forget();
  }

  #read(line: string, onWatching: () => void): ChunkEnd {
    try {
      const read = readNotifyLine(line);
      if (read.kind === 'watching') onWatching();
      else if (read.kind === 'refused') return read;
      else if (read.kind === 'events') {
        this.#addOdd(read.events);
        this.#keep(read.raw);
      }
      return more;
    } catch (error) {
      return { kind: 'malformed', error, line };
    }
  }

  /** Where the next piece will begin in the text of all. */
  #nextPlace(): number {
    return this.#pieces.length === 0 ? 0 : this.#length + 1;
  }

  #keep(piece: string): void {
    this.#length = this.#nextPlace() + piece.length;
    this.#pieces.push(piece);
  }
}

/**
 * The events of a text that has a JSON text of the stream in each line, as `NotifyBurst.raw` has.
 * @throws Error that says what is wrong with it.
 */
export function readNotifyEvents(raw: string): NotifyEvents {
  const builder = new BurstBuilder();
  builder.addJsonLines(raw);
  return builder.take().events;
}
