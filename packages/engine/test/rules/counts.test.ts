import { describe, expect, it } from 'vitest';
import { MatchCounts, type Rule } from '../../src/index.ts';
import { change, load, where } from '../support/rules.ts';

function ruleWith(count: string): Rule {
  const [rule] = where(`{ under: /a, count: ${count} }`).rules;
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

describe('count', () => {
  it('is enough from the n-th match within the time on, and slides', () => {
    const counts = new MatchCounts();
    const rule = ruleWith('{ matches: 3, within: 10s }');
    const add = (at: number): boolean => counts.add(rule, change({ at }));
    expect([0, 4000, 9999].map(add)).toEqual([false, false, true]);
    expect([10_000, 14_000, 30_000, 30_001].map(add)).toEqual([true, true, false, false]);
    expect(add(30_002)).toBe(true);
  });

  it('does not count what lies a whole window back', () => {
    const counts = new MatchCounts();
    const rule = ruleWith('{ matches: 2, within: 10s }');
    counts.add(rule, change({ at: 0 }));
    expect(counts.add(rule, change({ at: 10_000 }))).toBe(false);
  });

  it('counts for each directory, each watch, or the rule', () => {
    const counts = new MatchCounts();
    const [directory, watch, all] = ['directory', 'watch', 'rule'].map((per) =>
      ruleWith(`{ matches: 2, within: 10s, per: ${per} }`),
    );
    if (directory === undefined || watch === undefined || all === undefined) throw new Error('no rule');
    const results = (rule: Rule): boolean[] => [
      counts.add(rule, change({ path: '/a/x' }), 'one'),
      counts.add(rule, change({ path: '/b/x' }), 'one'),
      counts.add(rule, change({ path: '/a/y' }), 'two'),
    ];
    expect(results(directory)).toEqual([false, false, true]);
    expect(results(watch)).toEqual([false, true, false]);
    expect(results(all)).toEqual([false, true, true]);
  });

  it('takes changes that come late where they belong', () => {
    const counts = new MatchCounts();
    const rule = ruleWith('{ matches: 3, within: 10s }');
    expect([20_000, 5000, 15_000, 16_000].map((at) => counts.add(rule, change({ at })))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('is no condition for a rule without it', () => {
    const [rule] = where('{ under: /a }').rules;
    if (rule === undefined) throw new Error('no rule');
    expect(new MatchCounts().add(rule, change())).toBe(true);
  });

  it('survives JSON, and forgets what can count no longer', () => {
    const counts = new MatchCounts();
    const rule = ruleWith('{ matches: 2, within: 10s }');
    counts.add(rule, change({ at: 1000 }));
    const again = MatchCounts.fromJSON(JSON.parse(JSON.stringify(counts)));
    expect(again.toJSON()).toEqual(counts.toJSON());
    expect(again.add(rule, change({ at: 2000 }))).toBe(true);
    again.expire(11_999);
    expect(again.toJSON().windows).toHaveLength(1);
    again.expire(12_000);
    expect(again.toJSON().windows).toEqual([]);
  });

  it('begins anew when the rule asks for another count', () => {
    const counts = new MatchCounts();
    counts.add(ruleWith('{ matches: 2, within: 10s }'), change());
    expect(counts.add(ruleWith('{ matches: 2, within: 11s }'), change())).toBe(false);
  });

  it('is part of what a rule set is', () => {
    const once = load(
      'version: 1\nrules:\n  - name: a\n    where: { count: { matches: 50, within: 1m } }\n    do: [log: {}]\n',
    );
    expect(once.rules[0]).toMatchObject({ where: null, count: { matches: 50, withinMs: 60_000, per: 'rule' } });
    expect(load(once.text)).toEqual(once);
  });
});
