import { createHash } from 'node:crypto';
import type { Rule } from '../rule.ts';
import { formatDuration } from '../schema/duration.ts';
import { formatRate } from '../schema/rate.ts';

/** A rule as it would be written in a file, nothing left to defaults, keys in a fixed order. */
export function canonicalRule(rule: Rule): Record<string, unknown> {
  const { rate, burst, perHour } = rule.limits;
  const limits = {
    ...(rate === null ? {} : { rate: formatRate(rate) }),
    ...(burst === null ? {} : { burst }),
    ...(perHour === null ? {} : { per_hour: perHour }),
  };
  const count =
    rule.count === null
      ? {}
      : { count: { matches: rule.count.matches, within: formatDuration(rule.count.withinMs), per: rule.count.per } };
  const where = { ...rule.where, ...count };
  return {
    name: rule.name,
    ...(rule.description === null ? {} : { description: rule.description }),
    enabled: rule.enabled,
    on: rule.on,
    ...(Object.keys(where).length === 0 ? {} : { where: sorted(where) }),
    settle: formatDuration(rule.settleMs),
    mode: rule.mode,
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(rule.caseSensitive === null ? {} : { case_sensitive: rule.caseSensitive }),
    do: rule.do.map(({ action, written, continueOnError }) => ({
      [action]: sorted(written),
      ...(continueOnError ? { continue_on_error: true } : {}),
    })),
  };
}

export function canonicalText(rules: readonly Rule[]): string {
  return JSON.stringify({ version: 1, rules: rules.map(canonicalRule) });
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Keys in alphabetical order all the way down: their order in the file means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
