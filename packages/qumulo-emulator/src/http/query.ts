import { badQuery } from './errors.ts';
import { decodeSegment } from './percent.ts';

/**
 * Query parameters of a request. Unknown names are ignored; a value of the wrong form is a 400 (FACTS 2.2).
 *
 * A second `?` separates like `&`: the official SDK's access-token listing sends one (FACTS 11).
 */
export class Query {
  readonly #values: ReadonlyMap<string, string>;

  constructor(raw: string) {
    this.#values = raw === '' ? none : parse(raw);
  }

  /** The text of a parameter; undefined when absent. A name without a value is `''`. */
  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** `true|True|false|False` (FACTS 3: the SDK sends Python's spelling for some); anything else, `1` too, is a 400. */
  flag(name: string, absent = false): boolean {
    const value = this.#values.get(name);
    if (value === undefined) return absent;
    if (value === 'true' || value === 'True') return true;
    if (value === 'false' || value === 'False') return false;
    throw badQuery(name, value, 'true or false');
  }

  /** A decimal number that is not negative. */
  count(name: string): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (Number.isNaN(number)) throw badQuery(name, value, 'a decimal number');
    return number;
  }

  /** An unsigned 64-bit decimal, as the file system's offsets and lengths are. */
  bigCount(name: string): bigint | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,20}$/.test(value) ? BigInt(value) : -1n;
    if (number < 0n || number > 0xffff_ffff_ffff_ffffn)
      throw badQuery(name, value, 'an unsigned 64-bit decimal number');
    return number;
  }

  /** One of the names; 400 for another. */
  oneOf<T extends string>(name: string, names: readonly T[]): T | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const known = names.find((candidate) => candidate === value);
    if (known === undefined) throw badQuery(name, value, `one of ${names.join(', ')}`);
    return known;
  }
}

const none: ReadonlyMap<string, string> = new Map();

function parse(raw: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of raw.split(/[&?]/)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodeSegment(equals < 0 ? part : part.slice(0, equals));
    if (!values.has(name)) values.set(name, equals < 0 ? '' : decodeValue(part.slice(equals + 1)));
  }
  return values;
}

/** `+` is a blank in values: Go's and Python's form encoders write it so, and the SDK escapes a real plus. */
function decodeValue(raw: string): string {
  return decodeSegment(raw.includes('+') ? raw.replaceAll('+', '%20') : raw);
}
