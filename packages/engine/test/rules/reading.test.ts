import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { loadRules } from '../../src/index.ts';
import { readJson } from '../../src/rules/load/json-text.ts';
import { readLargeYaml } from '../../src/rules/load/large-yaml.ts';
import { readPlainYaml } from '../../src/rules/load/plain-yaml.ts';
import type { KeyPath } from '../../src/rules/load/problem.ts';
import { readYaml } from '../../src/rules/load/yaml-text.ts';
import { catalog } from '../support/rules.ts';
import { jsonValue, ruleFileText, yamlText } from '../support/yaml-texts.ts';

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
      let fast = 0;
      fc.assert(
        fc.property(yamlText, (text) => {
          const ours = readPlainYaml(text);
          if (ours === undefined) return;
          fast += 1;
          expect([text, ours]).toEqual([text, reference(text)]);
        }),
        { numRuns: RUNS * 2 },
      );
      expect(fast).toBeGreaterThan(RUNS / 10);
    },
    120_000 + RUNS * 20,
  );
});

/** Paths to everything in a value. */
function pathsOf(value: unknown): KeyPath[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [[], ...[...entries].flatMap(([key, own]) => pathsOf(own).map((path) => [key, ...path]))];
}

describe('reading in pieces', () => {
  it('leaves a text to the library in which something stands between `rules` and its first item', () => {
    const text = 'version: 1\nrules:\n#  - name: a\n    where:\n      {}\n  - /x/y\n';
    expect(readYaml(text).ok).toBe(false);
    expect(readLargeYaml(text)?.ok).not.toBe(true);
  });

  it(
    'gives what the library gives of the whole, and the same places',
    () => {
      let inPieces = 0;
      fc.assert(
        fc.property(ruleFileText, (text) => {
          const ours = readLargeYaml(text);
          if (ours === undefined) return;
          inPieces += 1;
          const theirs = readYaml(text);
          expect([text, ours.ok]).toEqual([text, theirs.ok]);
          if (!ours.ok || !theirs.ok) return;
          expect([text, ours.value]).toEqual([text, theirs.value]);
          for (const path of pathsOf(ours.value)) {
            const places = [true, false].map((atKey) => [ours.locate(path, atKey), theirs.locate(path, atKey)]);
            for (const [own, other] of places) expect([text, path, own]).toEqual([text, path, other]);
          }
        }),
        { numRuns: RUNS },
      );
      expect(inPieces).toBeGreaterThan(RUNS / 10);
    },
    120_000 + RUNS * 20,
  );

  it(
    'finds the same places in JSON as the library',
    () => {
      fc.assert(
        fc.property(
          fc.dictionary(fc.constantFrom('version', 'rules', 'a "b"'), jsonValue),
          fc.constantFrom(0, 2),
          (value, indent) => {
            const text = JSON.stringify(value, undefined, indent);
            const [ours, theirs] = [readJson(text), readYaml(text)];
            if (ours?.ok !== true || !theirs.ok) return;
            for (const path of [...pathsOf(value), ['rules', 99], ['nothing', 'here']]) {
              const places = [true, false].map((atKey) => [ours.locate(path, atKey), theirs.locate(path, atKey)]);
              for (const [own, other] of places) expect([text, path, own]).toEqual([text, path, other]);
            }
          },
        ),
        { numRuns: RUNS / 2 },
      );
    },
    120_000 + RUNS * 20,
  );

  it('names the line of a mistake in one of many rules', () => {
    const rule = (index: number, where: string): string =>
      `- name: rule ${index}\n  where: ${where}\n  do: [log: {}]\n`;
    const rules = Array.from({ length: 3000 }, (_, index) => rule(index, '{ under: /a }'));
    const file = (one: string): string => `version: 1\nrules:\n${rules.with(2000, one).join('')}`;
    const say = (text: string): string[] => {
      const result = loadRules(text, { source: 'r', catalog });
      return result.ok ? [] : result.problems.map(({ line, column, key }) => `${line}:${column} ${key}`);
    };
    expect(say(file(rule(2000, '{ undr: /a }')))).toEqual(['6004:12 rules[2000].where.undr']);
    expect(say(file(rule(2000, '{ under: [/a }')))[0]).toMatch(/^6004:/);
    expect(say(file('- name: x\n\tdo: []\n'))).toContainEqual(expect.stringMatching(/^6004:/));
  });
});
