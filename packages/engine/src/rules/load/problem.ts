/** What is wrong with a rule file, where, and what would be right. */
export interface Problem {
  /** As given to `loadRules`: a file's name. */
  readonly source: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** `rules[0].where.size`; '' = the file as a whole. */
  readonly key: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

export type KeyPath = readonly (string | number)[];

/** A problem before its place in the text is known. */
export interface Finding {
  readonly path: KeyPath;
  /** Whether it is about the key itself, not about its value. */
  readonly atKey?: boolean;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** `rules[0].where.size` */
export function keyText(path: KeyPath): string {
  let out = '';
  for (const part of path) {
    if (typeof part === 'number') out += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) out += out === '' ? part : `.${part}`;
    else out += `[${JSON.stringify(part)}]`;
  }
  return out;
}

/** `rules.yml:12:5: rules[0].settle: … (…)` */
export function formatProblem(problem: Problem): string {
  const key = problem.key === '' ? '' : `${problem.key}: `;
  const hint = problem.hint === undefined ? '' : ` ${problem.hint}`;
  return `${problem.source}:${problem.line}:${problem.column}: ${key}${problem.message}${hint}`;
}
