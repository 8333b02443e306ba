import { z } from 'zod';
import { checkPathGlob } from '../schema/path.ts';
import { oneOrMany, textThat } from '../schema/text.ts';
import { compileGlobs } from './globs.ts';
import { byChange, condition } from './kind.ts';
import { compileOldPath, type OldPath, oldPathSchema, oldPathWords } from './old-path.ts';
import { oneOf } from './words.ts';

export const movedFrom = condition({
  schema: z.union([oneOrMany(textThat(checkPathGlob)), oldPathSchema]),
  needs: 'change',
  summary:
    'Old path of a rename: a glob, or conditions that it meets (`under`, `name`, `path`, `extension`, `temporary`, nested with `all`, `any`, `not`). Never true for anything but a rename (`on: renamed`).',
  example: 'moved_from: { under: /staging, name: "*.part" }',
  compile(value, context) {
    const test = compileValue(value, context);
    return byChange(
      ({ change }) => change.movedFrom !== null && test(change, change.movedFrom),
      ({ change: { movedFrom } }) => (movedFrom === null ? 'it is no rename' : `the old path is ${movedFrom}`),
    );
  },
  words: (value) => `moved from ${isGlobs(value) ? oneOf(value) : oldPathWords(value)}`,
});

type Value = readonly string[] | OldPath;

function compileValue(value: Value, context: Parameters<typeof compileOldPath>[1]): ReturnType<typeof compileOldPath> {
  if (!isGlobs(value)) return compileOldPath(value, context);
  const ignoreCase = context.caseSensitive === false;
  const matches = compileGlobs(value, ignoreCase);
  return (_, old) => matches(ignoreCase ? old.toLowerCase() : old);
}

function isGlobs(value: Value): value is readonly string[] {
  return Array.isArray(value);
}
