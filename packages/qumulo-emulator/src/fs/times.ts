/**
 * Times as the API writes and reads them: RFC 3339 in UTC, up to nine fraction digits, trailing zeros dropped (FACTS 4).
 *
 * Inside, a time is two numbers (whole seconds since 1970, nanoseconds 0..999,999,999), so that a million files need no bigint.
 */
import { decodeError } from './errors.ts';

export type Time = { readonly seconds: number; readonly nanos: number };

const billion = 1_000_000_000n;

export const fromNs = (ns: bigint): Time => {
  let seconds = ns / billion;
  let nanos = ns % billion;
  if (nanos < 0n) {
    nanos += billion;
    seconds -= 1n;
  }
  return { seconds: Number(seconds), nanos: Number(nanos) };
};

export const compareTimes = (a: Time, b: Time): number => a.seconds - b.seconds || a.nanos - b.nanos;

/** Texts of recently written seconds by their low bits: most times on the wire are near each other. */
const slots = 256;
const slotSeconds: number[] = Array.from({ length: slots }, () => Number.NaN);
const slotTexts: string[] = Array.from({ length: slots }, () => '');

const textOfSeconds = (seconds: number): string => {
  const slot = seconds & (slots - 1);
  if (slotSeconds[slot] !== seconds) {
    slotSeconds[slot] = seconds;
    slotTexts[slot] = new Date(seconds * 1000).toISOString().slice(0, -5);
  }
  return slotTexts[slot] ?? '';
};

/** `2015-11-25T07:15:51Z`, `…48.877148926Z`, `…01.10147995Z`. */
export const formatTime = (seconds: number, nanos: number): string => {
  const text = textOfSeconds(seconds);
  if (nanos === 0) return `${text}Z`;
  let digits = 9;
  let rest = nanos;
  while (rest % 10 === 0) {
    rest /= 10;
    digits -= 1;
  }
  return `${text}.${String(rest).padStart(digits, '0')}Z`;
};

const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,}))?([Zz]|[+-]\d\d:?\d\d)$/;

/**
 * Reads an RFC 3339 time; offsets other than Z are accepted ([I] FACTS 5), fraction digits past the ninth are dropped.
 * @throws FsError decode_error naming `field` when the text is no time
 */
export const parseTime = (text: string, field: string): Time => {
  const refuse = () => decodeError(`field '${field}': '${text}' is not an RFC 3339 time`);
  const match = shape.exec(text);
  if (match === null) throw refuse();
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const [y, mo, d] = [Number(year), Number(month), Number(day)];
  const [h, mi, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || mi > 59 || s > 59) throw refuse();
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  date.setUTCHours(h, mi, s, 0);
  if (date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d) throw refuse();
  let seconds = date.getTime() / 1000;
  if (zone !== 'Z' && zone !== 'z') {
    const digits = zone.slice(1).replace(':', '');
    const [zh, zm] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
    if (zh > 23 || zm > 59) throw refuse();
    seconds -= (zone.startsWith('-') ? -1 : 1) * (zh * 3600 + zm * 60);
  }
  return { seconds, nanos: Number(fraction.slice(0, 9).padEnd(9, '0')) };
};
