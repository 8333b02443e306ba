import { compileGlob } from '../rules/glob.ts';

export interface PathCondition {
  /** A directory that everything is in, or the path itself; without a slash at the end. */
  readonly prefix: string;
  readonly glob?: (path: string) => boolean;
}

/** Of a path that stands for itself and everything below it, or a glob with `*`, `?` or `[`. Undefined: everything. @throws GlobError */
export function pathCondition(path: string | undefined): PathCondition | undefined {
  if (path === undefined || path === '/') return undefined;
  const magic = path.search(/[*?[]/);
  if (magic < 0) return { prefix: path.endsWith('/') ? path.slice(0, -1) : path };
  return { prefix: path.slice(0, path.lastIndexOf('/', magic)), glob: compileGlob(path) };
}
