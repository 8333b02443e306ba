/** Where a value came from. */
export type Origin =
  | { kind: 'flag'; flag: string }
  | { kind: 'environment'; variable: string }
  | { kind: 'file'; file: string; line: number; key: string }
  | { kind: 'default' };

/** What one source says about one option, before it has its kind. */
export interface RawValue {
  /** `true`/`false` for a flag without a value, one text, or the texts of a repeated flag. */
  value: boolean | string | readonly string[];
  origin: Origin;
}

/** Option name → what this source says. */
export type Source = ReadonlyMap<string, RawValue>;

/** Stronger sources first. */
export const precedence = ['flag', 'environment', 'file', 'default'] as const satisfies readonly Origin['kind'][];

/** For messages: `--interval`, `QWARDEN_INTERVAL`, `x.ini, line 4, INTERVAL`. */
export function nameOrigin(origin: Origin): string {
  if (origin.kind === 'flag') return `--${origin.flag}`;
  if (origin.kind === 'environment') return origin.variable;
  if (origin.kind === 'file') return `${origin.file}, line ${origin.line}, ${origin.key}`;
  return 'default';
}

/** For `--show-config`: `flag --interval`, `environment QWARDEN_INTERVAL`, `x.ini:4`. */
export function placeOf(origin: Origin): string {
  if (origin.kind === 'flag') return `flag --${origin.flag}`;
  if (origin.kind === 'environment') return `environment ${origin.variable}`;
  if (origin.kind === 'file') return `${origin.file}:${origin.line}`;
  return 'default';
}
