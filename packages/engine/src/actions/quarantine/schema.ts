import type { z } from 'zod';
import { directoryProblem, withoutSlash } from '../files/paths.ts';
import type { Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';

export interface QuarantineParams {
  /** Absolute, without a slash at the end. */
  readonly to: string;
  readonly reason?: string | undefined;
  readonly lock_down: boolean;
}

export function quarantineParams(zod: Zod): z.ZodType<QuarantineParams> {
  return zod.strictObject({
    to: zod
      .string()
      .superRefine((text, context) => {
        const problem = text.includes('{{')
          ? 'the quarantine is one directory: no templates here'
          : text === '/'
            ? 'the quarantine cannot be all of the file system'
            : directoryProblem(text);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      })
      .transform(withoutSlash)
      .meta({ description: 'The quarantine: a directory, made when it is missing.', examples: ['/quarantine'] }),
    reason: templateText(zod).optional().meta({ description: 'Why, for those who look at it later.' }),
    lock_down: zod.boolean().default(true).meta({
      description:
        'Takes all permissions from the file there (mode 0000), so that no other name of it and no open share reaches it; restoring gives them back. Default: true.',
    }),
  });
}
