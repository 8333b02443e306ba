import { keysAreUnique } from './json-keys.ts';
import type { KeyPath } from './problem.ts';
import type { TextReading } from './text-reading.ts';

/**
 * JSON is read by the runtime, a hundred times as fast as YAML. Undefined when it is none, or names a key twice: then it is read as
 * the YAML that it also is, and the library says what is wrong where.
 */
export function readJson(text: string): TextReading | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!keysAreUnique(text, value)) return undefined;
    const places = new JsonPlaces(text);
    return { ok: true, value, locate: (path, atKey) => places.locate(path, atKey) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

const SPACE = /\s*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const BARE = /[^\s,\]}]*/y;

/** Finds places in text that is known to be JSON. */
class JsonPlaces {
  readonly #text: string;
  #at = 0;
  /** Where the items of each list begin, by the place of the list: a long list is gone through once. */
  readonly #items = new Map<number, readonly number[]>();

  constructor(text: string) {
    this.#text = text;
  }

  locate(path: KeyPath, atKey: boolean): number {
    this.#at = 0;
    this.#skip(SPACE);
    let place = this.#at;
    for (const [depth, part] of path.entries()) {
      const found = typeof part === 'number' ? this.#enterList(part) : this.#enterObject(part);
      if (found === undefined) break;
      place = atKey || depth < path.length - 1 ? found : this.#at;
    }
    return place;
  }

  /** Goes to the value of a key and gives the place of the key. */
  #enterObject(key: string): number | undefined {
    if (this.#text[this.#at] !== '{') return undefined;
    this.#at += 1;
    this.#skip(SPACE);
    while (this.#text[this.#at] === '"') {
      const start = this.#at;
      this.#skip(STRING);
      const own: unknown = JSON.parse(this.#text.slice(start, this.#at));
      this.#skip(SPACE);
      this.#at += 1;
      this.#skip(SPACE);
      if (own === key) return start;
      this.#skipValue();
      this.#skipComma();
    }
    return undefined;
  }

  #enterList(index: number): number | undefined {
    if (this.#text[this.#at] !== '[') return undefined;
    const items = this.#items.get(this.#at) ?? this.#itemsOfList();
    const found = items[index];
    if (found !== undefined) this.#at = found;
    return found;
  }

  #itemsOfList(): readonly number[] {
    const list = this.#at;
    const items: number[] = [];
    this.#at += 1;
    this.#skip(SPACE);
    while (this.#text[this.#at] !== ']' && this.#at < this.#text.length) {
      items.push(this.#at);
      this.#skipValue();
      this.#skipComma();
    }
    this.#items.set(list, items);
    return items;
  }

  #skipValue(): void {
    let depth = 0;
    do {
      const character = this.#text[this.#at];
      if (character === undefined) return;
      if (character === '"') this.#skip(STRING);
      else if (character === '{' || character === '[') {
        depth += 1;
        this.#at += 1;
      } else if (character === '}' || character === ']') {
        depth -= 1;
        this.#at += 1;
      } else if (character === ',' || character === ':') this.#at += 1;
      else this.#skip(BARE);
      if (depth > 0) this.#skip(SPACE);
    } while (depth > 0);
  }

  #skipComma(): void {
    this.#skip(SPACE);
    if (this.#text[this.#at] === ',') this.#at += 1;
    this.#skip(SPACE);
  }

  #skip(form: RegExp): void {
    form.lastIndex = this.#at;
    this.#at += form.exec(this.#text)?.[0].length ?? 0;
  }
}
