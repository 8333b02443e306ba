import { badReference } from './errors.ts';

/**
 * Percent-encoding of one URI segment or query value, both ways, for names that need not be well-formed Unicode.
 *
 * A file path is one encoded segment (FACTS 3), so decoding happens after the URI was split, and never twice. Bytes are
 * WTF-8: like UTF-8, but a lone surrogate (a name that SMB clients can make) has its own three bytes and survives the trip.
 */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of an encoded segment. Throws a 400 `ApiError` on a broken escape or on bytes that are not WTF-8. */
export function decodeSegment(raw: string): string {
  if (!needsDecoding(raw)) return raw;
  const bytes = bytesOf(raw);
  try {
    return utf8.decode(bytes);
  } catch {
    return decodeWtf8(bytes, raw);
  }
}

/** The segment that stands for this text in a URI: only `A-Za-z0-9_.-~` stay as they are, as in the official SDK. */
export function encodeSegment(text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text).replace(/[!'()*]/g, escapeByte);
  let encoded = '';
  for (const character of text) {
    const code = character.charCodeAt(0);
    const lone = character.length === 1 && code >= 0xd800 && code <= 0xdfff;
    encoded += lone ? encodeSurrogate(code) : encodeURIComponent(character).replace(/[!'()*]/g, escapeByte);
  }
  return encoded;
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function encodeSurrogate(code: number): string {
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    .map((byte) => `%${byte.toString(16).toUpperCase()}`)
    .join('');
}

function needsDecoding(raw: string): boolean {
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code === 0x25 || code > 0x7f) return true;
  }
  return false;
}

/** Node hands over the request line as latin1: one character is one byte. */
function bytesOf(raw: string): Uint8Array {
  const bytes = new Uint8Array(raw.length);
  let length = 0;
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code === 0x25) {
      const value = hex(raw.charCodeAt(i + 1)) * 16 + hex(raw.charCodeAt(i + 2));
      if (Number.isNaN(value)) throw badReference(raw, 'has a broken percent escape');
      bytes[length++] = value;
      i += 2;
    } else {
      bytes[length++] = code;
    }
  }
  return bytes.subarray(0, length);
}

function hex(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}

function decodeWtf8(bytes: Uint8Array, raw: string): string {
  let text = '';
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0xed || (bytes[i + 1] ?? 0) < 0xa0) continue;
    text += decodeStrict(bytes.subarray(start, i), raw);
    const [middle = 0, last = 0] = [bytes[i + 1], bytes[i + 2]];
    if (middle > 0xbf || (last & 0xc0) !== 0x80) throw badReference(raw, 'is not UTF-8');
    text += String.fromCharCode(0xd000 | ((middle & 0x3f) << 6) | (last & 0x3f));
    i += 2;
    start = i + 1;
  }
  return text + decodeStrict(bytes.subarray(start), raw);
}

function decodeStrict(bytes: Uint8Array, raw: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badReference(raw, 'is not UTF-8');
  }
}
