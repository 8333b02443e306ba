import { z } from 'zod';
import { checkGlob, type Matches } from '../glob.ts';
import { oneOrMany, textOrWholeNumber, textThat } from '../schema/text.ts';
import { compileGlobs } from './globs.ts';
import { byTags, condition } from './kind.ts';
import { oneOf, quoted } from './words.ts';

export const tag = condition({
  schema: z
    .record(z.string().min(1), oneOrMany(textOrWholeNumber(textThat(checkGlob))))
    .refine((tags) => Object.keys(tags).length > 0, 'Name at least one tag.')
    .meta({ minProperties: 1 }),
  needs: 'tags',
  summary:
    'User metadata: each key must be there with a value like the glob. The dearest condition: it takes a call of its own.',
  example: 'tag: { project: "apollo-*", state: [done, final] }',
  compile(value, { caseSensitive }) {
    const ignoreCase = caseSensitive === false;
    const fold = (text: string): string => flat(ignoreCase ? text.toLowerCase() : text);
    const wanted = Object.entries(value).map(([key, globs]): readonly [string, Matches] => [
      key,
      compileGlobs(globs.map(flat), ignoreCase),
    ]);
    return byTags(
      (tags) =>
        wanted.every(([key, matches]) => {
          const own = Object.hasOwn(tags, key) ? tags[key] : undefined;
          return own !== undefined && matches(fold(own));
        }),
      (tags) =>
        wanted
          .map(([key]) =>
            Object.hasOwn(tags, key) ? `the tag ${key} is ${quoted(tags[key] ?? '')}` : `there is no tag ${key}`,
          )
          .join(', '),
    );
  },
  words: (value) =>
    Object.entries(value)
      .map(([key, globs]) => `tag ${key} like ${oneOf(globs.map(quoted))}`)
      .join(' and '),
});

/** A value is no path: a star stands for slashes too. */
function flat(text: string): string {
  return text.replaceAll('/', '\u2215');
}
