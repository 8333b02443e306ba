import { isNaming } from '../events/from-batch.ts';
import { changeTypes } from '../events/kinds.ts';
import type { Matcher } from '../rules/match/matcher.ts';
import { CONTENT } from './settling.ts';

/**
 * Of each type, in the order of `changeTypes`: is a change of it of use, or is it enough to have counted it?
 * @param settling there are jobs that settle
 */
export function wantedTypes(matcher: Pick<Matcher, 'wants' | 'ruleSet'>, settling: boolean): readonly boolean[] {
  const touches = settling || matcher.ruleSet.rules.some(({ settleMs, enabled }) => enabled && settleMs > 0);
  return changeTypes.map((type) => isNaming(type) || matcher.wants(type) || (touches && CONTENT.has(type)));
}
