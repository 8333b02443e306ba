import { RuleTextError } from '../text-error.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export interface LocalTime {
  /** Minutes since midnight. */
  readonly minutes: number;
  readonly weekday: Weekday;
}

const MINUTE_MS = 60_000;

/** @throws RuleTextError */
export function checkTimeZone(zone: string): void {
  try {
    formatOf(zone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RuleTextError(`The time zone "${zone}" is not known. Accepted: UTC, Europe/Berlin, America/New_York, ….`);
  }
}

/** Wall clock of a time zone. Remembers the last minute, since many events share one. */
export function localClock(zone: string): (now: number) => LocalTime {
  let format: Intl.DateTimeFormat | undefined;
  let minute = Number.NaN;
  let last: LocalTime = { minutes: 0, weekday: 'mon' };
  return (now) => {
    if (Math.floor(now / MINUTE_MS) === minute) return last;
    format ??= formatOf(zone);
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(now)) parts[type] = value;
    const day = (parts['weekday'] ?? '').toLowerCase();
    last = {
      minutes: Number(parts['hour']) * 60 + Number(parts['minute']),
      weekday: weekdays.find((one) => one === day) ?? 'mon',
    };
    minute = Math.floor(now / MINUTE_MS);
    return last;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
