/** Something that must hold for each of some files. */
export interface Claim {
  /** In words, after "n of m". */
  what: string;
  expected: number;
  held: number;
  /** One line for each exception. */
  wrong: string[];
}

/** @param cases whether it holds for one, and what to say when it does not */
export function claim(what: string, cases: readonly (readonly [boolean, string])[]): Claim {
  const wrong = cases.filter(([holds]) => !holds).map(([, words]) => words);
  return { what, expected: cases.length, held: cases.length - wrong.length, wrong };
}
