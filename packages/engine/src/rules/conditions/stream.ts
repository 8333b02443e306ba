import { z } from 'zod';
import { checkGlob } from '../glob.ts';
import { oneOrMany, textThat } from '../schema/text.ts';
import { compileGlobs } from './globs.ts';
import { byChange, condition } from './kind.ts';
import { oneOf, quoted } from './words.ts';

export const stream = condition({
  schema: z.union([z.boolean(), oneOrMany(textThat(checkGlob))]),
  needs: 'change',
  summary:
    'Glob on the name of a named stream (alternate data stream); `true`: any named stream; `false`: the file itself.',
  example: 'stream: "Zone.Identifier"',
  compile(value, { caseSensitive }) {
    const seen = ({ change }: { change: { stream: string | null } }): string =>
      change.stream === null ? 'it is no named stream' : `the stream is ${change.stream}`;
    if (typeof value === 'boolean') return byChange(({ change }) => (change.stream !== null) === value, seen);
    const ignoreCase = caseSensitive === false;
    const matches = compileGlobs(value, ignoreCase);
    return byChange(({ change: { stream } }) => {
      if (stream === null) return false;
      return matches(ignoreCase ? stream.toLowerCase() : stream);
    }, seen);
  },
  words(value) {
    if (typeof value === 'boolean') return value ? 'in a named stream' : 'in the file itself, not in a named stream';
    return `stream like ${oneOf(value.map(quoted))}`;
  },
});
