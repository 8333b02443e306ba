import { column, columns, type EventColumns, pathEscaped, streamEscaped } from './columns.ts';
import { notifyEventTypes } from './types.ts';

/** The scanner reads no text longer than this, in UTF-16 units: its copy of it would stay for good. */
export const longestScanned = 2 ** 20;
/** Behind the text stand so many zeros at least: a character that ends every string, so that nothing is read beyond. */
const padding = 64;
/** An event with everything in it takes more than this. */
const shortestEvent = 60;

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const firstPrintable = 0x20;

const codesOf = (text: string): Uint16Array => Uint16Array.from(text, (char) => char.charCodeAt(0));
const dataField = codesOf('data: ');
const typeKey = codesOf('"type":"');
const spineKey = codesOf('"spine":[');
const pathKey = codesOf('"path":');
const streamKey = codesOf('"stream_name":');
const nullWord = codesOf('null');

/** Types by their length, so that one of a few has to be compared. */
const typesByLength: readonly (readonly { readonly code: number; readonly codes: Uint16Array }[])[] = Array.from(
  { length: Math.max(...notifyEventTypes.map((type) => type.length)) + 1 },
  (_, length) =>
    [...notifyEventTypes.entries()]
      .filter(([, type]) => type.length === length)
      .map(([code, type]) => ({ code, codes: codesOf(type) })),
);

const seen = { type: 1, spine: 2, path: 4, stream: 8, all: 15 } as const;

/**
 * Reads events in the very form in which clusters send them (FACTS 6.2): no blanks, the four keys in any order and each once, a type that
 * is known. Everything else is left to JSON.parse: the scanner says that it does not know, and never gives another answer than JSON.parse.
 * It compares character by character in a copy of the text, because that is what an engine for JavaScript is fast at.
 */
export class EventScanner {
  #codes = new Uint16Array(0);
  #bytes = Buffer.alloc(0);
  #text = '';
  #end = 0;

  /** Takes a text to scan, of `longestScanned` at most. */
  begin(text: string): void {
    const needed = text.length + padding;
    if (needed > this.#codes.length) {
      this.#codes = new Uint16Array(Math.max(needed, this.#codes.length * 2, 2 ** 15));
      this.#bytes = Buffer.from(this.#codes.buffer);
    }
    this.#bytes.write(text, 'utf16le');
    this.#codes.fill(0, text.length, needed);
    this.#text = text;
    this.#end = text.length;
  }

  /** The character at a place; 0 behind the text. */
  code(at: number): number {
    return this.#codes[at] ?? 0;
  }

