import { z } from 'zod';
import { textThat } from '../schema/text.ts';
import { RuleTextError } from '../text-error.ts';
import { byAttributes, condition } from './kind.ts';

/** @throws RuleTextError */
function parseMode(text: string): number {
  if (!/^0?[0-7]{3,4}$/.test(text)) {
    throw new RuleTextError(`The mode "${text}" is none: write it in octal and in quotes, such as "0644".`);
  }
  return Number.parseInt(text, 8);
}

const octal = textThat(parseMode);

export const mode = condition({
  schema: z.union([
    octal,
    z
      .strictObject({ any: octal.optional(), all: octal.optional(), none: octal.optional() })
      .refine((bits) => Object.values(bits).some((bit) => bit !== undefined), 'Give "any", "all" or "none".')
      .meta({ minProperties: 1 }),
  ]),
  needs: 'attributes',
  summary:
    'POSIX mode, octal, in quotes: exactly so, or `any` (at least one of these bits is set), `all` (each is), `none` (none is).',
  example: 'mode: { any: "0022" }',
  compile(value) {
    const exact = typeof value === 'string' ? parseMode(value) : undefined;
    const { any, all, none } = typeof value === 'string' ? {} : value;
    const bits = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseMode(text));
    const [anyOf, allOf, noneOf] = [bits(any), bits(all), bits(none)];
    return byAttributes(
      (attributes) => {
        const own = Number.parseInt(attributes.mode, 8);
        if (exact !== undefined) return own === exact;
        if (anyOf !== undefined && (own & anyOf) === 0) return false;
        if (allOf !== undefined && (own & allOf) !== allOf) return false;
        return noneOf === undefined || (own & noneOf) === 0;
      },
      (attributes) => `the mode is ${attributes.mode}`,
    );
  },
  words(value) {
    if (typeof value === 'string') return `mode ${value}`;
    return `mode with ${Object.entries(value)
      .map(([word, bits]) => `${word} of ${bits}`)
      .join(' and ')}`;
  },
});
