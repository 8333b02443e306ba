import type { Change } from '../../events/change.ts';
import type { ChangeType } from '../../events/kinds.ts';
import { ATTRIBUTES, NO, Subject, TAGS, type Truth, UNKNOWN, YES } from '../conditions/subject.ts';
import type { Facts } from '../facts.ts';
import type { Rule, RuleSet } from '../rule.ts';
import { type Explanation, explainRule } from './explain.ts';
import { asksCluster, compileWhere, type Node } from './node.ts';
import { RuleIndex } from './rule-index.ts';

/** A rule that a change matches as far as the change tells. `Matcher.decide` finishes it. */
export interface Candidate {
  readonly rule: Rule;
  readonly change: Change;
  /**
   * What to ask of the cluster before the rule can be decided. `nothing` leaves at most the time. Ask `decide` with the time alone
   * first: where `time_of_day` or `weekday` says no, the call is saved.
   */
  readonly needs: 'nothing' | 'attributes' | 'tags';
}

/**
 * - `match`, `no match`: final. A condition that cannot be answered because the file is gone makes it no match.
 * - `attributes`, `tags`: these are needed and were not among the facts; ask and decide again with all of them.
 */
export type Verdict = 'match' | 'no match' | 'attributes' | 'tags';

export interface Matcher {
  readonly ruleSet: RuleSet;
  /** Whether any rule has a condition that only the cluster can answer. */
  readonly asksCluster: boolean;
  /** Whether any rule is for changes of this type. */
  wants(type: ChangeType): boolean;
  /** The rules that may match, in the order of the file. Never a disabled one. */
  match(change: Change): readonly Candidate[];
  /** `count` is not part of it: it remembers, and `MatchCounts` does that. */
  decide(candidate: Candidate, facts: Facts): Verdict;
  /** Whether these facts alone make it no match, whatever the others are. */
  rulesOut(candidate: Candidate, facts: Facts): boolean;
  /** For each rule, in the order of the file, why it matches or what keeps it from it. */
  explain(change: Change, facts?: Facts): Explanation[];
  /** The same for one rule that was a candidate. */
  explainOne(candidate: Candidate, facts: Facts): Explanation;
}

interface Compiled {
  readonly rule: Rule;
  readonly node: Node | null;
}

interface TypeIndex {
  readonly exact: RuleIndex;
  readonly folded: RuleIndex;
}

const NONE: readonly Candidate[] = Object.freeze([]);

export function compileRules(ruleSet: RuleSet): Matcher {
  return new IndexedMatcher(ruleSet);
}

class IndexedMatcher implements Matcher {
  readonly asksCluster: boolean;
  readonly ruleSet: RuleSet;
  readonly #compiled: readonly Compiled[];
  readonly #byRule = new Map<Rule, Compiled>();
  readonly #byType: ReadonlyMap<ChangeType, TypeIndex>;
  readonly #subject: Subject;
  /** Buckets of the change at hand, and when each rule was last looked at: both only to save allocations. */
  readonly #buckets: number[][] = [];
  /** The index that they are from; undefined: none yet. */
  #lookedUp: TypeIndex | undefined;
  readonly #lookedAt: Uint32Array;
  #turn = 0;

