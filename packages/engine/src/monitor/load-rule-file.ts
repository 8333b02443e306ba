import { findCycles } from '../guard/cycles.ts';
import { loadRules, type LoadResult } from '../rules/load/load-rules.ts';
import type { Actions } from '../actions/port.ts';

/** Reads a rule file for these actions, and refuses rules that would feed themselves or each other without end. */
export function loadRuleFile(
  text: string,
  options: { readonly source: string; readonly actions: Actions },
): LoadResult {
  const { source, actions } = options;
  return loadRules(text, {
    source,
    catalog: actions,
    check: (rules) =>
      findCycles(rules, (action, params) => actions[action]?.effects(params) ?? []).map((cycle) => ({
        path: ['rules', cycle.rules[0] ?? 0, 'do'],
        message: cycle.words,
        hint: 'Leave out what has been dealt with: a "not" condition on its new name or place, or fewer types in "on".',
      })),
  });
}
