import { namingTypes } from '../events/joiner.ts';
import { type ChangeType, changeTypes } from '../events/kinds.ts';
import type { Matcher } from '../rules/match/matcher.ts';

const NAMING: ReadonlySet<ChangeType> = new Set(namingTypes);

/** Of each type, in the order of `changeTypes`: is a change of it of use, or is it enough to have counted it? */
export function wantedTypes(matcher: Pick<Matcher, 'wants'>): readonly boolean[] {
  return changeTypes.map((type) => NAMING.has(type) || matcher.wants(type));
}
