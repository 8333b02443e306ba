import type { FileAttributes } from '@qwarden/qumulo-client';
import { formatDuration, parseDuration } from '../schema/duration.ts';
import { isWithin, parseRange } from '../schema/range.ts';
import { textThat } from '../schema/text.ts';
import { byAttributesAndTime, condition, type ConditionKind } from './kind.ts';

function age(
  word: 'created' | 'modified' | 'accessed',
  key: 'creation_time' | 'modification_time' | 'access_time',
): ConditionKind<string, string> {
  const ageOf = (attributes: FileAttributes, now: number): number => now - Date.parse(attributes[key]);
  return condition({
    schema: textThat((text) => parseRange(text, parseDuration)),
    needs: 'attributes',
    summary: `How long ago it was ${word}, by the cluster's clock: \`"> 30d"\`, \`"< 1h"\`, \`"1h..2d"\`.`,
    example: `${word}: "> 30d"`,
    compile(text) {
      const bounds = parseRange(text, parseDuration);
      return byAttributesAndTime(
        (attributes, { now }) => isWithin(ageOf(attributes, now), bounds),
        (attributes, { now }) =>
          `it was ${word} ${formatDuration(Math.max(0, Math.round(ageOf(attributes, now))))} ago`,
      );
    },
    words: (text) => `${word} ${text} ago`,
  });
}

export const created = age('created', 'creation_time');
export const modified = age('modified', 'modification_time');
export const accessed = age('accessed', 'access_time');