  /** What follows the `data: ` at `at`; -1: it is none. */
  afterField(at: number): number {
    return isAt(this.#codes, at, dataField) ? at + dataField.length : -1;
  }

  /**
   * A list of events, or a bare one, that begins at `from`: appended to `into`, their places moved by `shift`. Returns where it ends; -1, with
   * nothing appended, when it is anything else.
   */
  events(from: number, shift: number, into: EventColumns): number {
    const { rows } = into;
    const codes = this.#codes;
    // What the rest of this text can hold at most: asked once for it, since nearly all of it will be needed.
    into.reserve(Math.ceil((this.#end - from) / shortestEvent) + 1);
    if (codes[from] === openBrace) return this.#event(from, shift, into);
    if (codes[from] !== openBracket) return -1;
    let at = from + 1;
    if (codes[at] === closeBracket) return at + 1;
    for (;;) {
      at = this.#event(at, shift, into);
      if (at !== -1) {
        const code = codes[at];
        at += 1;
        if (code === comma) continue;
        if (code === closeBracket) return at;
      }
      into.rows = rows;
      return -1;
    }
  }

  /** Where the event at `from` ends; -1: none in the known form. */
  #event(from: number, shift: number, into: EventColumns): number {
    const codes = this.#codes;
    const { values } = into;
    const row = into.rows * columns;
    if (codes[from] !== openBrace) return -1;
    let at = from + 1;
    let type = 0;
    let flags = 0;
    let known = 0;
    for (;;) {
      // The second letter tells the keys apart; that of the fourth and third begins alike.
      const letter = codes[at + 1];
      if (letter === 0x74 && isAt(codes, at, typeKey)) {
        at += typeKey.length;
        const start = at;
        at = endOfPlain(codes, start);
        if (at === -1 || (known & seen.type) !== 0) return -1;
        type = typeAt(codes, start, at - start);
        if (type === -1) return -1;
        at += 1;
        known |= seen.type;
      } else if (letter === 0x73 && codes[at + 2] === 0x70 && isAt(codes, at, spineKey)) {
        if ((known & seen.spine) !== 0) return -1;
        at = this.#spine(at + spineKey.length, shift, values, row);
        if (at === -1) return -1;
        known |= seen.spine;
      } else if (letter === 0x70 && isAt(codes, at, pathKey)) {
        if ((known & seen.path) !== 0) return -1;
        at = this.#textOrNull(at + pathKey.length, shift, values, row + column.pathFrom);
        if (at < 0) {
          at = -at;
          if (at === 1) return -1;
          flags |= pathEscaped;
        }
        known |= seen.path;
      } else if (letter === 0x73 && isAt(codes, at, streamKey)) {
        if ((known & seen.stream) !== 0) return -1;
        at = this.#textOrNull(at + streamKey.length, shift, values, row + column.streamFrom);
        if (at < 0) {
          at = -at;
          if (at === 1) return -1;
          flags |= streamEscaped;
        }
        known |= seen.stream;
      } else return -1;
      const code = codes[at];
      at += 1;
      if (code === comma) continue;
      if (code !== closeBrace || known !== seen.all) return -1;
      values[row + column.type] = type | flags;
      values[row + column.from] = from + shift;
      values[row + column.to] = at + shift;
      into.rows += 1;
      return at;
    }
  }

  /** Ids without escapes, of which the last two count. Returns what follows the closing bracket; -1: something else. */
  #spine(from: number, shift: number, values: Int32Array, row: number): number {
    const codes = this.#codes;
    let at = from;
    let [idFrom, idTo, parentFrom, parentTo] = [-1, -1, -1, -1];
    if (codes[at] === closeBracket) at += 1;
    else
      for (;;) {
        if (codes[at] !== quote) return -1;
        const start = at + 1;
        const end = endOfPlain(codes, start);
        if (end === -1) return -1;
        parentFrom = idFrom;
        parentTo = idTo;
        idFrom = start + shift;
        idTo = end + shift;
        const code = codes[end + 1];
        at = end + 2;
        if (code === comma) continue;
        if (code === closeBracket) break;
        return -1;
      }
    values[row + column.idFrom] = idFrom;
    values[row + column.idTo] = idTo;
    values[row + column.parentFrom] = parentFrom;
    values[row + column.parentTo] = parentTo;
    return at;
  }

  /** Returns what follows the text or null; negative when the text has escapes; -1: something else. */
  #textOrNull(from: number, shift: number, values: Int32Array, place: number): number {
    const codes = this.#codes;
    if (codes[from] !== quote) {
      if (!isAt(codes, from, nullWord)) return -1;
      values[place] = -1;
      values[place + 1] = -1;
      return from + nullWord.length;
    }
    let at = from + 1;
    let escaped = false;
    for (;;) {
      const code = codes[at] ?? 0;
      if (code === quote) break;
      if (code < firstPrintable) return -1;
      if (code === backslash) {
        escaped = true;
        at += 1;
      }
      at += 1;
    }
    values[place] = from + 1 + shift;
    values[place + 1] = at + shift;
    if (!escaped) return at + 1;
    return isJson(this.#text.slice(from, at + 1)) ? -(at + 1) : -1;
  }
}

function isAt(codes: Uint16Array, at: number, word: Uint16Array): boolean {
  for (let n = 0; n < word.length; n += 1) if (codes[at + n] !== word[n]) return false;
  return true;
}

/** The quote that ends a string; -1 when the string has an escape, or does not end. */
function endOfPlain(codes: Uint16Array, from: number): number {
  for (let at = from; ; at += 1) {
    const code = codes[at] ?? 0;
    if (code === quote) return at;
    if (code === backslash || code < firstPrintable) return -1;
  }
}

function typeAt(codes: Uint16Array, from: number, length: number): number {
  const same = typesByLength[length];
  if (same === undefined) return -1;
  for (const one of same) if (isAt(codes, from, one.codes)) return one.code;
  return -1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
