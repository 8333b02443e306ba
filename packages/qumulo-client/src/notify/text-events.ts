import { column, columns, odd, pathEscaped, repeated, streamEscaped, typeMask, unknownType } from './columns.ts';
import { type NotifyEvent, type NotifyEvents, notifyEventTypes } from './types.ts';

/** Shorter pieces of a text are copies of their own; longer ones keep all of it in memory. */
const longestCopied = 12;

/** Events as places in their text. */
export class TextEvents implements NotifyEvents {
  readonly length: number;
  readonly #text: string;
  readonly #values: Int32Array;
  readonly #odd: readonly NotifyEvent[];

  constructor(text: string, values: Int32Array, oddOnes: readonly NotifyEvent[]) {
    this.length = values.length / columns;
    this.#text = text;
    this.#values = values;
    this.#odd = oddOnes;
  }

  typeCode(n: number): number {
    const code = this.#at(n, column.type) & typeMask;
    return code === unknownType ? -1 : code;
  }

  type(n: number): string {
    return notifyEventTypes[this.#at(n, column.type) & typeMask] ?? this.#oddOne(n)?.type ?? '';
  }

  isRepeated(n: number): boolean {
    return (this.#at(n, column.type) & repeated) !== 0;
  }

  path(n: number): string | null {
    if (this.#isOdd(n)) return this.#oddOne(n)?.path ?? null;
    return this.#textAt(n, column.pathFrom, pathEscaped);
  }

  streamName(n: number): string | null {
    if (this.#isOdd(n)) return this.#oddOne(n)?.stream_name ?? null;
    return this.#textAt(n, column.streamFrom, streamEscaped);
  }

  id(n: number): string {
    return this.#isOdd(n) ? (this.#oddOne(n)?.spine.at(-1) ?? '') : this.#idAt(n, column.idFrom);
  }

  parentId(n: number): string {
    return this.#isOdd(n) ? (this.#oddOne(n)?.spine.at(-2) ?? '') : this.#idAt(n, column.parentFrom);
  }

  spine(n: number): readonly string[] {
    if (this.#isOdd(n)) return this.#oddOne(n)?.spine ?? [];
    const end = this.#at(n, column.idTo);
    if (end === -1) return [];
    // The first bracket of an event in the known form opens its spine, and none of the ids has an escape.
    const start = this.#text.indexOf('[', this.#at(n, column.from)) + 2;
    return this.#text.slice(start, end).split('","');
  }

  json(n: number): string {
    if (this.#isOdd(n)) return JSON.stringify(this.#oddOne(n));
    return this.#text.slice(this.#at(n, column.from), this.#at(n, column.to));
  }

  #at(n: number, what: number): number {
    return this.#values[n * columns + what] ?? -1;
  }

  #isOdd(n: number): boolean {
    return (this.#at(n, column.type) & odd) !== 0;
  }

  #oddOne(n: number): NotifyEvent | undefined {
    return this.#odd[this.#at(n, column.from)];
  }

  #textAt(n: number, from: number, escaped: number): string | null {
    const start = this.#at(n, from);
    if (start === -1) return null;
    const end = this.#at(n, from + 1);
    if ((this.#at(n, column.type) & escaped) === 0) return this.#text.slice(start, end);
    const text: unknown = JSON.parse(this.#text.slice(start - 1, end + 1));
    return String(text);
  }

  /** Ids are kept for long by those who remember files: they must not keep the text with them. */
  #idAt(n: number, from: number): string {
    const start = this.#at(n, from);
    if (start === -1) return '';
    const end = this.#at(n, from + 1);
    const middle = start + longestCopied;
    if (end <= middle) return this.#text.slice(start, end);
    return this.#text.slice(start, middle) + this.#text.slice(middle, end);
  }
}
