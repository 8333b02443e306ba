/**
 * Reads the plain part of YAML that programs write: block lists and mappings, one-line flow collections, one-line scalars. The YAML
 * library takes half a millisecond for a rule, which is nothing for a file by hand and most of a minute for a hundred thousand rules.
 * Whatever is not plain (anchors, tags, block scalars, texts over several lines, odd numbers, keys that stand twice, and every mistake) gives
 * undefined, and the library reads the text. Never another value than the library's: a property test compares the two.
 */
export function readPlainYaml(text: string): unknown {
  const lines = text.replaceAll('\r\n', '\n');
  if (UNUSUAL.test(lines)) return undefined;
  try {
    return new Reader(lines.split('\n')).document();
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

const NOT_PLAIN = new Error('not plain YAML');
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const UNUSUAL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]/;
const KEY = /(?:([A-Za-z_][\w-]*)|"([^"\\]*)"|'([^']*)')(?=:)/y;
const DOUBLE = /"((?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"/y;
const SINGLE = /'((?:[^']|'')*)'/y;
const SPACES = / */y;
const FLOW_PLAIN = /-?[^\s,[\]{}:#&*!|>'"%@`?-](?:[^,[\]{}:#]|:(?=[^\s,[\]{}])|(?<=\S)#)*/y;
const MAX_DEPTH = 50;
/** Keys that YAML reads as something else, or that mean something to an object. */
const ODD_KEY = /^(?:null|true|false|__proto__)$/i;

class Reader {
  readonly #lines: readonly string[];
  #row = 0;
  #column = 0;
  #depth = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  document(): unknown {
    const indent = this.#peek();
    if (indent === -1) throw NOT_PLAIN;
    const value = this.#block(indent);
    if (this.#peek() !== -1) throw NOT_PLAIN;
    return value;
  }

  get #line(): string {
    return this.#lines[this.#row] ?? '';
  }

  /** Goes to the next line with content and gives its indentation; -1 at the end. */
  #peek(): number {
    for (; this.#row < this.#lines.length; this.#row++) {
      const line = this.#line;
      const indent = spaces(line, 0);
      if (indent === line.length || line[indent] === '#') continue;
      if (indent === 0 && (line.startsWith('---') || line.startsWith('...') || line.startsWith('%'))) throw NOT_PLAIN;
      return indent;
    }
    return -1;
  }

  #block(indent: number): unknown {
    if (++this.#depth > MAX_DEPTH) throw NOT_PLAIN;
    const value = this.#isItem(indent) ? this.#list(indent) : this.#mapping(indent);
    this.#depth -= 1;
    return value;
  }

  #isItem(column: number): boolean {
    const after = this.#line[column + 1];
    return this.#line[column] === '-' && (after === undefined || after === ' ');
  }

  #mapping(indent: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (;;) {
      this.#column = indent;
      const key = this.#key();
      if (key === undefined || Object.hasOwn(out, key)) throw NOT_PLAIN;
      out[key] = this.#value(indent, true);
      const next = this.#peek();
      if (next < indent) return out;
      if (next > indent || this.#isItem(indent)) throw NOT_PLAIN;
    }
  }

  #list(indent: number): unknown[] {
    const out: unknown[] = [];
    for (;;) {
      const start = spaces(this.#line, indent + 1);
      this.#column = start;
      if (this.#isItem(start)) throw NOT_PLAIN;
      if (this.#key() === undefined) {
        this.#column = indent + 1;
        out.push(this.#value(indent, false));
      } else {
        if (++this.#depth > MAX_DEPTH) throw NOT_PLAIN;
        out.push(this.#mapping(start));
        this.#depth -= 1;
      }
      const next = this.#peek();
      if (next < indent || (next === indent && !this.#isItem(indent))) return out;
      if (next > indent) throw NOT_PLAIN;
    }
  }

  /** Key and colon at the column, which moves behind them; undefined when there is no key. */
  #key(): string | undefined {
    KEY.lastIndex = this.#column;
    const found = KEY.exec(this.#line);
    if (found === null) return undefined;
    const colon = this.#column + found[0].length;
    const after = this.#line[colon + 1];
    if (after !== undefined && after !== ' ') return undefined;
    this.#column = colon + 1;
    const [, plain, double, single] = found;
    if (plain !== undefined && ODD_KEY.test(plain)) throw NOT_PLAIN;
    const key = plain ?? double ?? single ?? '';
    if (key === '__proto__') throw NOT_PLAIN;
    return key;
  }

  /** What stands at the column to the end of the line, or in the lines below. */
  #value(indent: number, isOfKey: boolean): unknown {
    const line = this.#line;
    const start = spaces(line, this.#column);
    if (start === line.length || isComment(line, start)) {
      this.#row += 1;
      const next = this.#peek();
      if (next > indent || (isOfKey && next === indent && this.#isItem(indent))) return this.#block(next);
      return null;
    }
    this.#column = start;
    const value = this.#inline();
    this.#row += 1;
    // Deeper lines would go on with the text.
    if (this.#peek() > indent) throw NOT_PLAIN;
    return value;
  }

  #inline(): unknown {
    const line = this.#line;
    const first = line[this.#column];
    if (first === '"' || first === "'" || first === '[' || first === '{') {
      const value = first === '"' || first === "'" ? this.#quoted() : this.#flow();
      const end = spaces(line, this.#column);
      if (end < line.length && !isComment(line, end)) throw NOT_PLAIN;
      return value;
    }
    const comment = line.indexOf(' #', this.#column);
    const text = line.slice(this.#column, comment === -1 ? undefined : comment).trimEnd();
    if (text.includes(': ') || text.endsWith(':') || !canBegin(text)) throw NOT_PLAIN;
    return resolve(text);
  }

  #quoted(): string {
    const form = this.#line[this.#column] === '"' ? DOUBLE : SINGLE;
    form.lastIndex = this.#column;
    const found = form.exec(this.#line);
    const [whole, text] = found ?? [];
    if (whole === undefined || text === undefined) throw NOT_PLAIN;
    this.#column += whole.length;
    if (form === SINGLE) return text.replaceAll("''", "'");
    const value: unknown = text.includes('\\') ? JSON.parse(whole) : text;
    return String(value);
  }

  #flow(): unknown {
    if (++this.#depth > MAX_DEPTH) throw NOT_PLAIN;
    const value = this.#line[this.#column] === '[' ? this.#flowList() : this.#flowMapping();
    this.#depth -= 1;
    return value;
  }

  #flowList(): unknown[] {
    const out: unknown[] = [];
    this.#column += 1;
    this.#skipSpaces();
    while (this.#line[this.#column] !== ']') {
      out.push(this.#flowValue());
      this.#separator(']');
    }
    this.#column += 1;
    return out;
  }

  #flowMapping(): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    this.#column += 1;
    this.#skipSpaces();
    while (this.#line[this.#column] !== '}') {
      const key = this.#key();
      if (key === undefined || Object.hasOwn(out, key)) throw NOT_PLAIN;
      this.#skipSpaces();
      out[key] = this.#flowValue();
      this.#separator('}');
    }
    this.#column += 1;
    return out;
  }

  #flowValue(): unknown {
    const first = this.#line[this.#column];
    if (first === '"' || first === "'") return this.#quoted();
    if (first === '[' || first === '{') return this.#flow();
    FLOW_PLAIN.lastIndex = this.#column;
    const text = FLOW_PLAIN.exec(this.#line)?.[0];
    if (text === undefined) throw NOT_PLAIN;
    this.#column += text.length;
    return resolve(text.trimEnd());
  }

  /** A comma, or the closing bracket, which is left standing. */
  #separator(closing: string): void {
    this.#skipSpaces();
    const character = this.#line[this.#column];
    if (character === closing) return;
    if (character !== ',') throw NOT_PLAIN;
    this.#column += 1;
    this.#skipSpaces();
  }

  #skipSpaces(): void {
    this.#column = spaces(this.#line, this.#column);
  }
}

/** Where the spaces from a column on end. */
function spaces(line: string, column: number): number {
  SPACES.lastIndex = column;
  return column + (SPACES.exec(line)?.[0].length ?? 0);
}

function isComment(line: string, column: number): boolean {
  return line[column] === '#' && line[column - 1] === ' ';
}

function canBegin(text: string): boolean {
  return !/^[,[\]{}#&*!|>'"%@`?:]/.test(text) && !/^-(?:$| )/.test(text);
}

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...['~', 'null', 'Null', 'NULL', ''].map((word): [string, unknown] => [word, null]),
  ...['true', 'True', 'TRUE'].map((word): [string, unknown] => [word, true]),
  ...['false', 'False', 'FALSE'].map((word): [string, unknown] => [word, false]),
]);

/** All that the core schema takes for a number. */
const NUMBER = /^(?:0o[0-7]+|0x[\da-f]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|[-+]?\.inf|\.nan)$/i;

/** A plain scalar in the core schema. Numbers that are not written as people count are left to the library. */
function resolve(text: string): unknown {
  if (WORDS.has(text)) return WORDS.get(text);
  if (!/^[-+.\d]/.test(text)) return text;
  if (/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(text) && text !== '-0') return Number(text);
  if (NUMBER.test(text)) throw NOT_PLAIN;
  return text;
}
