import { expect, test } from 'vitest';
import { csvLine } from '../../src/output/csv.ts';

test('quotes what needs it, and defuses formulas', () => {
  expect(csvLine(['plain', 'a,b', 'say "hi"', 'two\nlines', 3, true, null])).toBe(
    'plain,"a,b","say ""hi""","two\nlines",3,true,\r\n',
  );
  expect(csvLine(['=1+1', '+x', '-x', '@x', '\tx'])).toBe('"\'=1+1","\'+x","\'-x","\'@x","\'\tx"\r\n');
});
