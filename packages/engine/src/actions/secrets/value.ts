import type { Outside } from '../port.ts';

/** A parameter that is written down, or comes from the environment or a file. */
export interface ValueSource {
  readonly value?: string | undefined;
  readonly env?: string | undefined;
  readonly file?: string | undefined;
}

/** Its value. @throws OutsideError when the variable or the file is not there. */
export function valueFrom(outside: Outside, { value, env, file }: ValueSource): string {
  return value ?? outside.secret({ env, file });
}

/** Where it comes from, for people. */
export function describeSource({ env, file }: ValueSource, key: string): string {
  if (env !== undefined) return `the value of the variable ${env}`;
  return file === undefined ? `"${key}"` : `the text of ${file}`;
}
