import type { Change } from '../events/change.ts';
import { MatchCounts } from '../rules/match/counts.ts';
import { stepInWords } from '../rules/match/describe.ts';
import { compileRules, type Matcher } from '../rules/match/matcher.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';

/** One action that one rule set would do for files and the other would not. */
export interface BacktestRow {
  readonly rule: string;
  /** The action with its parameters. */
  readonly does: string;
  /** So many matches; what settles meanwhile makes one job of several. */
  readonly matches: number;
  readonly files: number;
  /** Paths of some of them, the first ones. */
  readonly examples: readonly string[];
}

export interface Backtest {
  readonly changes: number;
  /** Of these: recognised as effects of the monitor itself, and kept from the rules that led to them. */
  readonly ownEffects: number;
  /** Actions on which both agree. */
  readonly same: number;
  /** What the new rules would do and the old ones would not. */
  readonly more: readonly BacktestRow[];
  /** The other way round. */
  readonly less: readonly BacktestRow[];
  /** What cannot be said, since a rule asks for what the log does not hold (size, owner, tags of that time). */
  readonly undecided: readonly BacktestRow[];
}

const EXAMPLES = 5;

/** Puts recorded changes through an old and a new rule set. `ownEffects`: the rule that led to a change, by the change's id. */
export async function backtest(
  changes: AsyncIterable<Change>,
  rules: { readonly before: RuleSet; readonly after: RuleSet },
  ownEffects: ReadonlyMap<string, string>,
): Promise<Backtest> {
  const before = new Side(rules.before);
  const after = new Side(rules.after);
  const more = new Tally();
  const less = new Tally();
  const undecided = new Tally();
  let count = 0;
  let own = 0;
  let same = 0;
  for await (const change of changes) {
    count += 1;
    const by = ownEffects.get(change.id);
    if (by !== undefined) own += 1;
    const old = before.decide(change, by);
    const now = after.decide(change, by);
    for (const [does, { rule, sure }] of now) {
      const other = old.get(does);
      if (!sure || other?.sure === false) undecided.add(rule, does, change);
      else if (other === undefined) more.add(rule, does, change);
      else same += 1;
    }
    for (const [does, { rule, sure }] of old) {
      if (now.has(does)) continue;
      (sure ? less : undecided).add(rule, does, change);
    }
  }
  return { changes: count, ownEffects: own, same, more: more.rows(), less: less.rows(), undecided: undecided.rows() };
}

interface Wanted {
  readonly rule: string;
  /** False: as far as the change tells. */
  readonly sure: boolean;
}

class Side {
  readonly #matcher: Matcher;
  readonly #counts = new MatchCounts();

  constructor(ruleSet: RuleSet) {
    this.#matcher = compileRules(ruleSet);
  }

  /** What would be done because of a change, by the action. */
  decide(change: Change, ownEffectOf: string | undefined): ReadonlyMap<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    for (const candidate of this.#matcher.match(change)) {
      const { rule } = candidate;
      if (rule.name === ownEffectOf) continue;
      const verdict = this.#matcher.decide(candidate, { now: change.at });
      if (verdict === 'no match') continue;
      const sure = verdict === 'match';
      if (sure && !this.#counts.add(rule, change)) continue;
      for (const does of actionsOf(rule))
        if (wanted.get(does)?.sure !== true) wanted.set(does, { rule: rule.name, sure });
    }
    return wanted;
  }
}

function actionsOf(rule: Rule): string[] {
  return rule.do.map(stepInWords);
}

class Tally {
  readonly #rows = new Map<
    string,
    { rule: string; does: string; matches: number; files: Set<string>; examples: Set<string> }
  >();

  add(rule: string, does: string, change: Change): void {
    const key = JSON.stringify([rule, does]);
    const row = this.#rows.get(key) ?? { rule, does, matches: 0, files: new Set(), examples: new Set() };
    this.#rows.set(key, row);
    row.matches += 1;
    row.files.add(change.fileId === '' ? change.path : change.fileId);
    if (row.examples.size < EXAMPLES) row.examples.add(change.path);
  }

  rows(): BacktestRow[] {
    const rows = [...this.#rows.values()].sort((a, b) => b.matches - a.matches);
    return rows.map(({ files, examples, ...row }) => ({ ...row, files: files.size, examples: [...examples] }));
  }
}
