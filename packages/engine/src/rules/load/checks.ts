import { type ChangeGroup, expandTypes } from '../../events/kinds.ts';
import type { Rule } from '../rule.ts';
import type { Where } from '../schema/where.ts';
import { writtenSecrets } from '../secret-places.ts';
import type { Finding } from './problem.ts';

/** Names that stand twice: jobs and logs could not tell the two rules apart. */
export function repeatedNames(names: readonly string[]): Finding[] {
  const first = new Map<string, number>();
  return names.flatMap((name, index) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    const message = `The name "${name}" is that of rule ${before + 1} too.`;
    return [{ path: ['rules', index, 'name'], message, hint: 'Give each rule a name of its own.' }];
  });
}

/** What is allowed and probably not meant. */
export function doubtful(rules: readonly Rule[]): Finding[] {
  if (rules.length === 0) return [{ path: ['rules'], message: 'There are no rules: nothing will be done.' }];
  return rules.flatMap((rule, index) =>
    doubtsOf(rule).map(({ key, message }) => ({ path: ['rules', index, ...key], message })),
  );
}

function doubtsOf(rule: Rule): { key: (string | number)[]; message: string }[] {
  const out: { key: (string | number)[]; message: string }[] = [];
  const say = (key: (string | number)[], message: string): void =>
    void out.push({ key, message: `Rule "${rule.name}": ${message}` });
  if (rule.enabled && rule.where === null && rule.count === null) {
    say(['name'], 'has no condition and matches every change of its kinds.');
  }
  if (rule.count !== null && rule.count.withinMs === 0)
    say(['where', 'count', 'within'], 'a count within 0s never sees two.');
  const missed = missedRenames(rule);
  if (missed !== undefined) say(['on'], missed);
  const unguarded = unguardedNames(rule);
  if (unguarded !== undefined) say(['where'], unguarded);
  for (const [index, { action, written }] of rule.do.entries()) {
    for (const place of writtenSecrets(written))
      say(
        ['do', index],
        `${action} has what looks like a secret in "${place}". Whoever reads this file, the state directory or the queue reads it: let the rule name a variable or a file (${place === 'url' ? 'url_env, url_file' : place.startsWith('headers') ? 'headers_env' : 'environment_from'}).`,
      );
  }
  for (const { path, keys, zone } of zoneless(rule.where, ['where'])) {
    const message = `${keys.join(' and ')} here is in UTC: "time_zone: ${zone}" further out is only for what stands beside it. Write the time zone here too, "time_zone: UTC" if that is meant.`;
    say([...path, ...keys.slice(0, 1)], message);
  }
  for (const [key, value] of leaves(rule.where)) {
    if (key === 'moved_from' && !rule.on.some((type) => type.endsWith('_renamed'))) {
      say(['on'], '"moved_from" is only true for renames, and "on" has no "renamed".');
    }
    if (key === 'under' && Array.isArray(value)) {
      const odd = value.find((directory: string) => /[*?]/.test(directory));
      if (odd !== undefined)
        say(
          ['where'],
          `"under" is no glob: ${odd} is taken as a directory of that very name; for globs there is "path".`,
        );
    }
  }
  return out;
}

/** Conditions that a rename can make true. */
const NAMING = new Set(['under', 'path', 'name', 'extension', 'regex', 'temporary', 'depth']);

/** Who asks for what is moved in means what gets its place or name by a move: most of these begin and end in the watched directory. */
function missedRenames({ enabled, on, where }: Rule): string | undefined {
  if (!enabled || ![...leaves(where)].some(([key]) => NAMING.has(key))) return undefined;
  const isMissed = (['file', 'dir'] as const).some(
    (what) => on.includes(`child_${what}_moved_to`) && !on.includes(`child_${what}_renamed`),
  );
  if (!isMissed) return undefined;
  return '"moved-in" is only what comes from outside the watched directory; a file that gets its name or place by a rename within it is "renamed", which "on" leaves out.';
}

/** Conditions on what a file is called, and where: a rename makes them false of what they were true of. */
const GUARDING: readonly string[] = ['name', 'path', 'extension', 'under', 'regex'];

/** Who stops everything when a canary is renamed means the one that is renamed away: ransomware does that, and the new name is no canary's. */
function unguardedNames({ enabled, on, where, count, do: steps }: Rule): string | undefined {
  if (!enabled || !steps.some(({ action }) => action === 'all-stop')) return undefined;
  // Many at once are counted by what comes, and a rule for what comes alone means new names.
  if (count !== null || !isForWhatIsThere(on)) return undefined;
  const asked = [...leaves(where, 'without not')].map(([name]) => name);
  const key = GUARDING.find((one) => asked.includes(one));
  if (key === undefined || [...leaves(where)].some(([name]) => name === 'moved_from')) return undefined;
  const old = key === 'regex' ? 'path' : key;
  return `a file that is renamed away is not noticed: "${key}" is about the new path of a rename. Say it of the old one too: any: [{ ${key}: … }, { moved_from: { ${old}: … } }].`;
}

function isForWhatIsThere(on: Rule['on']): boolean {
  const hasAny = (...groups: readonly ChangeGroup[]): boolean => expandTypes(groups).some((type) => on.includes(type));
  if (!hasAny('renamed')) return false;
  return hasAny('written', 'removed', 'moved-out') || !hasAny('created', 'moved-in');
}

interface Zoneless {
  readonly path: (string | number)[];
  readonly keys: readonly string[];
  /** The nearest one around it. */
  readonly zone: string;
}

/** Times of day and weekdays that have no time zone of their own, within an object that has one. */
function* zoneless(where: Where | null, path: (string | number)[], around?: string): Generator<Zoneless> {
  if (where === null) return;
  const keys = (['time_of_day', 'weekday'] as const).filter((key) => where[key] !== undefined);
  // Without one it is UTC: where that is the one around, nothing is lost.
  const { time_zone: own, all = [], any = [], not = null } = where;
  if (own === undefined && around !== undefined && around !== 'UTC' && keys.length > 0)
    yield { path, keys, zone: around };
  const zone = own ?? around;
  for (const [n, one] of all.entries()) yield* zoneless(one, [...path, 'all', n], zone);
  for (const [n, one] of any.entries()) yield* zoneless(one, [...path, 'any', n], zone);
  yield* zoneless(not, [...path, 'not'], zone);
}

function* leaves(where: Where | null, which?: 'without not'): Generator<[key: string, value: unknown]> {
  if (where === null) return;
  const { all, any, not, ...own } = where;
  yield* Object.entries(own);
  for (const one of [...(all ?? []), ...(any ?? [])]) yield* leaves(one, which);
  if (not !== undefined && which === undefined) yield* leaves(not);
}
