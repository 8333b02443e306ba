import type { Anchors } from '../conditions/kind.ts';

type Dimension = keyof Anchors;
const dimensions: readonly Dimension[] = ['prefixes', 'names', 'heads', 'extensions'];
/** A longer list is worth no index. */
const MOST = 10_000;

/** What must hold when all of them do: of each kind the narrowest. */
export function allAnchors(members: readonly Anchors[]): Anchors {
  return combine((dimension) => {
    const given = members.flatMap((member) => (member[dimension] === undefined ? [] : [member[dimension]]));
    return given.toSorted((a, b) => a.length - b.length || shortest(b) - shortest(a))[0];
  });
}

/** What must hold when one of them does: known only if each says something of that kind. */
export function anyAnchors(members: readonly Anchors[]): Anchors {
  return combine((dimension) => {
    const all = new Set<string>();
    for (const member of members) {
      const values = member[dimension];
      if (values === undefined || all.size + values.length > MOST) return undefined;
      for (const value of values) all.add(value);
    }
    return members.length === 0 ? undefined : [...all];
  });
}

function combine(pick: (dimension: Dimension) => readonly string[] | undefined): Anchors {
  return Object.fromEntries(dimensions.map((dimension) => [dimension, pick(dimension)]));
}

function shortest(texts: readonly string[]): number {
  return texts.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
}
