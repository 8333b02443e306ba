/** Decimal strings of the wire. */
import { decodeError } from './errors.ts';

/**
 * An unsigned size or offset sent as a decimal string.
 * @throws FsError decode_error naming `field`; also above 2^53, which is the most the emulator stores exactly
 */
export const parseSize = (text: string, field: string): number => {
  if (!/^\d{1,20}$/.test(text)) throw decodeError(`field '${field}': '${text}' is not an unsigned number`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw decodeError(`field '${field}': ${text} is too large`);
  return value;
};

const maxU64 = (1n << 64n) - 1n;

/** A 64-bit auth_id in its canonical decimal form; undefined when it is none. */
export const canonicalAuthId = (text: string): string | undefined => {
  if (!/^\d{1,20}$/.test(text)) return undefined;
  if (text.length < 16 && !text.startsWith('0')) return text;
  const value = BigInt(text);
  return value <= maxU64 ? value.toString() : undefined;
};
