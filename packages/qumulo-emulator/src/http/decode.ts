import { decodeError } from './errors.ts';

/**
 * Small readers for JSON bodies. Each takes a value and the name of its field and gives the typed value, or throws the
 * `decode_error` of FACTS 2.2 that names the field. Unknown keys are ignored (FACTS 1); null means absent, because the
 * documented schemas say nothing about either.
 */
export type Decoder<T> = (value: unknown, field: string) => T;

/** A key that may be left out or null: it is then absent from the decoded object. */
export interface OptionalDecoder<T> {
  readonly optional: Decoder<T>;
  readonly keepNull: boolean;
}

type Fields = Readonly<Record<string, Decoder<unknown> | OptionalDecoder<unknown>>>;
type RequiredKeys<F extends Fields> = { [K in keyof F]: F[K] extends OptionalDecoder<unknown> ? never : K }[keyof F];
type OptionalKeys<F extends Fields> = Exclude<keyof F, RequiredKeys<F>>;

export type DecodedFields<F extends Fields> = { [K in RequiredKeys<F>]: F[K] extends Decoder<infer T> ? T : never } & {
  [K in OptionalKeys<F>]?: F[K] extends OptionalDecoder<infer T> ? T : never;
};

export function object<F extends Fields>(fields: F): Decoder<DecodedFields<F>> {
  const entries = Object.entries(fields);
  const required = entries.filter(([, reader]) => typeof reader === 'function').map(([name]) => name);
  return (value, field) => {
    const source = asRecord(value, field);
    const result: Record<string, unknown> = {};
    for (const [name, reader] of entries) {
      const found = Object.hasOwn(source, name) ? source[name] : undefined;
      if (typeof reader === 'function') {
        if (found === undefined) throw decodeError(`field '${name}' not found`);
        result[name] = reader(found, name);
      } else if (found === null ? reader.keepNull : found !== undefined) {
        result[name] = found === null ? null : reader.optional(found, name);
      }
    }
    if (!isDecoded<F>(result, required)) throw decodeError(`field '${field}' is incomplete`);
    return result;
  };
}

/** Every required key is there: the readers above saw to it, this tells the compiler. */
function isDecoded<F extends Fields>(result: object, required: readonly string[]): result is DecodedFields<F> {
  return required.every((name) => Object.hasOwn(result, name));
}

export const optional = <T>(decoder: Decoder<T>): OptionalDecoder<T> => ({ optional: decoder, keepNull: false });

/** A key whose null means something (clears the value), as opposed to its absence. */
export const nullable = <T>(decoder: Decoder<T>): OptionalDecoder<T | null> => ({ optional: decoder, keepNull: true });

/** A key that must be there and may be null. */
export const orNull =
  <T>(decoder: Decoder<T>): Decoder<T | null> =>
  (value, field) =>
    value === null ? null : decoder(value, field);

export const string: Decoder<string> = (value, field) => {
  if (typeof value !== 'string') throw mistyped(field, 'a string', value);
  return value;
};

export const boolean: Decoder<boolean> = (value, field) => {
  if (typeof value !== 'boolean') throw mistyped(field, 'true or false', value);
  return value;
};

/** A whole number within ±2^53. */
export const integer: Decoder<number> = (value, field) => {
  if (!Number.isSafeInteger(value)) throw mistyped(field, 'a whole number', value);
  return Number(value);
};

const maximum64 = 0xffff_ffff_ffff_ffffn;

/** An unsigned 64-bit decimal, sent as a string (a plain number is taken too, as long as it is exact). */
export const decimal: Decoder<string> = (value, field) => {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text) || BigInt(text) > maximum64)
    throw mistyped(field, 'an unsigned 64-bit number as a string', value);
  return text;
};

export function oneOf<const T extends string>(names: readonly T[]): Decoder<T> {
  return (value, field) => {
    const known = names.find((name) => name === value);
    if (known === undefined) throw mistyped(field, `one of ${names.join(', ')}`, value);
    return known;
  };
}

export function array<T>(items: Decoder<T>): Decoder<T[]> {
  return (value, field) => {
    if (!Array.isArray(value)) throw mistyped(field, 'an array', value);
    return value.map((item: unknown, index) => items(item, `${field}[${index}]`));
  };
}

/** Any JSON object, as it came. */
export const record: Decoder<Record<string, unknown>> = (value, field) => asRecord(value, field);

/** Any JSON at all: for operations that take a body and do not look at it. */
export const anything: Decoder<unknown> = (value) => value;

function asRecord(value: unknown, field: string): Record<string, unknown> {
  if (!isRecord(value)) throw mistyped(field, 'an object', value);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mistyped(field: string, expected: string, value: unknown) {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  return decodeError(`field '${field}': expected ${expected}, found ${found}`);
}
