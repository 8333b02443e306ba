import type { FileAttributes } from '@qwarden/qumulo-client';
import type { Change } from '../events/change.ts';
import { changeGroups, type ChangeType, changeTypes } from '../events/kinds.ts';
import type { ActionCatalog } from '../rules/catalog.ts';
import { loadRules } from '../rules/load/load-rules.ts';
import { compileRules } from '../rules/match/matcher.ts';
import { isRecord, type UnknownRecord } from '../rules/record.ts';
import type { Rule } from '../rules/rule.ts';
import { reasonOf, termsOf } from './reason.ts';

const ACTION = 'lock';
const WRITES: ReadonlySet<ChangeType> = new Set(changeGroups.written);
/** Conditions are what matters here: a date that has passed since would be refused by the action's own schema. */
const CATALOG: ActionCatalog = { [ACTION]: { summary: '', params: (zod) => zod.looseObject({}) } };

/** A rule with a step that puts a retention lock on the file. */
export interface LockRule {
  readonly name: string;
  /** As the ledger says it. */
  readonly why: string;
  /** Which of its steps do that, from 0, in order. Never empty. */
  readonly steps: readonly number[];
  /** The rule in a normal form: equal texts are equal rules. */
  readonly definition: string;
  readonly enabled: boolean;
  readonly settleMs: number;
  /** Several of its jobs may be there for one file. */
  readonly parallel: boolean;
  /** Since when it has been in force as it is, ms since the epoch on the local clock; null when that is not known. */
  readonly since: number | null;
  /** Is it for files under this path, as far as names and places tell? */
  covers(path: string): boolean;
  /** Was it for this file when it was created (or written), as far as it is as it was then? */
  judge(file: FileAttributes): 'covered' | 'not covered' | 'undecidable';
}

/** Those of a rule set, from its normalised text. Switched off or not: jobs of them may be there. */
export function lockRulesOf(text: string): LockRule[] {
  const file: unknown = JSON.parse(text);
  const rules: unknown = isRecord(file) ? file['rules'] : undefined;
  return Array.isArray(rules) ? rules.filter(isRecord).flatMap((rule) => lockRule(rule) ?? []) : [];
}

function lockRule(written: UnknownRecord): LockRule | undefined {
  const all = Array.isArray(written['do']) ? written['do'].filter(isRecord) : [];
  const steps = all.flatMap((step, index) => (isRecord(step[ACTION]) ? [index] : []));
  const [first] = steps;
  const params = first === undefined ? undefined : all[first]?.[ACTION];
  if (!isRecord(params)) return undefined;
  const name = String(written['name']);
  const asked = params['retention'];
  const retention = typeof asked === 'string' ? asked.replaceAll(' ', '') : undefined;
  const description = typeof written['description'] === 'string' ? written['description'] : null;
  const about = {
    name,
    why: reasonOf({ name, description }, termsOf(retention, params['legal_hold'] === true)),
    steps,
    definition: JSON.stringify(written),
    parallel: written['mode'] === 'parallel',
    since: null,
  };
  // Other steps may be actions of the user's own, which are not known here.
  const only = { version: 1, rules: [{ ...written, do: [{ [ACTION]: {} }] }] };
  const loaded = loadRules(JSON.stringify(only), { source: name, catalog: CATALOG });
  const rule = loaded.ok ? loaded.ruleSet.rules[0] : undefined;
  // Written by another release: what it is for cannot be said.
  if (rule === undefined)
    return { ...about, enabled: true, settleMs: 0, covers: () => true, judge: () => 'undecidable' };
  return { ...about, enabled: rule.enabled, settleMs: rule.settleMs, ...judgement(rule) };
}

function judgement(rule: Rule): Pick<LockRule, 'covers' | 'judge'> {
  const matcher = compileRules({ hash: '', text: '', rules: [{ ...rule, on: changeTypes, enabled: true }] });
  const candidate = (change: Change) => matcher.match(change)[0];
  return {
    covers: (path) => candidate(created('', path, 0)) !== undefined,
    judge(file) {
      const at = Date.parse(file.creation_time);
      const found = candidate(created(file.id, file.path, at));
      if (found === undefined) return 'not covered';
      // What has not happened to every file, or is counted, a look at the file does not tell.
      if (rule.count !== null || !hasHappened(rule, file)) return 'undecidable';
      const verdict = matcher.decide(found, { now: at, attributes: file });
      if (verdict === 'match') return 'covered';
      return verdict === 'no match' ? 'not covered' : 'undecidable';
    },
  };
}

/** Has a change that the rule is for surely happened to the file, once it was created under its watch? */
function hasHappened({ on }: Rule, file: FileAttributes): boolean {
  if (on.includes('child_file_added')) return true;
  return on.some((type) => WRITES.has(type)) && Date.parse(file.modification_time) > Date.parse(file.creation_time);
}

function created(fileId: string, path: string, at: number): Change {
  const about = { id: '', type: 'child_file_added', kind: 'file', stream: null, movedFrom: null, lineage: 0 } as const;
  return { ...about, fileId, path, at };
}
