import { NO, type Subject, type Truth, UNKNOWN, YES } from '../conditions/subject.ts';
import type { Rule } from '../rule.ts';
import { typesInWords } from './describe.ts';
import type { Node } from './node.ts';

/** Why a rule matches a change or not. */
export interface Explanation {
  readonly rule: string;
  /** `undecided`: facts are missing. A `match` still has `count` before it, where the rule has one. */
  readonly outcome: 'match' | 'no match' | 'undecided';
  /** The condition that decided it; for a match the last one looked at. Null when there is none. */
  readonly because: Reason | null;
  /** The same in one line. */
  readonly words: string;
}

export interface Reason {
  /** `enabled`, `on`, or the condition's keyword. */
  readonly key: string;
  /** What it asks for. */
  readonly condition: string;
  /** What was there. */
  readonly seen: string;
}

/** Decides one rule and says what decided it. */
export function explainRule(rule: Rule, node: Node | null, subject: Subject): Explanation {
  const say = (outcome: Explanation['outcome'], because: Reason | null, words: string): Explanation => ({
    rule: rule.name,
    outcome,
    because,
    words: `${rule.name}: ${words}`,
  });
  if (!rule.enabled) {
    const because = { key: 'enabled', condition: 'the rule is switched on', seen: 'it is switched off' };
    return say('no match', because, 'no match: the rule is switched off');
  }
  const { type } = subject.change;
  if (!rule.on.includes(type)) {
    const condition = `on ${typesInWords(rule.on)}`;
    return say(
      'no match',
      { key: 'on', condition, seen: `it is ${type}` },
      `no match: it is for ${typesInWords(rule.on)}, and this is ${type}`,
    );
  }
  const then = rule.count === null ? '' : ' (if there are enough within the time of its count)';
  if (node === null) return say('match', null, `match: it has no condition${then}`);
  const truth = node.test(subject);
  const because = reasonFor(node, truth, subject);
  const why = because === null ? '' : `: ${because.condition}; ${because.seen}`;
  if (truth === YES) return say('match', because, `match${why}${then}`);
  if (truth === NO) return say('no match', because, `no match${why}`);
  if (subject.missing === 0) return say('no match', because, `no match${why}`);
  return say('undecided', because, `undecided${why}`);
}

/** The first condition that makes a node what it is. */
function reasonFor(node: Node, truth: Truth, subject: Subject): Reason | null {
  if (node.is === 'leaf') return { key: node.key, condition: node.words, seen: node.seen(subject) };
  if (node.is === 'not') {
    const inner = reasonFor(node.child, truth === UNKNOWN ? UNKNOWN : truth === YES ? NO : YES, subject);
    return inner === null ? null : { key: `not.${inner.key}`, condition: `not (${inner.condition})`, seen: inner.seen };
  }
  const decided = node.children.filter((child) => child.test(subject) === truth);
  // Of "all" the first that fails decides, of "any" the first that holds; otherwise each had its part in it.
  const isTogether = (node.is === 'all') === (truth === YES);
  const reasons = decided.map((child) => reasonFor(child, truth, subject)).filter((reason) => reason !== null);
  const [first] = reasons;
  if (first === undefined || !isTogether || reasons.length === 1) return first ?? null;
  const word = node.is === 'all' ? ' and ' : ' or ';
  return {
    key: node.is,
    condition: reasons.map(({ condition }) => condition).join(word),
    seen: [...new Set(reasons.map(({ seen }) => seen))].join(', '),
  };
}
