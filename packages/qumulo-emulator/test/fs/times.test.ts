import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTime, fromNs, parseTime } from '../../src/fs/index.ts';
import { refusal } from './fixture.ts';

const refused = 'decode_error';

describe('times', () => {
  test('every nanosecond comes back as written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_135_596_800_000_000_000n, max: 253_402_300_799_999_999_999n }), (ns) => {
        const { seconds, nanos } = fromNs(ns);
        const text = formatTime(seconds, nanos);
        expect(parseTime(text, 't')).toEqual({ seconds, nanos });
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z$/);
        expect(text.slice(0, 19)).toBe(new Date(seconds * 1000).toISOString().slice(0, 19));
      }),
    );
  });

  test.each([
    ['2030-01-01T00:00:00+00:00', 1_893_456_000, 0],
    ['2030-01-01T02:30:00.5+02:30', 1_893_456_000, 500_000_000],
    ['2029-12-31t23:00:00-01:00', 1_893_456_000, 0],
    ['2030-01-01T00:00:00.000001Z', 1_893_456_000, 1_000],
    ['2030-01-01T00:00:00.1234567891Z', 1_893_456_000, 123_456_789],
    ['0000-01-01T00:00:00Z', -62_167_219_200, 0],
  ])('%s', (text, seconds, nanos) => {
    expect(parseTime(text, 't')).toEqual({ seconds, nanos });
  });

  test.each([
    '',
    'now',
    '2030-01-01',
    '2030-13-01T00:00:00Z',
    '2030-02-29T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:00:60Z',
    '2030-01-01T00:00:00',
    '2030-01-01T00:00:00.Z',
    '2030-01-01T00:00:00+25:00',
  ])('%j is no time', (text) => {
    expect(refusal(() => parseTime(text, 't'))).toBe(refused);
  });
});
