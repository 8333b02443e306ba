import { defaultGroups, expandTypes } from '../../events/kinds.ts';
import type { UnknownRecord } from '../record.ts';
import type { Rule, RuleCount, RuleStep } from '../rule.ts';
import { parseDuration } from '../schema/duration.ts';
import type { RuleFile, RuleOfFile } from '../schema/file.ts';
import { parseRate } from '../schema/rate.ts';
import type { Where } from '../schema/where.ts';

/** As long as `qwarden filelock` waits. */
const DEFAULT_SETTLE = '15s';

/**
 * Applies the defaults.
 * @param written `do` of the rule before the schemas of the actions have changed anything
 */
export function normaliseRule(
  rule: RuleOfFile,
  defaults: RuleFile['defaults'],
  written: readonly UnknownRecord[],
): Rule {
  const { count, ...conditions } = rule.where ?? {};
  const limits = rule.limits ?? defaults?.limits;
  const where: Where | null = Object.keys(conditions).length === 0 ? null : conditions;
  return frozen({
    name: rule.name,
    description: rule.description ?? null,
    enabled: rule.enabled ?? defaults?.enabled ?? true,
    on: expandTypes(rule.on ?? defaults?.on ?? defaultGroups),
    where,
    count: count === undefined ? null : countOf(count),
    settleMs: parseDuration(rule.settle ?? defaults?.settle ?? DEFAULT_SETTLE),
    mode: rule.mode ?? defaults?.mode ?? 'restart',
    limits: {
      rate: limits?.rate === undefined ? null : parseRate(limits.rate),
      burst: limits?.burst ?? null,
      perHour: limits?.per_hour ?? null,
    },
    caseSensitive: rule.case_sensitive ?? defaults?.case_sensitive ?? null,
    do: rule.do.map((step, index) => stepOf(step, written[index] ?? {})),
  });
}

function countOf(count: { matches: number; within: string; per: RuleCount['per'] }): RuleCount {
  return { matches: count.matches, withinMs: parseDuration(count.within), per: count.per };
}

function stepOf(step: UnknownRecord, written: UnknownRecord): RuleStep {
  const { continue_on_error: goesOn, ...named } = step;
  const [[action, params] = ['', {}]] = Object.entries(named);
  return { action, params, written: written[action], continueOnError: goesOn === true };
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
}
