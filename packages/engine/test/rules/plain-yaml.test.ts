import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { readPlainYaml } from '../../src/rules/load/plain-yaml.ts';

const RUNS = Number(process.env['QWARDEN_RULE_RUNS'] ?? 1000);

function reference(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  return document.errors.length + document.warnings.length > 0 ? 'an error' : document.toJS();
}

const EXAMPLE = `# a comment
version: 1   # another
defaults: { settle: 15s, "on": [created, 'moved-in'] }

rules:
- name: at the indentation of its key
  where: { under: /records, not: { name: ["*.part", "~$*", 'it''s'] }, size: 10..20 }
  empty:
  list:
  - a b c
  -
  - "\\u00e4 \\n"
  - - 1
  do:
    - lock: { retention: 7y, legal_hold: false, n: -3, none: ~, url: "https://x/y", u: http://a#b }
`.replace('  - - 1\n', '');

describe('the fast reader', () => {
  it('reads what rule files are made of', () => {
    const value = readPlainYaml(EXAMPLE);
    expect(value).toBeDefined();
    expect(value).toEqual(reference(EXAMPLE));
    expect(readPlainYaml(EXAMPLE.replaceAll('\n', '\r\n'))).toEqual(value);
  });

  it.each([
    'a: &x 1\nb: *x',
    'a: |\n  text',
    'a: one\n  two',
    'a: 1\na: 2',
    '- {a: 1, a: 2}',
    'mode: 0640',
    'a: 0x10',
    'a: 1e3',
    'a: .inf',
    'a: !!str 1',
    'a:\tb',
    '<<: {a: 1}',
    '__proto__: {a: 1}',
    '"__proto__": {a: 1}',
    '? a\n: b',
    '---\na: 1',
    'a: b: c',
    'a: [1, 2',
    'a: "x',
    'a: *x',
    'a: - b',
    'a',
    '[a]',
    'true: 1',
    'a: 1\n b: 2',
    '  a: 1\nb: 2',
    'a: [x: y]',
    'a: "\\x41"',
  ])('leaves %j to the library', (text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  it(
    'gives what the library gives, or nothing',
    () => {
      const scalar = fc.oneof(
        {
          weight: 6,
          arbitrary: fc.constantFrom(
            'a',
            '*.part',
            'a #b',
            "it's",
            '7y',
            '/x/y',
            'true',
            'a: b',
            3,
            true,
            'a b',
            '10..20',
          ),
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
            fc.oneof(
              fc.constantFrom('name', 'where', 'do', 'a-b'),
              fc.constantFrom('name', 'rules', 'null', 'x y', '1', ''),
            ),
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
      let fast = 0;
      fc.assert(
        fc.property(
          fc.dictionary(fc.constantFrom('version', 'rules', 'x'), value, { minKeys: 1 }),
          style,
          damage,
          (value, style, damage) => {
            let text = stringify(value, style);
            for (const [at, insert] of damage) {
              const place = at % (text.length + 1);
              text = text.slice(0, place) + insert + text.slice(place);
            }
            const ours = readPlainYaml(text);
            if (ours === undefined) return;
            fast += 1;
            expect([text, ours]).toEqual([text, reference(text)]);
          },
        ),
        { numRuns: RUNS * 2 },
      );
      expect(fast).toBeGreaterThan(RUNS / 10);
    },
    120_000 + RUNS * 20,
  );
});
