import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { checkRetention, parseRetention, RetentionError, retentionEnd } from '../../src/retention/index.ts';

const at = (text: string) => Date.parse(text);
const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};
const end = (text: string, now: string) => retentionEnd(parseRetention(text), at(now));

describe('parseRetention', () => {
  it.each([
    ['7d', { years: 0, months: 0, days: 7, seconds: 0 }],
    ['6m', { years: 0, months: 6, days: 0, seconds: 0 }],
    ['2Y', { years: 2, months: 0, days: 0, seconds: 0 }],
    ['1y6m', { years: 1, months: 6, days: 0, seconds: 0 }],
    [' 1y 2w 3d ', { years: 1, months: 0, days: 17, seconds: 0 }],
    ['P2Y6M10D', { years: 2, months: 6, days: 10, seconds: 0 }],
    ['P1W', { years: 0, months: 0, days: 7, seconds: 0 }],
    ['PT1H30M5S', { years: 0, months: 0, days: 0, seconds: 5405 }],
    ['P10Y11M12DT13H14M15S', { years: 10, months: 11, days: 12, seconds: 47_655 }],
  ])('reads the period %j', (text, amounts) => {
    expect(parseRetention(text)).toEqual({ kind: 'period', text: text.trim(), ...amounts });
  });

  it.each([
    ['2031-12-31', '2031-12-31T00:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
    ['2031-12-31T12:00:00Z', '2031-12-31T12:00:00Z'],
    ['2031-12-31T12:00:00+02:00', '2031-12-31T10:00:00Z'],
    ['2031-12-31 23:30:00-01:00', '2032-01-01T00:30:00Z'],
    ['2031-12-31T12:00:00.000000001Z', '2031-12-31T12:00:01Z'],
  ])('reads the end %j', (text, expected) => {
    expect(parseRetention(text)).toEqual({ kind: 'until', text, at: expected });
  });

  it.each([
    ['', /empty/],
    ['5x', /"5x" is not a retention.*Accepted/],
    ['12', /has no unit: 12d/],
    ['-7d', /negative/],
    ['P-2Y', /negative/],
    ['7d7d', /days twice/],
    ['P', /not a retention/],
    ['P1YT', /not a retention/],
    ['2031-13-01', /no month 13/],
    ['2031-02-29', /not a day/],
    ['2031-12-31T12:00:00', /no time zone/],
    ['2031-12-31T24:00:00Z', /not a time of day/],
    ['2031-12-31T12:00:00+99:00', /no valid offset/],
    ['99999999999y', /longer than any calendar/],
    ['9'.repeat(5000), /too long/],
  ])('refuses %j with words', (text, message) => {
    expect(() => parseRetention(text)).toThrow(RetentionError);
    expect(() => parseRetention(text)).toThrow(message);
  });

  it('never throws anything but RetentionError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[P0-9ymwdTHSZ:+-]{0,24}$/)), (text) => {
        expect(thrownBy(() => parseRetention(text)) ?? new RetentionError('')).toBeInstanceOf(RetentionError);
      }),
    );
  });
});

describe('retentionEnd', () => {
  it.each([
    ['2y', '2026-11-23T10:00:00Z', '2028-11-23T10:00:00Z'],
    ['6m', '2026-11-23T10:00:00Z', '2027-05-23T10:00:00Z'],
    ['1m', '2027-01-31T10:00:00Z', '2027-03-01T10:00:00Z'],
    ['1m', '2028-01-31T10:00:00Z', '2028-03-01T10:00:00Z'],
    ['1m', '2028-01-29T10:00:00Z', '2028-02-29T10:00:00Z'],
    ['1y', '2028-02-29T23:59:59Z', '2029-03-01T23:59:59Z'],
    ['4y', '2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z'],
    ['1m', '2027-03-31T00:00:00Z', '2027-05-01T00:00:00Z'],
    ['1m', '2027-12-31T00:00:00Z', '2028-01-31T00:00:00Z'],
    ['1d', '2027-12-31T00:00:00.001Z', '2028-01-01T00:00:01Z'],
    ['P1M1D', '2027-01-31T10:00:00Z', '2027-03-02T10:00:00Z'],
  ])('%s from %s is %s', (text, now, expected) => {
    expect(end(text, now)).toBe(expected);
  });

  it('agrees with Temporal wherever the day exists, and takes the day after the last one where it does not', () => {
    const amount = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        fc.integer({ min: at('1970-01-01T00:00:00Z'), max: at('2400-01-01T00:00:00Z') }),
        fc.record({ years: amount(150), months: amount(40), days: amount(4000) }),
        (startMs, { years, months, days }) => {
          const start = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO('UTC');
          const asked = start.add({ years, months });
          const clamped = asked.day < start.day ? asked.add({ days: 1 }) : asked;
          const expected = Math.ceil(clamped.add({ days }).epochMilliseconds / 1000) * 1000;
          expect(at(retentionEnd(parseRetention(`${years}y${months}m${days}d`), startMs))).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('falls back by less than a day with a later start, and is never shorter than the shortest months', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.nat(3e9),
        fc.nat(60),
        fc.nat(60),
        (startMs, laterMs, months, days) => {
          const retention = parseRetention(`${months}m${days}d`);
          expect(at(retentionEnd(retention, startMs + laterMs))).toBeGreaterThanOrEqual(
            at(retentionEnd(retention, startMs)) - 86_400_000,
          );
          expect(at(retentionEnd(retention, startMs))).toBeGreaterThanOrEqual(
            startMs + months * 28 * 86_400_000 + days * 86_400_000,
          );
        },
      ),
    );
  });

  it('refuses an end after the year 9999', () => {
    expect(() => end('9000y', '2026-01-01T00:00:00Z')).toThrow(/9999/);
    expect(() => end('999999999d', '2026-01-01T00:00:00Z')).toThrow(/9999/);
    expect(() => end('999999999m', '2026-01-01T00:00:00Z')).toThrow(/9999/);
  });
});

describe('checkRetention', () => {
  const now = at('2026-11-23T10:00:00Z');
  const check = (text: string, allowLong = false) => checkRetention(parseRetention(text), now, { allowLong });

  it('accepts what is ahead', () => {
    for (const text of ['1d', 'PT1S', '100y', '2026-11-24', '2026-11-23T10:00:01Z'])
      expect(() => check(text)).not.toThrow();
  });

  it('measures a hundred years from a moment between two seconds too', () => {
    expect(() => checkRetention(parseRetention('100y'), now + 1, { allowLong: false })).not.toThrow();
    expect(() => checkRetention(parseRetention('1200m1d'), now + 1, { allowLong: false })).toThrow(/--allow-long/);
  });

  it.each([
    ['0d', /zero/],
    ['0y0m', /zero/],
    ['2026-11-23', /is past/],
    ['2026-11-23T10:00:00Z', /is past/],
    ['101y', /--allow-long-retention/],
    ['100y1d', /--allow-long-retention/],
    ['2200-01-01', /--allow-long-retention/],
  ])('refuses %s', (text, message) => {
    expect(() => check(text)).toThrow(message);
  });

  it('lets a very long one through when asked to', () => {
    expect(() => check('500y', true)).not.toThrow();
  });
});
