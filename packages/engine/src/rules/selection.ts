import { BUILTIN_EXCLUDES } from './builtin-excludes.ts';
import { compileGlob, type Matches } from './glob.ts';

export interface SelectionOptions {
  /** Empty = every file. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly builtinExcludes: boolean;
}

/** Which files of a watch a policy covers. */
export interface Selection {
  /**
   * @param relativePath path below the watched directory, without a leading slash
   * @param watchPath absolute path of the watched directory; only looked at for globs that begin with `/`
   */
  covers(relativePath: string, watchPath: string): boolean;
}

interface Pattern {
  readonly on: 'name' | 'relative' | 'absolute';
  readonly matches: Matches;
}

const builtin = BUILTIN_EXCLUDES.map(({ glob }) => compilePattern(glob, true));

/**
 * A glob without `/` is compared with the name; with `/`, with the path below the watched directory; with a leading `/`, with the
 * absolute path. A file is covered when no exclude and, if there are any, at least one include matches.
 * @throws GlobError
 */
export function compileSelection(options: SelectionOptions): Selection {
  const include = options.include.map((glob) => compilePattern(glob, false));
  const exclude = options.exclude.map((glob) => compilePattern(glob, false));
  return {
    covers(relativePath, watchPath) {
      const name = relativePath.slice(relativePath.lastIndexOf('/') + 1);
      if (name === '') return false;
      if (options.builtinExcludes && some(builtin, name.toLowerCase(), relativePath.toLowerCase(), '')) return false;
      if (exclude.length > 0 && some(exclude, name, relativePath, watchPath)) return false;
      return include.length === 0 || some(include, name, relativePath, watchPath);
    },
  };
}

function compilePattern(glob: string, ignoreCase: boolean): Pattern {
  const on = glob.startsWith('/') ? 'absolute' : glob.includes('/') ? 'relative' : 'name';
  return { on, matches: compileGlob(glob, { ignoreCase }) };
}

function some(patterns: readonly Pattern[], name: string, relativePath: string, watchPath: string): boolean {
  for (const { on, matches } of patterns) {
    const text = on === 'name' ? name : on === 'relative' ? relativePath : joinPath(watchPath, relativePath);
    if (matches(text)) return true;
  }
  return false;
}

/** Absolute path of something below the watched directory. */
export function joinPath(watchPath: string, relativePath: string): string {
  return watchPath.endsWith('/') ? `${watchPath}${relativePath}` : `${watchPath}/${relativePath}`;
}

/** Path below the watched directory, without slashes at the ends; undefined when it is not below it. */
export function relativeTo(watchPath: string, path: string): string | undefined {
  const prefix = watchPath.endsWith('/') ? watchPath : `${watchPath}/`;
  if (!path.startsWith(prefix)) return undefined;
  const below = path.endsWith('/') ? path.slice(prefix.length, -1) : path.slice(prefix.length);
  return below === '' ? undefined : below;
}
