import { RE2JS, RE2JSException } from 're2js';
import { oneOrMany, textThat } from '../schema/text.ts';
import { RuleTextError } from '../text-error.ts';
import { byChange, condition } from './kind.ts';
import { oneOf } from './words.ts';

const MAX_LENGTH = 1000;
/** States of the compiled program: beyond it a path takes too long. */
const MAX_STATES = 5000;

export const regex = condition({
  schema: oneOrMany(textThat(compileRegex)),
  needs: 'change',
  summary:
    'Regular expression of RE2 (linear time; no look-around, no back references), found anywhere in the absolute path unless anchored with `^` and `$`.',
  example: "regex: '/2[0-9]{3}/invoice-[0-9]+\\.pdf$'",
  compile(patterns, { caseSensitive }) {
    let compiled: readonly RE2JS[] | undefined;
    return byChange(
      ({ change }) => {
        // Compiled when it is first needed: of a hundred thousand rules most never are.
        compiled ??= patterns.map((pattern) => compileRegex(pattern, caseSensitive === false));
        return compiled.some((one) => one.test(change.path));
      },
      ({ change }) => `the path is ${change.path}`,
    );
  },
  words: (patterns) => `path matched by ${oneOf(patterns.map((pattern) => `/${pattern}/`))}`,
});

/** @throws RuleTextError */
function compileRegex(pattern: string, ignoreCase = false): RE2JS {
  if (pattern === '') throw new RuleTextError('A regular expression is empty.');
  if (pattern.length > MAX_LENGTH) {
    throw new RuleTextError(
      `The regular expression "${pattern.slice(0, 40)}…" is longer than ${MAX_LENGTH} characters.`,
    );
  }
  try {
    const compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    if (compiled.programSize() <= MAX_STATES) return compiled;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, '');
    throw new RuleTextError(
      `The regular expression "${pattern}" cannot be used: ${why}. RE2 syntax, without look-around and back references.`,
    );
  }
  throw new RuleTextError(
    `The regular expression "${pattern.slice(0, 40)}" grows too large when it is compiled: repeat less.`,
  );
}
