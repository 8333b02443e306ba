import { compileGlob } from '../rules/glob.ts';
import { isBelow } from '../text/below.ts';

export interface PathCondition {
  /** A directory that everything is in, or the path itself; without a slash at the end. */
  readonly prefix: string;
  /** Undefined: everything at or below the prefix. */
  readonly matches?: (path: string) => boolean;
}

/**
 * Of a path that stands for itself and everything below it, or a glob. What has brackets, braces, stars or question marks is both: names of
 * files have those too. Undefined: everything.
 * @throws GlobError
 */
export function pathCondition(path: string | undefined): PathCondition | undefined {
  if (path === undefined || path === '/') return undefined;
  const literal = path.endsWith('/') ? path.slice(0, -1) : path;
  if (!isGlob(path)) return { prefix: literal };
  const glob = compileGlob(path);
  const plainEnd = path.lastIndexOf('/', path.search(/[*?[{\\]/));
  return { prefix: path.slice(0, Math.max(0, plainEnd)), matches: (one) => isBelow(one, literal) || glob(one) };
}

/** May it mean others than itself, and what is below? */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}
