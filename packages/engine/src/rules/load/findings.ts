import type { z } from 'zod';
import { nearest } from '../../words/nearest.ts';
import { isRecord } from '../record.ts';
import { knownKeys } from './known-keys.ts';
import { type Finding as Placed, type KeyPath, keyText } from './problem.ts';

type Issue = z.core.$ZodIssue;

interface Finding extends Placed {
  /** Of what is said about an object as a whole. */
  readonly kind?: 'missing' | 'custom';
}

/** More choices than these are not listed. */
const MOST_CHOICES = 12;

/** What zod found, in words for people. */
export function findingsOf(schema: z.ZodType, value: unknown, issues: readonly Issue[]): Finding[] {
  return withoutEchoes(issues.flatMap((issue) => oneIssue(schema, value, issue, [])));
}

/** A misspelt key is one mistake, though it is also a missing one, and leaves an object that seems to be empty. */
function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const misspelt = new Set(findings.filter(({ atKey }) => atKey).map(({ path }) => keyText(path.slice(0, -1))));
  return findings.filter(({ atKey, path, kind }) => {
    if (atKey === true || kind === undefined) return true;
    return !misspelt.has(keyText(kind === 'missing' ? path.slice(0, -1) : path));
  });
}

function oneIssue(schema: z.ZodType, value: unknown, issue: Issue, base: KeyPath): Finding[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const own = valueAt(value, path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => unknownKey(path, key, known));
  }
  if (issue.code === 'invalid_type') return [wrongType(schema, path, issue.expected, own)];
  if (issue.code === 'invalid_value') return [wrongChoice(path, issue.values.map(String), own)];
  if (issue.code === 'invalid_union') return wrongUnion(schema, value, issue.errors, path, own);
  if (issue.code === 'too_small' && typeof own === 'number') {
    return [{ path, message: `${own} is too little: at least ${String(issue.minimum)}.` }];
  }
  if (issue.code === 'too_small' && Array.isArray(own) && issue.message.startsWith('Too small'))
    return [{ path, message: tooFew(issue.minimum) }];
  if (issue.code === 'too_big' && typeof own === 'number') {
    return [{ path, message: `${own} is too much: at most ${String(issue.maximum)}.` }];
  }
  return [{ path, message: sentence(issue.message), kind: 'custom' }];
}

function wrongChoice(path: KeyPath, values: readonly string[], own: unknown): Finding {
  if (own === undefined) return missing(path);
  const meant = typeof own === 'string' ? nearest(own, values) : undefined;
  const listed = values.length > MOST_CHOICES ? [...values.slice(0, MOST_CHOICES - 1), '…'] : values;
  let hint = meant === undefined ? `Accepted: ${listed.join(', ')}.` : `Did you mean "${meant}"?`;
  if (meant !== undefined && meant === own) hint = 'Write it without quotes.';
  else if (typeof own === 'string' && own.includes(',')) hint = `Write a list: [${own}].`;
  return { path, message: `${shown(own)} is not accepted here.`, hint };
}

function unknownKey(path: KeyPath, key: string, known: readonly string[]): Finding {
  const [what, kind] = nameOf(path, known);
  const message = kind === 'step' ? `There is no action "${key}".` : `"${key}" is not a keyword of ${what}.`;
  const at = { path: [...path, key], atKey: true, message };
  if (key === 'count' && kind === 'where')
    return { ...at, hint: '"count" stands in the outermost "where" of a rule only.' };
  const candidates = kind === 'step' ? known.filter((one) => one !== 'continue_on_error') : known;
  const meant = nearest(key, known);
  if (meant !== undefined) return { ...at, hint: `Did you mean "${meant}"?` };
  if (candidates.length === 0) return at;
  return { ...at, hint: `${kind === 'step' ? 'Actions' : 'Keywords'}: ${candidates.join(', ')}.` };
}

/** Keys under which a whole condition stands. */
const WHERE_KEYS = new Set<string | undefined>(['where', 'all', 'any', 'not']);

/** What a person calls the object at this place. */
function nameOf(
  path: KeyPath,
  known: readonly string[],
): [words: string, kind: 'file' | 'rule' | 'where' | 'step' | 'other'] {
  if (path.length === 0) return [known.includes('PATHS') ? 'a watch list' : 'a rule file', 'file'];
  if (path[0] === 'rules' && path.length === 2) return ['a rule', 'rule'];
  const last = path.at(-1);
  if (path[2] === 'where' && (typeof last === 'number' || WHERE_KEYS.has(last))) return ['a condition', 'where'];
  if (path[2] === 'do' && path.length === 4) return ['an item of "do"', 'step'];
  if (path[2] === 'do') return [`the action "${String(path[4])}"`, 'other'];
  return [`"${String(last)}"`, 'other'];
}

