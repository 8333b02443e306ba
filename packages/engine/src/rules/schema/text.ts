import { z } from 'zod';
import { GlobError } from '../glob.ts';
import { RuleTextError } from '../text-error.ts';

/** Text that `read` accepts; what `read` throws is the message of the problem. The text itself stays as it is. */
export function textThat(read: (text: string) => unknown): z.ZodType<string, string> {
  return z.string().superRefine((text, context) => {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof RuleTextError) && !(error instanceof GlobError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}

/** One or a list of them; always a list afterwards. */
export function oneOrMany<T, I>(item: z.ZodType<T, I>): z.ZodType<readonly T[], I | I[]> {
  const many = z.array(item).min(1, 'A list is empty: it would never match.');
  return z.union([many, item.transform((one) => [one])]);
}

/** Text for which people like to write a number. */
export function textOrWholeNumber(text: z.ZodType<string, string>): z.ZodType<string, string | number> {
  return z.union([text, z.int().min(0)]).transform(String);
}
