import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNameOrNumbered, nameProblem, numberedName } from '../../src/actions/files/names.ts';

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 255 })
  .filter((text) => nameProblem(text) === undefined);
const number = fc.integer({ min: 2, max: 999 });

describe('numbered names', () => {
  it('are names, and known again', () => {
    fc.assert(
      fc.property(name, number, (text, n) => {
        const numbered = numberedName(text, n);
        expect(nameProblem(numbered)).toBeUndefined();
        expect(numbered).not.toBe(text);
        expect(isNameOrNumbered(numbered, text)).toBe(true);
      }),
    );
  });

  it('differ from one another', () => {
    fc.assert(
      fc.property(name, number, number, (text, a, b) => {
        expect(numberedName(text, a) === numberedName(text, b)).toBe(a === b);
      }),
    );
  });

  it.each([
    ['report.final.csv', 'report.final (2).csv'],
    ['none', 'none (2)'],
    ['.bashrc', '.bashrc (2)'],
    ['dot.', 'dot (2).'],
    [`a.${'x'.repeat(253)}`, `a.${'x'.repeat(249)} (2)`],
  ])('%s', (text, numbered) => {
    expect(numberedName(text, 2)).toBe(numbered);
    expect(isNameOrNumbered(numbered, text)).toBe(true);
  });

  it.each(['report (2).txt', 'report (1).csv', 'report(2).csv', 'reports (2).csv', 'report (02).csv'])(
    '%s is no number of report.csv',
    (text) => {
      expect(isNameOrNumbered(text, 'report.csv')).toBe(false);
    },
  );
});
