import type { z } from 'zod';
import type { Zod } from '../port.ts';
import { templateProblem } from './template.ts';

/** Text with `{{variables}}`, checked when the rules are loaded. */
export function templateText(zod: Zod): z.ZodType<string> {
  return zod
    .string()
    .min(1, 'must not be empty')
    .superRefine((text, context) => {
      const problem = templateProblem(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    });
}
