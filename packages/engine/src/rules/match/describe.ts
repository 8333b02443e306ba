import { changeGroupNames, changeGroups, type ChangeType, changeTypes } from '../../events/kinds.ts';
import { type ConditionKey, conditionKeys, conditionOf } from '../conditions/index.ts';
import { oneOf } from '../conditions/words.ts';
import type { Rule, RuleStep } from '../rule.ts';
import { formatDuration } from '../schema/duration.ts';
import { formatRate } from '../schema/rate.ts';
import type { Where } from '../schema/where.ts';
import { shownParams } from '../secret-places.ts';

/** A rule in plain words, a line each for what it is for, its conditions, its timing, and its actions. */
export function describeRule(rule: Rule): string {
  const lines = [`${rule.name}${rule.enabled ? '' : ' (switched off)'}`];
  if (rule.description !== null) lines.push(`  ${rule.description}`);
  lines.push(`  when:  ${typesInWords(rule.on)}`);
  lines.push(`  where: ${rule.where === null ? 'anywhere' : whereInWords(rule.where)}`);
  if (rule.count !== null) {
    const { matches, withinMs, per } = rule.count;
    const scope = per === 'rule' ? '' : ` in one ${per}`;
    lines.push(`  count: only when there are ${matches} or more within ${formatDuration(withinMs)}${scope}`);
  }
  lines.push(`  wait:  ${waitInWords(rule)}`);
  const limits = limitsInWords(rule);
  if (limits !== '') lines.push(`  limit: ${limits}`);
  if (rule.caseSensitive !== null)
    lines.push(`  case:  ${rule.caseSensitive ? 'counts, also in extensions' : 'does not count'}`);
  for (const [index, step] of rule.do.entries())
    lines.push(`  ${index === 0 ? 'do:   ' : 'then: '} ${stepInWords(step)}`);
  return lines.join('\n');
}

/** `created, written or renamed`; what makes up no group by its own name. */
export function typesInWords(types: readonly ChangeType[]): string {
  if (types.length === changeTypes.length) return 'any change';
  const left = new Set(types);
  const words: string[] = [];
  for (const group of changeGroupNames) {
    const members: readonly ChangeType[] = changeGroups[group];
    // A member may be of two groups and is said once; what is left over is said by itself.
    if (!members.every((type) => types.includes(type)) || !members.some((type) => left.has(type))) continue;
    words.push(group);
    for (const type of members) left.delete(type);
  }
  return oneOf([...words, ...left]);
}

/** Conditions as one sentence, brackets where they are needed. */
export function whereInWords(where: Where): string {
  const parts: string[] = [];
  for (const key of conditionKeys) {
    const value = where[key];
    if (value !== undefined) parts.push(leafInWords(key, value, where.time_zone));
  }
  for (const one of where.all ?? []) parts.push(bracketed(one));
  if (where.any !== undefined) {
    const some = where.any.map(bracketed);
    parts.push(some.length === 1 ? (some[0] ?? '') : `(${some.join(' or ')})`);
  }
  if (where.not !== undefined)
    parts.push(`not ${isSingle(where.not) ? whereInWords(where.not) : `(${whereInWords(where.not)})`}`);
  return parts.join(' and ');
}

function leafInWords(key: ConditionKey, value: unknown, timeZone: string | undefined): string {
  const kind = conditionOf(key);
  const zone = kind.needs === 'time' ? ` (${timeZone ?? 'UTC'})` : '';
  return `${kind.words(value)}${zone}`;
}

function bracketed(where: Where): string {
  return isSingle(where) ? whereInWords(where) : `(${whereInWords(where)})`;
}

function isSingle(where: Where): boolean {
  return Object.keys(where).filter((key) => key !== 'time_zone').length === 1 && (where.all?.length ?? 1) === 1;
}

function waitInWords({ settleMs, mode }: Rule): string {
  const base =
    settleMs === 0 ? 'none, its actions run at once' : `until the file has been quiet for ${formatDuration(settleMs)}`;
  const more = {
    restart: '',
    single: '; what matches while it runs is left alone',
    queued: '; what matches while it runs is dealt with afterwards',
    parallel: '; each match is dealt with by itself',
  }[mode];
  return base + more;
}

function limitsInWords({ limits: { rate, burst, perHour } }: Rule): string {
  const parts: string[] = [];
  if (rate !== null) parts.push(`at most ${formatRate(rate)}${burst === null ? '' : `, ${burst} at once`}`);
  if (perHour !== null) parts.push(`at most ${perHour} an hour`);
  return parts.join('; ');
}

/** An action with its parameters as they were written. */
export function stepInWords(step: RuleStep): string {
  const params = paramsInWords(shownParams(step.written));
  const goesOn = step.continueOnError ? ' (the next even if this one fails)' : '';
  return `${step.action}${params === '' ? '' : ` ${params}`}${goesOn}`;
}

function paramsInWords(params: unknown): string {
  if (typeof params !== 'object' || params === null)
    return params === null || params === undefined ? '' : JSON.stringify(params);
  return Object.entries(params)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
