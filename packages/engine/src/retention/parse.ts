import { DAY_MS, daysInMonth, toWholeSeconds, utc } from './calendar.ts';
import { ACCEPTED_FORMS, RetentionError } from './error.ts';
import type { Retention, RetentionPeriod } from './retention.ts';

const SHORT = /^(?:\d+\s*[ymwd]\s*)+$/i;
const SHORT_PART = /(\d+)\s*([ymwd])/gi;
const ISO = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/i;
const UNIT_NAMES: Readonly<Record<string, string>> = { y: 'years', m: 'months', w: 'weeks', d: 'days' };
const MAX_TEXT = 100;

/**
 * Reads a retention as people write it: `7d`, `6m`, `2y`, `1y6m`, `P2Y6M10D`, `2031-12-31` (00:00 UTC, as the older script reads
 * it), `2031-12-31T12:00:00+02:00`. `m` is months. Whether it makes sense at a given moment is `checkRetention`'s question.
 * @throws RetentionError with a message for people.
 */
export function parseRetention(text: string): Retention {
  const asked = text.trim();
  if (asked === '') throw new RetentionError(`The retention is empty. ${ACCEPTED_FORMS}`);
  if (asked.length > MAX_TEXT) throw refuse(`${asked.slice(0, 40)}…`, 'is too long to be a retention');
  if (/^[+-]|^P?-/i.test(asked)) throw refuse(asked, 'is negative; a retention lock can only point forward');
  if (SHORT.test(asked)) return shortForm(asked);
  const iso = ISO.exec(asked);
  if (iso !== null) {
    const parts = iso.slice(1).map((part) => (part === undefined ? 0 : whole(asked, part)));
    const [years, months, weeks, days, hours, minutes, seconds] = parts;
    return period(asked, {
      years: years ?? 0,
      months: months ?? 0,
      days: (weeks ?? 0) * 7 + (days ?? 0),
      seconds: (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0),
    });
  }
  const date = DATE.exec(asked);
  if (date !== null) return { kind: 'until', text: asked, at: toWholeSeconds(dayOf(asked, date)) };
  const time = TIME.exec(asked);
  if (time !== null) return { kind: 'until', text: asked, at: toWholeSeconds(instantOf(asked, time)) };
  if (/^\d+$/.test(asked)) throw refuse(asked, `has no unit: ${asked}d, ${asked}m (months) or ${asked}y?`);
  throw refuse(asked, 'is not a retention');
}

function shortForm(asked: string): RetentionPeriod {
  const parts: Record<string, number> = {};
  for (const [, digits, unit] of asked.matchAll(SHORT_PART)) {
    const key = (unit ?? '').toLowerCase();
    if (key in parts) throw refuse(asked, `names ${UNIT_NAMES[key] ?? key} twice`);
    parts[key] = whole(asked, digits ?? '');
  }
  const { y = 0, m = 0, w = 0, d = 0 } = parts;
  return period(asked, { years: y, months: m, days: w * 7 + d, seconds: 0 });
}

function period(text: string, amounts: Omit<RetentionPeriod, 'kind' | 'text'>): RetentionPeriod {
  return { kind: 'period', text, ...amounts };
}

function whole(asked: string, digits: string): number {
  if (digits.replace(/^0+/, '').length > 9) throw refuse(asked, 'is longer than any calendar');
  return Number(digits);
}

function dayOf(asked: string, parts: RegExpExecArray): number {
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (month < 1 || month > 12) throw refuse(asked, `has no month ${parts[2] ?? ''}`);
  if (day < 1 || day > daysInMonth(year, month)) throw refuse(asked, 'is not a day of the calendar');
  return utc(year, month, day);
}

function instantOf(asked: string, parts: RegExpExecArray): number {
  const day = dayOf(asked, parts);
  const [hour, minute, second] = [Number(parts[4]), Number(parts[5]), Number(parts[6])];
  if (hour > 23 || minute > 59 || second > 59) throw refuse(asked, 'is not a time of day');
  const zone = parts[8];
  if (zone === undefined) {
    throw refuse(asked, `has no time zone: add Z for UTC, or an offset such as +02:00 (${asked.replace(' ', 'T')}Z)`);
  }
  const fraction = parts[7] !== undefined && /[1-9]/.test(parts[7]) ? 1000 : 0;
  return day + (hour * 3600 + minute * 60 + second) * 1000 + fraction - offsetMs(asked, zone);
}

function offsetMs(asked: string, zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  const offset = (hours * 60 + minutes) * 60_000;
  if (minutes > 59 || offset >= DAY_MS) throw refuse(asked, `has no valid offset ${zone}`);
  return zone.startsWith('-') ? -offset : offset;
}

function refuse(asked: string, why: string): RetentionError {
  return new RetentionError(`The retention "${asked}" ${why}. ${ACCEPTED_FORMS}`);
}
