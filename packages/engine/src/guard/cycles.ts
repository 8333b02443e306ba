import type { DeclaredEffect } from '../actions/port.ts';
import type { ChangeType } from '../events/kinds.ts';
import type { Rule } from '../rules/rule.ts';
import type { Where } from '../rules/schema/where.ts';

type Truth = 'yes' | 'no' | 'unknown';

/** What the actions of a rule do, as they declare it. */
export type EffectsOf = (action: string, params: unknown) => readonly DeclaredEffect[];

/** With more rules than this that change something, only rules that feed themselves are looked for. */
const MOST_PAIRED = 1000;

interface Node {
  readonly rule: Rule;
  readonly index: number;
  readonly effects: readonly { readonly action: string; readonly effect: DeclaredEffect }[];
}

export interface RuleCycle {
  /** Indexes of the rules in the file, in the order in which they feed each other. */
  readonly rules: readonly number[];
  /** The same in words. */
  readonly words: string;
}

/**
 * Rules whose actions are certain to trigger them again, by themselves or through others. What only may do so is left to the guard at work,
 * which recognises the echoes: refusing it here would refuse rule sets that are meant.
 */
export function findCycles(rules: readonly Rule[], effectsOf: EffectsOf): RuleCycle[] {
  const nodes = rules.flatMap((rule, index) => {
    if (!rule.enabled || rule.count !== null) return [];
    const effects = rule.do.flatMap(({ action, params }) =>
      effectsOf(action, params).map((effect) => ({ action, effect })),
    );
    return effects.length === 0 ? [] : [{ rule, index, effects }];
  });
  const cycles: RuleCycle[] = [];
  for (const node of nodes) {
    const action = feeds(node, node, true);
    if (action === undefined) continue;
    const { name } = node.rule;
    cycles.push({
      rules: [node.index],
      words: `"${name}" feeds itself: its action ${action} causes the very change that it is for.`,
    });
  }
  if (cycles.length > 0 || nodes.length > MOST_PAIRED) return cycles;
  return longerCycles(nodes);
}

function longerCycles(nodes: readonly Node[]): RuleCycle[] {
  const next = nodes.map((from) => nodes.filter((to) => to !== from && feeds(from, to) !== undefined));
  const finished = new Set<Node>();
  for (const start of nodes) {
    const path: Node[] = [];
    const search = (node: Node): Node[] | undefined => {
      const at = path.indexOf(node);
      if (at >= 0) return path.slice(at);
      if (finished.has(node)) return undefined;
      path.push(node);
      for (const to of next[nodes.indexOf(node)] ?? []) {
        const found = search(to);
        if (found !== undefined) return found;
      }
      path.pop();
      finished.add(node);
      return undefined;
    };
    const cycle = search(start);
    if (cycle !== undefined) return [{ rules: cycle.map(({ index }) => index), words: inWords(cycle) }];
  }
  return [];
}

function inWords(cycle: readonly Node[]): string {
  const names = cycle.map((node, n) => {
    const to = cycle[(n + 1) % cycle.length];
    const action = to === undefined ? undefined : feeds(node, to);
    return `"${node.rule.name}" (${action ?? ''})`;
  });
  return `These rules feed each other: ${names.join(' → ')} → "${cycle[0]?.rule.name ?? ''}".`;
}

/** The action of one rule that is certain to trigger another, or itself for ever. */
function feeds(from: Node, to: Node, forEver = false): string | undefined {
  for (const { action, effect } of from.effects) {
    if (forEver && effect.settles === true) continue;
    if (!effect.types.some((type) => triggers(type, to.rule))) continue;
    if (holds(to.rule.where, from.rule, to.rule, effect) === 'yes') return action;
  }
  return undefined;
}

/** A rename inside the watch comes as one: its halves trigger what is for renames. */
function triggers(type: ChangeType, rule: Rule): boolean {
  if (rule.on.includes(type)) return true;
  if (type === 'child_file_moved_to') return rule.on.includes('child_file_renamed');
  return type === 'child_dir_moved_to' && rule.on.includes('child_dir_renamed');
}

/** Would this condition hold for a file that matched `from`, after the effect? */
function holds(where: Where | null, from: Rule, to: Rule, effect: DeclaredEffect): Truth {
  if (where === null) return 'yes';
  const truths: Truth[] = [];
  for (const [key, value] of Object.entries(where)) {
    if (value === undefined || key === 'time_zone') continue;
    if (key === 'all') truths.push(and((where.all ?? []).map((one) => holds(one, from, to, effect))));
    else if (key === 'any') truths.push(or((where.any ?? []).map((one) => holds(one, from, to, effect))));
    else if (key === 'not') truths.push(where.not === undefined ? 'yes' : not(holds(where.not, from, to, effect)));
    else if (key === 'under') truths.push(isUnder(listOf(where.under), from, effect));
    else truths.push(staysAsItWas(key, from, to, effect));
  }
  return and(truths);
}

/** What a rule asked for still holds for itself when its action leaves that alone: names by what does not rename, attributes never. */
function staysAsItWas(key: string, from: Rule, to: Rule, effect: DeclaredEffect): Truth {
  const byName = key === 'name' || key === 'extension';
  const byPath = key === 'path' || key === 'regex' || key === 'depth';
  if (from !== to || from.where === null || hasBranches(from.where)) return 'unknown';
  if (effect.into === undefined) return byName || byPath || key === 'type' || key === 'stream' ? 'yes' : 'unknown';
  return byName && effect.into.name === undefined ? 'yes' : 'unknown';
}

function hasBranches(where: Where): boolean {
  return where.any !== undefined || where.not !== undefined || where.all !== undefined;
}

/** Where the file is afterwards: the effect says so, or it is where its rule wants it to be. */
function isUnder(wanted: readonly string[], from: Rule, effect: DeclaredEffect): Truth {
  const known = effect.into?.under;
  if (known !== undefined) {
    // A template names a directory only when it is filled in.
    if (known.includes('{{')) return 'unknown';
    if (wanted.some((directory) => isBelow(known, directory))) return 'yes';
    return wanted.some((directory) => isBelow(directory, known)) ? 'unknown' : 'no';
  }
  const places = from.where === null ? undefined : from.where.under;
  if (places === undefined) return 'unknown';
  return listOf(places).every((place) => wanted.some((directory) => isBelow(place, directory))) ? 'yes' : 'unknown';
}

function isBelow(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function and(truths: readonly Truth[]): Truth {
  if (truths.includes('no')) return 'no';
  return truths.includes('unknown') ? 'unknown' : 'yes';
}

function or(truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('unknown') ? 'unknown' : 'no';
}

function not(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown';
  return truth === 'yes' ? 'no' : 'yes';
}
