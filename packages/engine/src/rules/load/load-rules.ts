import type { ActionCatalog } from '../catalog.ts';
import { isRecord, type UnknownRecord } from '../record.ts';
import type { Rule, RuleSet } from '../rule.ts';
import { fileSchema } from '../schema/file.ts';
import { fromSeed, isSeed } from '../seed/seed.ts';
import { canonicalText, hashOf } from './canonical.ts';
import { doubtful, repeatedNames } from './checks.ts';
import { readText } from './read-text.ts';
import { findingsOf } from './findings.ts';
import { normaliseRule } from './normalise.ts';
import type { Finding, Problem } from './problem.ts';

export interface LoadOptions {
  /** What to call the text in problems: the name of its file. */
  readonly source: string;
  readonly catalog: ActionCatalog;
  /** A further look at rules that are right one by one: what it finds is placed in the text like all else. */
  readonly check?: ((rules: readonly Rule[]) => readonly Finding[]) | undefined;
}

export type LoadResult =
  | { readonly ok: true; readonly ruleSet: RuleSet; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** More than so many problems have one cause. */
const MOST_PROBLEMS = 100;

/** Reads a rule file: YAML or JSON, or a watch list of the public event-monitor samples. Never throws for what stands in the file. */
export function loadRules(text: string, options: LoadOptions): LoadResult {
  const { source, catalog } = options;
  const result = readText(text, source);
  if (!result.ok) return result;
  const { read } = result;
  const refuse = (findings: readonly Finding[]): LoadResult => ({
    ok: false,
    problems: inOrder(findings.slice(0, MOST_PROBLEMS).map((finding) => read.place(finding))),
  });
  let value = read.value;
  const notes: Finding[] = [];
  if (isSeed(value)) {
    const seed = fromSeed(value);
    if (!seed.ok) return refuse(seed.findings);
    value = seed.file;
    notes.push(...seed.notes);
  }
  value = withEmptyParams(value);
  const schema = fileSchema(catalog);
  const parsed = schema.safeParse(value, { reportInput: false });
  if (!parsed.success) return refuse(findingsOf(schema, value, parsed.error.issues));
  const repeated = repeatedNames(parsed.data.rules.map(({ name }) => name));
  if (repeated.length > 0) return refuse(repeated);
  const rules = parsed.data.rules.map((rule, index) =>
    normaliseRule(rule, parsed.data.defaults, writtenSteps(value, index)),
  );
  const found = options.check?.(rules) ?? [];
  if (found.length > 0) return refuse(found);
  const warnings = [...notes, ...doubtful(rules)].slice(0, MOST_PROBLEMS);
  return { ok: true, ruleSet: makeRuleSet(rules), warnings: warnings.map((finding) => read.place(finding)) };
}

/** As they stand in the file: who corrects them goes from top to bottom. */
function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** `do` of a rule before schemas have changed anything. */
function writtenSteps(value: unknown, rule: number): readonly UnknownRecord[] {
  const rules = isRecord(value) && Array.isArray(value['rules']) ? value['rules'] : [];
  const own: unknown = rules[rule];
  return isRecord(own) && Array.isArray(own['do']) ? own['do'].filter(isRecord) : [];
}

function makeRuleSet(rules: readonly Rule[]): RuleSet {
  const text = canonicalText(rules);
  return Object.freeze({ hash: hashOf(text), rules: Object.freeze(rules), text });
}

/** `- log:` names an action without parameters; YAML reads nothing where an empty object is meant. */
function withEmptyParams(value: unknown): unknown {
  if (!isRecord(value) || !Array.isArray(value['rules'])) return value;
  return { ...value, rules: value['rules'].map(withEmptySteps) };
}

function withEmptySteps(rule: unknown): unknown {
  if (!isRecord(rule) || !Array.isArray(rule['do'])) return rule;
  const isEmpty = (step: unknown): boolean => isRecord(step) && Object.values(step).includes(null);
  if (!rule['do'].some(isEmpty)) return rule;
  return {
    ...rule,
    do: rule['do'].map((step: unknown) =>
      isRecord(step) ? Object.fromEntries(Object.entries(step).map(([key, own]) => [key, own ?? {}])) : step,
    ),
  };
}
