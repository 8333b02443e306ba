import { addMonths, DAY_MS, toWholeSeconds } from './calendar.ts';
import { RetentionError } from './error.ts';
import type { Retention } from './retention.ts';

const LONG_YEARS = 100;

/**
 * The end of the retention for a retention lock that is set at `clusterNowMs` (milliseconds since the epoch on the *cluster's*
 * clock, the latest moment it can be there). RFC 3339, UTC, whole seconds, rounded up: never shorter than asked.
 * Years and months are the calendar's (see `addMonths`), then days, then seconds.
 * @throws RetentionError when the end lies after the year 9999.
 */
export function retentionEnd(retention: Retention, clusterNowMs: number): string {
  return retention.kind === 'until' ? retention.at : toWholeSeconds(periodEndMs(retention, clusterNowMs));
}

/**
 * Refuses what cannot be meant at `nowMs`: zero, an end that is past, and more than a hundred years unless `allowLong`.
 * @param options.remedy what allows it, for the message
 * @throws RetentionError with a message for people.
 */
export function checkRetention(
  retention: Retention,
  nowMs: number,
  options: { readonly allowLong: boolean; readonly remedy?: string | undefined },
): void {
  const end = Date.parse(retentionEnd(retention, nowMs));
  if (retention.kind === 'period' && isZero(retention)) {
    throw new RetentionError(
      `The retention "${retention.text}" is zero: no file would be kept for any time. Ask for at least 1d.`,
    );
  }
  if (end <= nowMs) {
    throw new RetentionError(
      `The retention "${retention.text}" is past (now ${toWholeSeconds(nowMs)}): a retention lock must point forward.`,
    );
  }
  // Rounded as the end is, so that exactly a hundred years are not "more than" that by a fraction of a second.
  const longest = Date.parse(toWholeSeconds(addMonths(nowMs, LONG_YEARS * 12)));
  if (!options.allowLong && end > longest) {
    throw new RetentionError(
      `The retention "${retention.text}" ends ${retentionEnd(retention, nowMs).slice(0, 10)}, more than ${LONG_YEARS} years from now, ` +
        `and a retention lock can never be shortened. If that is meant, add ${options.remedy ?? '--allow-long-retention'}.`,
    );
  }
}

function periodEndMs(retention: Extract<Retention, { kind: 'period' }>, startMs: number): number {
  const months = retention.years * 12 + retention.months;
  return addMonths(startMs, months) + retention.days * DAY_MS + retention.seconds * 1000;
}

function isZero(retention: Extract<Retention, { kind: 'period' }>): boolean {
  return retention.years === 0 && retention.months === 0 && retention.days === 0 && retention.seconds === 0;
}
