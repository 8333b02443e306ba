import type { FileRef } from '../options.ts';

const plain = /^[A-Za-z0-9_.~-]*$/;
const fileId = /^[0-9]{1,20}$/;

/**
 * Text as one segment of a URI or as a query value, by the rules of the official SDK: only `A-Za-z0-9_.-~` stay
 * (FACTS 3). A lone surrogate (a name that is no valid Unicode, which Python refuses to send) goes out as the three
 * bytes that UTF-8 would give its code point ("WTF-8"): never a URIError, and no two names become one.
 */
export function encodeSegment(text: string): string {
  if (plain.test(text)) return text;
  return text.isWellFormed() ? encodeWellFormed(text) : Array.from(text, encodeCodePoint).join('');
}

function encodeWellFormed(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => percent(char.charCodeAt(0)));
}

function encodeCodePoint(char: string): string {
  if (char.isWellFormed()) return encodeWellFormed(char);
  const unit = char.charCodeAt(0);
  return percent(0xe0 | (unit >> 12)) + percent(0x80 | ((unit >> 6) & 0x3f)) + percent(0x80 | (unit & 0x3f));
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * A file reference as one segment: an id as it is, a path whole with its slashes escaped (`/a/b` -> `%2Fa%2Fb`, FACTS 3).
 * @throws TypeError when it is neither, so that nothing is sent.
 */
export function encodeRef(ref: FileRef): string {
  if (typeof ref === 'string') {
    if (fileId.test(ref)) return ref;
    if (ref.startsWith('/')) return encodeSegment(ref);
  }
  throw new TypeError(
    `Not a reference to a file: ${JSON.stringify(ref)}. Give an absolute path ("/a/b") or a decimal id ("1003").`,
  );
}

export type QueryValue = string | number | bigint | boolean | undefined;

/**
 * `?a=1&b=true`, or nothing when no value is set. Booleans are lower-case `true`/`false`: what every parameter of the
 * API takes (FACTS 3).
 */
export function encodeQuery(query: Readonly<Record<string, QueryValue>>): string {
  let text = '';
  for (const name in query) {
    const value = query[name];
    if (value === undefined) continue;
    text += `${text === '' ? '?' : '&'}${name}=${encodeSegment(String(value))}`;
  }
  return text;
}
