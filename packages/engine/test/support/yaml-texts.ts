import * as fc from 'fast-check';
import { stringify } from 'yaml';

const scalar = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a', '*.part', 'a #b', "it's", '7y', '/x/y', 'true', 'a: b', 3, true, 'a b', '10..20'),
  },
  fc.constantFrom(
    'a',
    '*.part',
    '~$*',
    '7y',
    '0640',
    '1.5',
    'true',
    'null',
    '~',
    '',
    '- x',
    '-x',
    'a: b',
    'a #b',
    'a#b',
    '"q"',
    "it's",
    'a\nb',
    '{x}',
    '[',
    '10..20',
    '22:00-06:00',
    '-',
    '?',
    '.5',
    '+1',
    '1_000',
    'ä',
    '%',
    'x:',
    ':x',
    'http://a:1/b',
    'é\u0085',
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('name', 'where', 'do', 'a-b'), fc.constantFrom('name', 'rules', 'null', 'x y', '1', '')),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
}));
const style = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 0, 0, 20),
  collectionStyle: fc.constantFrom<'any' | 'block' | 'flow'>('any', 'block', 'flow'),
  aliasDuplicateObjects: fc.constant(false),
});
// Damage finds what a writer never writes.
const damage = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom(' ', '\n', ':', '#', '-', '"', "'", ',', '[', '}', ' #', ': ', '- ', '\n  ', '0', 'x'),
  ),
  { maxLength: 3 },
);

const key = fc.constantFrom('version', 'rules', 'defaults', 'x');

/** YAML as programs write it in one style or another, now and then damaged. */
export const yamlText: fc.Arbitrary<string> = fc
  .tuple(fc.dictionary(key, value, { minKeys: 1 }), style, damage)
  .map(([value, style, damage]) => damaged(stringify(value, style), damage));

const named = fc.record({ name: fc.constantFrom('a', 'b', "it's"), where: value, do: value });

/** Rule files of any content. */
export const ruleFileText: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.oneof(named, named, value), { minLength: 1, maxLength: 4 }), value, style, damage)
  .map(([rules, defaults, style, damage]) => damaged(stringify({ version: 1, defaults, rules }, style), damage));

/** What a JSON file may hold. */
export const jsonValue = value;

function damaged(text: string, damage: readonly (readonly [number, string])[]): string {
  let out = text;
  for (const [at, insert] of damage) {
    const place = at % (out.length + 1);
    out = out.slice(0, place) + insert + out.slice(place);
  }
  return out;
}
