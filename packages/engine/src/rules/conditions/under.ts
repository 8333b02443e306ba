import { parseDirectory } from '../schema/path.ts';
import { oneOrMany, textThat } from '../schema/text.ts';
import { byChange, condition } from './kind.ts';
import { oneOf } from './words.ts';

export const directories = oneOrMany(textThat(parseDirectory).transform(parseDirectory));

export const under = condition({
  schema: directories,
  needs: 'change',
  summary:
    'Anywhere below a directory, which itself is not meant. `/home/joe` never matches `/home/joey`. No glob: for that there is `path`.',
  example: 'under: [/records, /archive]',
  compile(values, { caseSensitive }) {
    const ignoreCase = caseSensitive === false;
    const isBelow = compileUnder(values, ignoreCase);
    return byChange(
      (subject) => isBelow(ignoreCase ? subject.lowerPath : subject.change.path),
      ({ change }) => `the path is ${change.path}`,
    );
  },
  words: (values) => `below ${oneOf(values)}`,
  anchors: (values) => ({ prefixes: values }),
});

/** With `ignoreCase` pass the path in lower case. */
export function compileUnder(values: readonly string[], ignoreCase: boolean): (path: string) => boolean {
  const prefixes = values.map((value) => (value === '/' ? '/' : `${ignoreCase ? value.toLowerCase() : value}/`));
  return (path) => {
    for (const prefix of prefixes) if (path.length > prefix.length && path.startsWith(prefix)) return true;
    return false;
  };
}
