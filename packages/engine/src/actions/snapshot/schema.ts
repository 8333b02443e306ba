import type { z } from 'zod';
import { parseDuration } from '../../rules/schema/duration.ts';
import { RuleTextError } from '../../rules/text-error.ts';
import { directoryProblem } from '../files/paths.ts';
import type { Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';

export interface SnapshotParams {
  /** Template of a directory. */
  readonly of: string;
  readonly name: string;
  /** Null = never. */
  readonly expires: string | null;
  readonly at_most_every?: string | undefined;
}

export function snapshotParams(zod: Zod): z.ZodType<SnapshotParams> {
  const duration = zod.string().superRefine((text, context) => {
    try {
      if (parseDuration(text) === 0) context.addIssue({ code: 'custom', message: 'It must be longer than nothing.' });
    } catch (error) {
      if (!(error instanceof RuleTextError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
  return zod.strictObject({
    of: templateText(zod)
      .superRefine((text, context) => {
        const problem = text.startsWith('{{') ? undefined : directoryProblem(text);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      })
      .default('{{directory}}')
      .meta({ description: 'The directory that it covers, absolute. Default: that of the file.' }),
    name: templateText(zod)
      .default('{{rule}}')
      .meta({ description: 'Its name; a mark of the job comes behind it. Default: the name of the rule.' }),
    expires: zod
      .union([zod.literal('never').transform(() => null), duration])
      .default('7d')
      .meta({ description: 'When the cluster may remove it: 12h, 7d, 4w, or never. Default: 7d.' }),
    at_most_every: duration.optional().meta({
      description: 'None is made when this rule has made one of the directory in this time.',
      examples: ['10m'],
    }),
  });
}
