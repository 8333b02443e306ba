import { checkPathGlob } from '../schema/path.ts';
import { oneOrMany, textThat } from '../schema/text.ts';
import { compileGlobs, pathAnchors } from './globs.ts';
import { byChange, condition } from './kind.ts';
import { oneOf } from './words.ts';

export const path = condition({
  schema: oneOrMany(textThat(checkPathGlob)),
  needs: 'change',
  summary: 'Glob on the absolute path. `*` stops at a slash, `**` does not.',
  example: 'path: "/shares/**/.canary*"',
  compile(globs, { caseSensitive }) {
    const ignoreCase = caseSensitive === false;
    const matches = compileGlobs(globs, ignoreCase);
    return byChange(
      (subject) => matches(ignoreCase ? subject.lowerPath : subject.change.path),
      ({ change }) => `the path is ${change.path}`,
    );
  },
  words: (globs) => `path like ${oneOf(globs)}`,
  anchors: pathAnchors,
});