  constructor(ruleSet: RuleSet) {
    this.ruleSet = ruleSet;
    this.#compiled = ruleSet.rules.map((rule) => ({
      rule,
      node: rule.where === null ? null : compileWhere(rule.where, rule.caseSensitive),
    }));
    for (const one of this.#compiled) this.#byRule.set(one.rule, one);
    this.asksCluster = this.#compiled.some(({ node }) => node !== null && asksCluster(node));
    this.#byType = indexByType(this.#compiled);
    this.#subject = new Subject(NOTHING);
    this.#lookedAt = new Uint32Array(ruleSet.rules.length);
  }

  wants(type: ChangeType): boolean {
    return this.#byType.has(type);
  }

  match(change: Change): readonly Candidate[] {
    const index = this.#byType.get(change.type);
    if (index === undefined) return NONE;
    const subject = this.#subject;
    const buckets = this.#buckets;
    // A file changes several times in a row: what was looked up for its path stays as it is.
    const isLookedUp = index === this.#lookedUp && change.path === subject.change.path;
    subject.reset(change);
    if (!isLookedUp) this.#lookUp(index, subject);
    return buckets.length === 0 ? NONE : this.#test(subject, buckets);
  }

  #lookUp(index: TypeIndex, subject: Subject): void {
    const buckets = this.#buckets;
    this.#lookedUp = index;
    buckets.length = 0;
    const { name } = subject;
    const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
    if (!index.exact.isEmpty) index.exact.collect(subject.change.path, name, extension, buckets);
    if (!index.folded.isEmpty) index.folded.collect(subject.lowerPath, subject.lowerName, extension, buckets);
  }

  decide(candidate: Candidate, facts: Facts): Verdict {
    const subject = new Subject(candidate.change, facts);
    const truth = this.#truth(candidate, subject);
    if (truth !== UNKNOWN) return truth === YES ? 'match' : 'no match';
    const needs = needsOf(subject);
    return needs === 'nothing' ? 'no match' : needs;
  }

  rulesOut(candidate: Candidate, facts: Facts): boolean {
    return this.#truth(candidate, new Subject(candidate.change, facts)) === NO;
  }

  #truth({ rule }: Candidate, subject: Subject): Truth {
    const compiled = this.#byRule.get(rule);
    if (compiled === undefined) throw new Error(`The rule "${rule.name}" is not one of this rule set.`);
    return compiled.node === null ? YES : compiled.node.test(subject);
  }

  explain(change: Change, facts?: Facts): Explanation[] {
    return this.#compiled.map(({ rule, node }) => explainRule(rule, node, new Subject(change, facts ?? null)));
  }

  explainOne({ rule, change }: Candidate, facts: Facts): Explanation {
    const compiled = this.#byRule.get(rule);
    return explainRule(rule, compiled?.node ?? null, new Subject(change, facts));
  }

  #test(subject: Subject, buckets: readonly (readonly number[])[]): readonly Candidate[] {
    const turn = this.#nextTurn();
    const hits: { readonly number: number; readonly candidate: Candidate }[] = [];
    for (const bucket of buckets) {
      for (const number of bucket) {
        if (this.#lookedAt[number] === turn) continue;
        this.#lookedAt[number] = turn;
        const compiled = this.#compiled[number];
        if (compiled === undefined) continue;
        subject.missing = 0;
        const truth = compiled.node === null ? YES : compiled.node.test(subject);
        if (truth === NO) continue;
        const needs = truth === YES ? 'nothing' : needsOf(subject);
        hits.push({ number, candidate: { rule: compiled.rule, change: subject.change, needs } });
      }
    }
    if (hits.length > 1) hits.sort((a, b) => a.number - b.number);
    return hits.length === 0 ? NONE : hits.map(({ candidate }) => candidate);
  }

  #nextTurn(): number {
    this.#turn = (this.#turn + 1) >>> 0;
    if (this.#turn === 0) {
      this.#lookedAt.fill(0);
      this.#turn = 1;
    }
    return this.#turn;
  }
}

const NOTHING: Change = {
  id: '',
  type: 'self_removed',
  fileId: '',
  path: '/',
  movedFrom: null,
  kind: 'unknown',
  stream: null,
  at: 0,
  lineage: 0,
};

function needsOf(subject: Subject): Candidate['needs'] {
  if ((subject.missing & ATTRIBUTES) !== 0) return 'attributes';
  return (subject.missing & TAGS) !== 0 ? 'tags' : 'nothing';
}

/** One index for all types that the same rules want: of 26 types there are a handful of such classes. */
function indexByType(compiled: readonly Compiled[]): ReadonlyMap<ChangeType, TypeIndex> {
  const wanted = new Map<ChangeType, number[]>();
  for (const [number, { rule }] of compiled.entries()) {
    if (!rule.enabled) continue;
    for (const type of rule.on) {
      const numbers = wanted.get(type);
      if (numbers === undefined) wanted.set(type, [number]);
      else numbers.push(number);
    }
  }
  const classes: { readonly numbers: readonly number[]; readonly index: TypeIndex }[] = [];
  const out = new Map<ChangeType, TypeIndex>();
  for (const [type, numbers] of wanted) {
    let same = classes.find((one) => isSame(one.numbers, numbers));
    if (same === undefined) classes.push((same = { numbers, index: indexOf(compiled, numbers) }));
    out.set(type, same.index);
  }
  return out;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, index) => number === b[index]);
}

function indexOf(compiled: readonly Compiled[], numbers: readonly number[]): TypeIndex {
  const index: TypeIndex = { exact: new RuleIndex(false), folded: new RuleIndex(true) };
  for (const number of numbers) {
    const one = compiled[number];
    if (one === undefined) continue;
    const into = one.rule.caseSensitive === false ? index.folded : index.exact;
    into.add(number, one.node?.anchors ?? {});
  }
  return index;
}
