/** Readers of answers, for `endpoint()`. Only what the product stands on is checked; unknown keys pass. */

/** The text as JSON; undefined for an empty body. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  return JSON.parse(body.toString('utf8'));
}

/** An object in which the named keys are strings. */
export function object<T extends object>(...strings: (keyof T & string)[]): (body: Buffer) => T {
  // That it is a `T` in particular is the API's promise; only what the product stands on is checked on top.
  const isObject = (value: unknown): value is T => typeof value === 'object' && value !== null && !Array.isArray(value);
  return (body) => {
    const value = parseJson(body);
    if (!isObject(value)) throw new Error(`expected a JSON object, got ${describe(value)}`);
    for (const key of strings) {
      if (typeof value[key] !== 'string') throw new Error(`expected a string in ${JSON.stringify(key)}`);
    }
    return value;
  };
}

/** An object in which the named key is an array. */
export function listIn<T extends object>(key: keyof T & string): (body: Buffer) => T {
  const read = object<T>();
  return (body) => {
    const value = read(body);
    if (!Array.isArray(value[key])) throw new Error(`expected a list in ${JSON.stringify(key)}`);
    return value;
  };
}

/** A JSON list. */
export function list<T>(body: Buffer): T[] {
  const value = parseJson(body);
  if (!Array.isArray(value)) throw new Error(`expected a JSON list, got ${describe(value)}`);
  return value;
}

/** The body is of no interest. */
export function nothing(): undefined {
  return undefined;
}

/** The body as it came. */
export function bytes(body: Buffer): Buffer {
  return body;
}

function describe(value: unknown): string {
  if (value === undefined) return 'an empty body';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
