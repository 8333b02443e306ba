import { checkGlob } from '../glob.ts';
import { oneOrMany, textThat } from '../schema/text.ts';
import { RuleTextError } from '../text-error.ts';
import { compileGlobs, nameAnchors } from './globs.ts';
import { byChange, condition } from './kind.ts';
import { oneOf, quoted } from './words.ts';

export const name = condition({
  schema: oneOrMany(textThat(checkNameGlob)),
  needs: 'change',
  summary: 'Glob on the name, the part of the path after the last slash.',
  example: 'name: ["*.part", "~$*"]',
  compile(globs, { caseSensitive }) {
    const ignoreCase = caseSensitive === false;
    const matches = compileGlobs(globs, ignoreCase);
    return byChange(
      (subject) => matches(ignoreCase ? subject.lowerName : subject.name),
      (subject) => `the name is ${subject.name}`,
    );
  },
  words: (globs) => `name like ${oneOf(globs.map(quoted))}`,
  anchors: nameAnchors,
});

function checkNameGlob(glob: string): void {
  checkGlob(glob);
  if (glob.includes('/')) {
    throw new RuleTextError(`The name "${glob}" can never match: names hold no "/". For paths there is "path".`);
  }
}