function wrongType(schema: z.ZodType, path: KeyPath, expected: string, own: unknown): Finding {
  if (own === undefined) return missing(path);
  if (own === null) {
    return {
      path,
      message: 'There is nothing here.',
      hint: `It takes ${kindWords[expected] ?? expected}.${REQUIRED.has(path.at(-1)) ? '' : ' Leave the key out if it is not needed.'}`,
    };
  }
  const hint = typeHint(schema, path, expected, own);
  return {
    path,
    message: `${shownAt(path, own)} is ${kindOf(own)}, and this takes ${kindWords[expected] ?? expected}.`,
    hint,
  };
}

function typeHint(schema: z.ZodType, path: KeyPath, expected: string, own: unknown): string | undefined {
  if (expected === 'string' && typeof own === 'number') {
    if (!durationKeys.has(path.at(-1))) return 'Put it in quotes.';
    return `Give it a unit: ${own}s, ${own}m (minutes) or ${own}h?`;
  }
  if (path[2] === 'do' && path.length === 4 && typeof own === 'string') {
    return `Write "- ${own}: { … }", with its parameters.`;
  }
  const known = expected === 'object' ? knownKeys(schema, path) : [];
  return known.length > 0 && known.length < MOST_CHOICES ? `Its keywords: ${known.join(', ')}.` : undefined;
}

const REQUIRED = new Set<string | number | undefined>(['version', 'rules', 'name', 'do']);

const durationKeys = new Set<string | number | undefined>(['settle', 'within']);

const kindWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (each item begins with "- ")',
  tuple: 'a list (each item begins with "- ")',
  object: 'keys with values',
  record: 'keys with values',
};

function tooFew(least: number | bigint): string {
  return `Too few: it takes ${least} at least.`;
}

function missing(path: KeyPath): Finding {
  const last = path.at(-1);
  // Of a list it is that which is wrong, and not one of its items.
  if (typeof last === 'number') return { path: path.slice(0, -1), message: tooFew(last + 1), kind: 'custom' };
  return { path, message: `"${String(path.at(-1))}" is missing.`, kind: 'missing' };
}

/** Of several accepted forms the one that was meant: where the kind of value is right, or most of it. */
function wrongUnion(
  schema: z.ZodType,
  value: unknown,
  branches: readonly (readonly Issue[])[],
  path: KeyPath,
  own: unknown,
): Finding[] {
  if (own === undefined) return [missing(path)];
  const isAtRoot = (issue: Issue): boolean => {
    if (issue.path.length > 0) return false;
    if (issue.code === 'invalid_union') return issue.errors.every((issues) => issues.some(isAtRoot));
    return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof own === 'object');
  };
  const meant = branches.filter((issues) => !issues.some(isAtRoot));
  const [first] = meant.toSorted((a, b) => a.length - b.length);
  if (first !== undefined) return first.flatMap((issue) => oneIssue(schema, value, issue, path));
  const accepted = new Set(branches.flatMap((issues) => issues.flatMap(expectedOf)));
  const words = Object.keys(kindWords).filter((expected) => accepted.has(expected));
  const what = own === null ? 'There is nothing here' : `${shownAt(path, own)} is ${kindOf(own)}`;
  const takes = words.map((expected) => kindWords[expected] ?? expected).join(', or ');
  const hint = typeof own === 'number' && accepted.has('string') ? 'Put it in quotes.' : undefined;
  return [{ path, message: `${what}, and this takes ${takes}.`, hint }];
}

/** Kinds of value that would have done. */
function expectedOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_union') return issue.errors.flatMap((issues) => issues.flatMap(expectedOf));
  return issue.code === 'invalid_type' ? [issue.expected] : [];
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let at = value;
  for (const part of path) {
    if (Array.isArray(at) && typeof part === 'number') at = at[part];
    else if (isRecord(at) && Object.hasOwn(at, part)) at = at[part];
    else return undefined;
  }
  return at;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'nothing';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'a number' : 'true or false';
}

/** What is given to an action may be a secret that stands in the wrong place. */
function shownAt(path: KeyPath, value: unknown): string {
  return path[2] === 'do' && path.length > 4 ? 'This' : shown(value);
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' ? 'This' : JSON.stringify(value);
  const short = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return `"${short}"`;
}

function sentence(message: string): string {
  return /[.?!…]$/.test(message) ? message : `${message}.`;
}
