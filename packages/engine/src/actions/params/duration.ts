import type { z } from 'zod';
import { formatDuration, parseDuration } from '../../rules/schema/duration.ts';
import { RuleTextError } from '../../rules/text-error.ts';
import type { Zod } from '../port.ts';

/** A duration as people write it (`10s`); milliseconds afterwards. */
export function durationParam(
  zod: Zod,
  { otherwise, leastMs, mostMs }: { otherwise: string; leastMs: number; mostMs: number },
): z.ZodType<number> {
  return zod
    .string()
    .default(otherwise)
    .transform((text, context) => {
      try {
        const ms = parseDuration(text);
        if (ms >= leastMs && ms <= mostMs) return ms;
        const message = `must be between ${formatDuration(leastMs)} and ${formatDuration(mostMs)}`;
        context.addIssue({ code: 'custom', message });
      } catch (error) {
        if (!(error instanceof RuleTextError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
      }
      return zod.NEVER;
    });
}
