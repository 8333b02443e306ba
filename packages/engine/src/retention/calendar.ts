import { RetentionError } from './error.ts';

const LAST_YEAR = 9999;

/** Days in a month of the proleptic Gregorian calendar; `month` counts from 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/**
 * Adds calendar months in UTC and keeps the time of day. When the month has no such day (31 January + 1 month, 29 February
 * + 12 months) the result is the first day *after* it, never an earlier one: retention must not come out shorter than asked.
 */
export function addMonths(startMs: number, months: number): number {
  if (months === 0) return startMs;
  const start = new Date(startMs);
  const timeOfDay = startMs - Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate());
  const index = start.getUTCFullYear() * 12 + start.getUTCMonth() + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  if (year > LAST_YEAR) throw tooFar();
  const day = start.getUTCDate();
  const last = daysInMonth(year, month);
  return (day <= last ? utc(year, month, day) : utc(year, month, last) + DAY_MS) + timeOfDay;
}

export const DAY_MS = 86_400_000;

/** Milliseconds since the epoch of 00:00 UTC of a day. Unlike `Date.UTC` it takes years below 100 literally. */
export function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

/**
 * RFC 3339 in UTC with whole seconds, rounded up.
 * @throws RetentionError past the year 9999, which RFC 3339 cannot write.
 */
export function toWholeSeconds(ms: number): string {
  const up = Math.ceil(ms / 1000) * 1000;
  if (!Number.isFinite(up) || up > Date.UTC(LAST_YEAR, 11, 31, 23, 59, 59)) throw tooFar();
  return `${new Date(up).toISOString().slice(0, 19)}Z`;
}

function tooFar(): RetentionError {
  return new RetentionError(
    'The retention would end after the year 9999, which the cluster cannot store. Ask for less.',
  );
}
