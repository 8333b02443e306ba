import type { z } from 'zod';
import { parseSize } from '../../rules/schema/size.ts';
import { RuleTextError } from '../../rules/text-error.ts';
import type { Zod } from '../port.ts';

/** A size as people write it (`64KiB`); bytes afterwards. */
export function sizeParam(zod: Zod, { otherwise, most }: { otherwise: string; most: string }): z.ZodType<number> {
  return zod
    .string()
    .default(otherwise)
    .transform((text, context) => {
      try {
        const bytes = parseSize(text);
        if (bytes <= parseSize(most)) return Number(bytes);
        context.addIssue({ code: 'custom', message: `must not be more than ${most}` });
      } catch (error) {
        if (!(error instanceof RuleTextError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
      }
      return zod.NEVER;
    });
}
