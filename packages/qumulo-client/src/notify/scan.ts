import { column, columns, type EventColumns, pathEscaped, repeated, streamEscaped, typeMask } from './columns.ts';
import { notifyEventTypes } from './types.ts';

/** The scanner reads no text longer than this, in UTF-16 units: its copy of it would stay for good. */
export const longestScanned = 2 ** 20;
/** Behind the text stand so many zeros at least: they end every string, so that nothing is read beyond. */
const padding = 64;
/** An event takes more than this. */
const shortestEvent = 60;

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const firstPrintable = 0x20;
const firstOutsideAscii = 0x80;
/** Stands for each UTF-16 unit outside ASCII: none of the words below has it, and any string may. */
const stand = 0x7f;

/** Four characters as they are read at once. */
function four(text: string): number {
  return new DataView(Uint8Array.from(text, (char) => char.charCodeAt(0)).buffer).getUint32(0, true);
}

/** What stands before a value, in pieces of four that may overlap: comparing those is what costs least. */
const typeKey = { length: 9, a: four('{"ty'), b: four('pe":'), c: four('e":"') };
const spineKey = { length: 11, a: four('","s'), b: four('pine'), c: four('e":[') };
const pathKey = { length: 8, a: four(',"pa'), b: four('th":') };
const streamKey = { length: 15, a: four(',"st'), b: four('ream'), c: four('_nam'), d: four('me":') };
const dataField = { length: 6, a: four('data'), b: four('ta: ') };
const nullWord = four('null');

interface KnownType {
  readonly code: number;
  readonly pieces: readonly number[];
}

/** Types by their length, so that one of a few has to be compared. */
const typesByLength: readonly (readonly KnownType[])[] = Array.from(
  { length: Math.max(...notifyEventTypes.map((type) => type.length)) + 1 },
  (_, length) =>
    [...notifyEventTypes.entries()]
      .filter(([, type]) => type.length === length)
      .map(([code, type]) => ({ code, pieces: piecePlaces(length).map((at) => four(type.slice(at, at + 4))) })),
);

/** Where the pieces of a word begin: from its end, where types differ. */
function piecePlaces(length: number): readonly number[] {
  return Array.from({ length: Math.ceil(length / 4) }, (_, n) => Math.max(0, length - 4 * (n + 1)));
}

/**
 * Reads events in the very form in which clusters send them (FACTS 6.2): no blanks, these four keys in this order, a type that is known.
 * Everything else is left to JSON.parse: the scanner says that it does not know, and never gives another answer than JSON.parse. It looks at
 * a copy of the text in bytes, one for each UTF-16 unit, because that is what an engine for JavaScript is fast at.
 */
export class EventScanner {
  #bytes = Buffer.alloc(0);
  #view = new DataView(new ArrayBuffer(0));
  #text = '';
  #end = 0;
  #isAscii = true;
  /** What the event before has behind its type, in this text: what follows the type, the end, and by how much its places were moved. */
  #beforeTail = -1;
  #beforeEnd = 0;
  #beforeShift = 0;

