import { z } from 'zod';
import { checkPathGlob } from '../schema/path.ts';
import { oneOrMany, textThat } from '../schema/text.ts';
import { compileGlobs } from './globs.ts';
import { byChange, condition } from './kind.ts';
import { compileUnder, directories } from './under.ts';
import { oneOf } from './words.ts';

export const movedFrom = condition({
  schema: z.union([oneOrMany(textThat(checkPathGlob)), z.strictObject({ under: directories })]),
  needs: 'change',
  summary:
    'Old path of a rename: a glob, or `under` with a directory. Never true for anything but a rename (`on: renamed`).',
  example: 'moved_from: { under: /staging }',
  compile(value, { caseSensitive }) {
    const ignoreCase = caseSensitive === false;
    const matches = 'under' in value ? compileUnder(value.under, ignoreCase) : compileGlobs(value, ignoreCase);
    return byChange(
      ({ change: { movedFrom } }) => movedFrom !== null && matches(ignoreCase ? movedFrom.toLowerCase() : movedFrom),
      ({ change: { movedFrom } }) => (movedFrom === null ? 'it is no rename' : `the old path is ${movedFrom}`),
    );
  },
  words: (value) => ('under' in value ? `moved from below ${oneOf(value.under)}` : `moved from ${oneOf(value)}`),
});
