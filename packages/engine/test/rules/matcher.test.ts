import { describe, expect, it } from 'vitest';
import { type Change, compileRules, diffRuleSets } from '../../src/index.ts';
import { attributes } from '../support/attributes.ts';
import { EXAMPLE } from '../support/example-rules.ts';
import { change, load, where } from '../support/rules.ts';

const now = Date.UTC(2026, 0, 5, 12);
const matcher = compileRules(load(EXAMPLE));
const names = (over: Partial<Change>): string[] => matcher.match(change(over)).map(({ rule }) => rule.name);

describe('the example does what it says', () => {
  it.each<[Partial<Change>, string[]]>([
    [{ path: '/records/2026/a.pdf' }, ['lock finished records']],
    [{ path: '/records/2026/a.pdf', type: 'child_data_written' }, ['lock finished records']],
    [{ path: '/records/2026/a.pdf.part' }, []],
    [{ path: '/records/~$a.docx' }, []],
    [{ path: '/records/a.pdf', type: 'child_file_removed' }, []],
    [{ path: '/shares/x/Game.EXE' }, ['quarantine executables']],
    [
      { path: '/shares/x/my-setup-1', type: 'child_file_renamed', movedFrom: '/shares/x/a' },
      ['quarantine executables'],
    ],
    [{ path: '/shares/x/a.txt' }, []],
    [{ path: '/sharesX/a.exe' }, []],
    [{ path: '/shares/a/b/.canary-7', type: 'child_file_removed' }, ['canaries']],
    [{ path: '/shares/a/b/.canary-7' }, []],
    [{ path: '/incoming/a.CSV' }, ['stamp incoming']],
    [{ path: '/incoming/done-a.csv' }, []],
  ])('%j: %j', (over, expected) => {
    expect(names(over)).toEqual(expected);
  });
});

describe('a candidate says what is still to be asked', () => {
  const needs = (conditions: string, over: Partial<Change> = {}): string | undefined =>
    compileRules(where(conditions)).match(change(over))[0]?.needs;

  it('nothing, attributes, or tags; attributes before tags', () => {
    expect(needs('{ under: /records }')).toBe('nothing');
    expect(needs('{ under: /records, size: "> 1B" }')).toBe('attributes');
    expect(needs('{ tag: { a: b } }')).toBe('tags');
    expect(needs('{ tag: { a: b }, size: "> 1B" }')).toBe('attributes');
    expect(needs('{ weekday: mon }')).toBe('nothing');
  });

  it('and asks for nothing that cannot change the answer', () => {
    expect(needs('{ under: /elsewhere, size: "> 1B" }')).toBeUndefined();
    expect(needs('{ any: [{ size: "> 1B" }, { under: /records }] }')).toBe('nothing');
    expect(needs('{ not: { any: [{ size: "> 1B" }, { under: /records }] } }')).toBeUndefined();
  });

  it('and is decided step by step, the cheap questions first', () => {
    const matcher = compileRules(where('{ weekday: mon, size: "> 1B", tag: { a: b } }'));
    const [candidate] = matcher.match(change());
    if (candidate === undefined) throw new Error('no candidate');
    expect(matcher.decide(candidate, { now: now + 86_400_000 })).toBe('no match');
    expect(matcher.decide(candidate, { now })).toBe('attributes');
    expect(matcher.decide(candidate, { now, attributes: attributes({ size: '0' }) })).toBe('no match');
    expect(matcher.decide(candidate, { now, attributes: attributes() })).toBe('tags');
    expect(matcher.decide(candidate, { now, attributes: attributes(), tags: { a: 'b' } })).toBe('match');
    expect(matcher.decide(candidate, { now, attributes: attributes(), tags: {} })).toBe('no match');
  });

  it('and does not match when the file is gone, whether the condition stands alone or under "not"', () => {
    for (const conditions of ['{ size: "> 1B" }', '{ not: { size: "> 1B" } }', '{ not: { tag: { a: b } } }']) {
      const matcher = compileRules(where(conditions));
      const [candidate] = matcher.match(change());
      if (candidate === undefined) throw new Error('no candidate');
      expect(matcher.decide(candidate, { now, attributes: null, tags: null })).toBe('no match');
    }
  });

  it('and is of this rule set only', () => {
    const [candidate] = compileRules(where('{ under: /records }')).match(change());
    if (candidate === undefined) throw new Error('no candidate');
    expect(() => matcher.decide(candidate, { now })).toThrow('not one of this rule set');
  });
});

it('rules come in the order of the file, whatever the index finds first, and disabled ones never', () => {
  const ruleSet = load(`version: 1
rules:
  - { name: by name, on: any, where: { name: a.pdf }, do: [log: {}] }
  - { name: off, on: any, enabled: false, where: { under: /records }, do: [log: {}] }
  - { name: any, on: any, where: { not: { name: b } }, do: [log: {}] }
  - { name: by extension, on: any, where: { extension: pdf }, do: [log: {}] }
  - { name: without case, on: any, case_sensitive: false, where: { under: /RECORDS, name: "A*" }, do: [log: {}] }
  - { name: twice, on: any, where: { under: [/records, /], name: [a.pdf, a.pdf, "a.*"] }, do: [log: {}] }
  - { name: by beginning, on: any, where: { under: /records, name: "a.p*" }, do: [log: {}] }
`);
  const expected = ['by name', 'any', 'by extension', 'without case', 'twice', 'by beginning'];
  expect(
    compileRules(ruleSet)
      .match(change())
      .map(({ rule }) => rule.name),
  ).toEqual(expected);
});

it('ten thousand rules: one change finds its own', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) => ({
    name: `r${index}`,
    where: index % 2 === 0 ? { under: `/d${index}/x` } : { under: '/shared', name: `report-${index}-*` },
    do: [{ log: {} }],
  }));
  const matcher = compileRules(load(JSON.stringify({ version: 1, rules })));
  const found = (path: string): string[] => matcher.match(change({ path })).map(({ rule }) => rule.name);
  expect(found('/d4242/x/a')).toEqual(['r4242']);
  expect(found('/d4242/y/a')).toEqual([]);
  expect(found('/shared/q/report-77-b.pdf')).toEqual(['r77']);
});

it('a difference of rule sets names what was added, removed and changed', () => {
  const before = load(EXAMPLE);
  const after = load(EXAMPLE.replace('name: canaries', 'name: birds').replace('settle: 30s', 'settle: 31s'));
  expect(diffRuleSets(before, after)).toEqual({
    added: ['birds'],
    removed: ['canaries'],
    changed: ['lock finished records'],
  });
  expect(diffRuleSets(before, load(before.text))).toEqual({ added: [], removed: [], changed: [] });
});