  /** Takes a text to scan, of `longestScanned` at most. */
  begin(text: string): void {
    const needed = text.length + padding;
    if (needed > this.#bytes.length) {
      this.#bytes = Buffer.alloc(Math.max(needed, this.#bytes.length * 2, 2 ** 15));
      this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
    }
    // A unit outside ASCII takes more than a byte, and as much room as one more may take is there: then they are not one to one.
    this.#isAscii = this.#bytes.write(text, 0, text.length + 4, 'utf8') === text.length;
    if (!this.#isAscii) standIn(text, this.#bytes);
    this.#bytes.fill(0, text.length, needed);
    this.#text = text;
    this.#end = text.length;
    this.forget();
  }

  /** The character at a place, when it is one of ASCII; 0 behind the text. */
  code(at: number): number {
    return this.#bytes[at] ?? 0;
  }

  /** What follows the `data: ` at `at`; -1: it is none. */
  afterField(at: number): number {
    const view = this.#view;
    const { length, a, b } = dataField;
    return view.getUint32(at, true) === a && view.getUint32(at + 2, true) === b ? at + length : -1;
  }

  /**
   * A list of events, or a bare one, that begins at `from`: appended to `into`, their places moved by `shift`. Returns where it ends; -1, with
   * nothing appended, when it is anything else.
   */
  events(from: number, shift: number, into: EventColumns): number {
    const { rows } = into;
    const bytes = this.#bytes;
    // What the rest of this text can hold at most: asked once for it, since nearly all of it will be needed.
    into.reserve(Math.ceil((this.#end - from) / shortestEvent) + 1);
    if (bytes[from] === openBrace) return this.#event(from, shift, into);
    if (bytes[from] !== openBracket) return -1;
    let at = from + 1;
    if (bytes[at] === closeBracket) return at + 1;
    for (;;) {
      at = this.#event(at, shift, into);
      if (at !== -1) {
        const code = bytes[at];
        at += 1;
        if (code === comma) continue;
        if (code === closeBracket) return at;
      }
      into.rows = rows;
      this.forget();
      return -1;
    }
  }

  /** The last row is not, or not any more, the event that was scanned last. */
  forget(): void {
    this.#beforeTail = -1;
  }

  /** Where the event at `from` ends; -1: none in the known form. */
  #event(from: number, shift: number, into: EventColumns): number {
    const view = this.#view;
    const { values } = into;
    const row = into.rows * columns;
    if (
      view.getUint32(from, true) !== typeKey.a ||
      view.getUint32(from + 4, true) !== typeKey.b ||
      view.getUint32(from + 5, true) !== typeKey.c
    )
      return -1;
    const typeFrom = from + typeKey.length;
    let at = endOfPlain(this.#bytes, typeFrom);
    if (at === -1) return -1;
    const type = typeAt(view, typeFrom, at - typeFrom);
    if (type === -1) return -1;
    const tail = at;
    if (this.#isAsBefore(tail, into.rows)) {
      at = tail + this.#beforeEnd - this.#beforeTail;
      const moved = tail - this.#beforeTail + shift - this.#beforeShift;
      values[row + column.type] = type | repeated | ((values[row - columns + column.type] ?? 0) & ~typeMask);
      for (let n = column.pathFrom; n < columns; n += 1) {
        const place = values[row - columns + n] ?? -1;
        values[row + n] = place === -1 ? -1 : place + moved;
      }
      return this.#done(from, tail, at, shift, row, into);
    }
    if (
      view.getUint32(at, true) !== spineKey.a ||
      view.getUint32(at + 4, true) !== spineKey.b ||
      view.getUint32(at + 7, true) !== spineKey.c
    )
      return -1;
    at = this.#spine(at + spineKey.length, shift, values, row);
    if (at === -1 || view.getUint32(at, true) !== pathKey.a || view.getUint32(at + 4, true) !== pathKey.b) return -1;
    let flags = 0;
    at = this.#textOrNull(at + pathKey.length, shift, values, row + column.pathFrom);
    if (at < -1) {
      at = -at;
      flags |= pathEscaped;
    }
    if (
      at === -1 ||
      view.getUint32(at, true) !== streamKey.a ||
      view.getUint32(at + 4, true) !== streamKey.b ||
      view.getUint32(at + 8, true) !== streamKey.c ||
      view.getUint32(at + 11, true) !== streamKey.d
    )
      return -1;
    at = this.#textOrNull(at + streamKey.length, shift, values, row + column.streamFrom);
    if (at < -1) {
      at = -at;
      flags |= streamEscaped;
    }
    if (at === -1 || this.#bytes[at] !== closeBrace) return -1;
    values[row + column.type] = type | flags;
    return this.#done(from, tail, at + 1, shift, row, into);
  }

  #done(from: number, tail: number, end: number, shift: number, row: number, into: EventColumns): number {
    into.values[row + column.from] = from + shift;
    into.values[row + column.to] = end + shift;
    into.rows += 1;
    this.#beforeTail = tail;
    this.#beforeEnd = end;
    this.#beforeShift = shift;
    return end;
  }

  /**
   * Has this event the same behind its type as the one before it? Mostly it has: what is done to a file makes the cluster tell of it several
   * times in a row (FACTS 6.4).
   */
  #isAsBefore(tail: number, rows: number): boolean {
    const before = this.#beforeTail;
    const length = this.#beforeEnd - before;
    if (before === -1 || rows === 0 || tail + length > this.#end) return false;
    const view = this.#view;
    for (let at = 0; at < length - 4; at += 4)
      if (view.getUint32(before + at, true) !== view.getUint32(tail + at, true)) return false;
    if (view.getUint32(before + length - 4, true) !== view.getUint32(tail + length - 4, true)) return false;
    // What is outside ASCII looks all the same here.
    return this.#isAscii || this.#text.startsWith(this.#text.slice(before, before + length), tail);
  }

  /** Ids without escapes, of which the last two count. Returns what follows the closing bracket; -1: something else. */
  #spine(from: number, shift: number, values: Int32Array, row: number): number {
    const bytes = this.#bytes;
    let at = from;
    let idFrom = -1;
    let idTo = -1;
    let parentFrom = -1;
    let parentTo = -1;
    if (bytes[at] === closeBracket) at += 1;
    else
      for (;;) {
        if (bytes[at] !== quote) return -1;
        const start = at + 1;
        const end = endOfPlain(bytes, start);
        if (end === -1) return -1;
        parentFrom = idFrom;
        parentTo = idTo;
        idFrom = start + shift;
        idTo = end + shift;
        const code = bytes[end + 1];
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

  /** Returns what follows the text or null; less than -1, and negated, when the text has escapes; -1: something else. */
  #textOrNull(from: number, shift: number, values: Int32Array, place: number): number {
    const bytes = this.#bytes;
    if (bytes[from] !== quote) {
      if (this.#view.getUint32(from, true) !== nullWord) return -1;
      values[place] = -1;
      values[place + 1] = -1;
      return from + 4;
    }
    let at = from + 1;
    let escaped = false;
    for (;;) {
      const code = bytes[at] ?? 0;
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

/** The quote that ends a string; -1 when the string has an escape, or does not end. */
function endOfPlain(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at += 1) {
    const code = bytes[at] ?? 0;
    if (code === quote) return at;
    if (code === backslash || code < firstPrintable) return -1;
  }
}

function typeAt(view: DataView, from: number, length: number): number {
  const same = typesByLength[length];
  if (same === undefined) return -1;
  for (const { code, pieces } of same) {
    let at = from + length;
    let n = 0;
    for (; n < pieces.length; n += 1) {
      at = Math.max(from, at - 4);
      if (view.getUint32(at, true) !== pieces[n]) break;
    }
    if (n === pieces.length) return code;
  }
  return -1;
}

function standIn(text: string, bytes: Uint8Array): void {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    bytes[at] = code < firstOutsideAscii ? code : stand;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
