import type { z } from 'zod';
import type { ActionContext, Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';
import { render } from '../template/template.ts';
import type { TemplateValues } from '../template/variables.ts';
import { onClash, type OnClash } from './clash.ts';
import { ensureDirectory } from './directories.ts';
import { directoryProblem, withoutSlash } from './paths.ts';
import { failed } from './stop.ts';

/** Parameters of what goes to another directory. */
export interface DestinationParams {
  readonly to: string;
  readonly on_clash: OnClash;
  readonly create_directories: boolean;
}

export function destinationParams(zod: Zod): z.ZodType<DestinationParams> {
  return zod.strictObject({
    to: templateText(zod)
      .superRefine((text, context) => {
        // A template at the beginning may be an absolute path: {{directory}}/done.
        const problem = text.startsWith('{{') ? undefined : directoryProblem(text);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      })
      .meta({
        description: 'The directory it goes to, absolute.',
        examples: ['/archive/{{year}}', '{{directory}}/done'],
      }),
    on_clash: onClash(zod),
    create_directories: zod
      .boolean()
      .default(true)
      .meta({ description: 'Makes the directories that are missing. Default: true.' }),
  });
}

/** @throws Stop `failed` when the values do not make a path */
export function destination(params: DestinationParams, values: TemplateValues): string {
  const directory = render(params.to, values);
  const problem = directoryProblem(directory);
  if (problem !== undefined) throw failed(`It has no place to go to: ${problem}.`, 'Change "to" in the rule.');
  return withoutSlash(directory);
}

export async function prepareDestination(
  context: ActionContext,
  directory: string,
  params: DestinationParams,
): Promise<void> {
  await ensureDirectory(context, directory, { create: params.create_directories });
}
