import { z } from 'zod';
import { BUILTIN_EXCLUDES } from '../builtin-excludes.ts';
import { compileGlobs } from './globs.ts';
import { byChange, condition } from './kind.ts';

const globs = BUILTIN_EXCLUDES.map(({ glob }) => glob);
const isName = compileGlobs(
  globs.filter((glob) => !glob.includes('/')),
  true,
);
const isPlace = compileGlobs(
  globs.filter((glob) => glob.includes('/')),
  true,
);

export const temporary = condition({
  schema: z.boolean(),
  needs: 'change',
  summary:
    'Whether the name is one that programs give to files which are not finished or not meant to stay: `~$*`, `*.part`, `.DS_Store`, rsync’s `.NAME.XXXXXX` and so on (`qwarden filelock --help` lists them all). Compared without case.',
  example: 'temporary: false',
  compile: (wanted) =>
    byChange(
      ({ lowerName, lowerPath }) => isTemporary(lowerName, lowerPath) === wanted,
      ({ name }) => `the name is ${name}`,
    ),
  words: (wanted) => (wanted ? 'the name of a temporary file' : 'no name of a temporary file'),
});

/** @param path absolute; both in lower case */
function isTemporary(name: string, path: string): boolean {
  return isName(name) || isPlace(path.slice(1));
}
