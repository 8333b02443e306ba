import { canonicalRule } from '../load/canonical.ts';
import type { Rule, RuleSet } from '../rule.ts';

/** Names of rules, each list in alphabetical order. */
export interface RuleSetDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** What a reload changed. */
export function diffRuleSets(before: RuleSet, after: RuleSet): RuleSetDiff {
  const old = new Map(before.rules.map((rule) => [rule.name, rule]));
  const added: string[] = [];
  const changed: string[] = [];
  for (const rule of after.rules) {
    const previous = old.get(rule.name);
    if (previous === undefined) added.push(rule.name);
    else if (!isSame(previous, rule)) changed.push(rule.name);
    old.delete(rule.name);
  }
  return { added: added.sort(), removed: [...old.keys()].sort(), changed: changed.sort() };
}

function isSame(a: Rule, b: Rule): boolean {
  return JSON.stringify(canonicalRule(a)) === JSON.stringify(canonicalRule(b));
}
