import type { Anchors, CompiledCondition, ConditionContext, Need } from '../conditions/kind.ts';
import { type ConditionKey, conditionKeys, conditionOf } from '../conditions/index.ts';
import { NO, type Subject, type Truth, UNKNOWN, YES } from '../conditions/subject.ts';
import type { Where } from '../schema/where.ts';
import { allAnchors, anyAnchors } from './anchors.ts';

/** A `where` made ready to run. */
export type Node =
  | {
      readonly is: 'leaf';
      readonly key: ConditionKey;
      readonly words: string;
      readonly cost: number;
      readonly anchors: Anchors;
      test(subject: Subject): Truth;
      seen(subject: Subject): string;
    }
  | {
      readonly is: 'all' | 'any';
      readonly children: readonly Node[];
      readonly cost: number;
      readonly anchors: Anchors;
      test(subject: Subject): Truth;
    }
  | {
      readonly is: 'not';
      readonly child: Node;
      readonly cost: number;
      readonly anchors: Anchors;
      test(subject: Subject): Truth;
    };

const COSTS: Readonly<Record<Need, number>> = { change: 0, time: 100, attributes: 200, tags: 300 };

const NO_ANCHORS: Anchors = {};

/** Null when there is no condition. */
export function compileWhere(where: Where, caseSensitive: boolean | null): Node | null {
  const context: ConditionContext = { caseSensitive, timeZone: where.time_zone ?? 'UTC' };
  const nested = (one: Where): Node => compileWhere(one, caseSensitive) ?? group('all', []);
  const nodes: Node[] = [];
  for (const [position, key] of conditionKeys.entries()) {
    const value = where[key];
    if (value !== undefined) nodes.push(leaf(key, value, context, position));
  }
  for (const one of where.all ?? []) nodes.push(nested(one));
  if (where.any !== undefined) nodes.push(group('any', where.any.map(nested)));
  if (where.not !== undefined) nodes.push(negation(nested(where.not)));
  return nodes.length === 0 ? null : group('all', nodes);
}

/** Does it have a condition that only the cluster can answer? */
export function asksCluster(node: Node): boolean {
  if (node.is === 'leaf') {
    const { needs } = conditionOf(node.key);
    return needs === 'attributes' || needs === 'tags';
  }
  return node.is === 'not' ? asksCluster(node.child) : node.children.some(asksCluster);
}

function leaf(key: ConditionKey, value: unknown, context: ConditionContext, position: number): Node {
  const kind = conditionOf(key);
  const compiled: CompiledCondition = kind.compile(value, context);
  return {
    is: 'leaf',
    key,
    words: kind.words(value),
    cost: COSTS[kind.needs] + position,
    anchors: kind.anchors?.(value, context) ?? NO_ANCHORS,
    test: (subject) => compiled.test(subject),
    seen: (subject) => compiled.seen(subject),
  };
}

/** The cheap ones first: what the change alone refutes asks nothing of the cluster. */
function group(is: 'all' | 'any', members: readonly Node[]): Node {
  const children = members.toSorted((a, b) => a.cost - b.cost);
  const [only] = children;
  if (children.length === 1 && only !== undefined) return only;
  const cost = children.at(-1)?.cost ?? 0;
  const decisive = is === 'all' ? NO : YES;
  const anchors = (is === 'all' ? allAnchors : anyAnchors)(children.map((child) => child.anchors));
  return {
    is,
    children,
    cost,
    anchors,
    test(subject) {
      let open = false;
      for (const child of children) {
        const truth = child.test(subject);
        if (truth === decisive) return decisive;
        if (truth === UNKNOWN) open = true;
      }
      return open ? UNKNOWN : decisive === NO ? YES : NO;
    },
  };
}

function negation(child: Node): Node {
  return {
    is: 'not',
    child,
    cost: child.cost,
    anchors: NO_ANCHORS,
    test(subject) {
      const truth = child.test(subject);
      return truth === UNKNOWN ? UNKNOWN : truth === YES ? NO : YES;
    },
  };
}
