import * as fc from 'fast-check';

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('API_HOST', 'api_host', 'Port', 'PASSWORD', 'a', 'B', 'ÄÖ', 'two words') },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '%', '[x', 'key\u0085', 'İ', '#no', 'k;v') },
);
const space = fc.constantFrom('', '', '', ' ', '  ', '\t', '    ', '\u00a0', '\u2003', '\x1c', '\ufeff');
const delimiter = fc.constantFrom('=', ':', ' = ', ' : ', '=:', ' =\t');
const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('x', '', 'two words', 'a=b:c', '# not a comment', 'x ; y', '"quoted"', '10.0.0.1'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '50%',
      '50%%',
      '%(a)s',
      '%(PASSWORD)s/x',
      '%(none)s',
      '%(b)s%%',
      '%(',
      '%()s',
      '%%%',
      '%x',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll(/[\ud800-\udfff]/g, '?')),
  },
);
const header = fc.constantFrom(
  '[DEFAULT]',
  '[DEFAULT]',
  '[CLUSTER]',
  '[other]',
  '[ a b ]',
  '[x]y]',
  '[]',
  '[x',
  '[DEFAULT] # c',
);
const line = fc.oneof(
  { weight: 10, arbitrary: fc.tuple(space, key, delimiter, value, space).map((parts) => parts.join('')) },
  { weight: 3, arbitrary: fc.tuple(space, header, space).map((parts) => parts.join('')) },
  { weight: 3, arbitrary: fc.tuple(space, value).map(([indent, text]) => `   ${indent}${text}`) },
  { weight: 2, arbitrary: fc.tuple(space, fc.constantFrom('#', ';', '# c', ';x=1')).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.constantFrom('', '  ', '\t') },
  { weight: 1, arbitrary: fc.tuple(space, value).map((parts) => parts.join('')) },
);

/** Files as people and programs write them, and as nobody should. */
export const iniText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('[DEFAULT]\n', '[DEFAULT]\n', '[CLUSTER]\n', '', '# comment\n\n[DEFAULT]\r\n'),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n', '\r')), { maxLength: 12 }),
    fc.boolean(),
  )
  .map(([start, lines, cut]) => {
    const text = start + lines.map((pair) => pair.join('')).join('');
    return cut ? text.replace(/[\r\n]+$/, '') : text;
  });
