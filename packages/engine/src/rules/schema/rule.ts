import { z } from 'zod';
import { type ChangeGroup, changeGroupNames, type ChangeType, changeTypes } from '../../events/kinds.ts';
import type { ActionCatalog } from '../catalog.ts';
import { parseDuration } from './duration.ts';
import { parseRate } from './rate.ts';
import { oneOrMany, textThat } from './text.ts';
import { whereSchema } from './where.ts';

type OnWord = ChangeGroup | ChangeType;

const onWords: readonly OnWord[] = [...changeGroupNames, ...changeTypes];

const on = oneOrMany<OnWord, OnWord>(z.enum(onWords));

/**
 * What a further match of the same rule and file means. One that comes while the job still waits starts its settle time again: a file is
 * written in bursts, one job is wanted when it is quiet, and a job that is armed again is moved, never doubled. While the job runs:
 * - `restart` what is left of the run is left out, and it begins anew. The default, since what it was about has changed.
 * - `single` nothing: the run that is under way is enough.
 * - `queued` the run is finished first, then there is another.
 * With `parallel` each match makes a job of its own from the beginning.
 */
export const ruleModes = ['restart', 'single', 'queued', 'parallel'] as const;
export type RuleMode = (typeof ruleModes)[number];

const settings = {
  on: on.optional().meta({
    description: 'Changes it is for: groups, or types of the cluster. Default: created, written, moved-in, renamed.',
  }),
  settle: textThat(parseDuration)
    .optional()
    .meta({
      description:
        'Quiet time since the last change of the file before its actions run: each write, size or time change, rename starts it again, whatever `on` says; 0s = at once. Default: 15s.',
      examples: ['15s', '2m', '0s'],
    }),
  mode: z.enum(ruleModes).optional().meta({
    description:
      'What a further match of the same file means while its job runs (one that waits only settles anew): `restart` it, nothing (`single`), another run afterwards (`queued`); or each match makes a job of its own (`parallel`). Default: restart.',
  }),
  limits: z
    .strictObject({
      rate: textThat(parseRate)
        .optional()
        .meta({ description: 'Most jobs in a time; the rest wait.', examples: ['10/s'] }),
      burst: z.int().min(1).optional().meta({ description: 'So many at once before `rate` holds them back.' }),
      per_hour: z.int().min(1).optional().meta({
        description: 'Most jobs in an hour; the rest wait, nothing is dropped.',
      }),
    })
    .refine(({ rate, burst }) => burst === undefined || rate !== undefined, {
      message: '"burst" needs a "rate".',
      path: ['burst'],
    })
    .optional()
    .meta({ description: 'How much the rule may do.', dependentRequired: { burst: ['rate'] } }),
  case_sensitive: z
    .boolean()
    .optional()
    .meta({ description: 'Whether case counts. Default: not for `extension`, but for everything else.' }),
  enabled: z
    .boolean()
    .optional()
    .meta({ description: '`false` switches the rule off; it is still checked. Default: true.' }),
};

export const defaultsSchema = z
  .strictObject(settings)
  .optional()
  .meta({ description: 'For every rule that does not say otherwise.' });

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const NAME = /^[^\0-\x1f\x7f]{1,200}$/;

/** One rule of the file. */
export function ruleSchema(catalog: ActionCatalog) {
  return z
    .strictObject({
      name: z
        .string()
        .trim()
        .regex(NAME, 'A name has 1 to 200 characters in one line.')
        .meta({ description: 'Unique in the file. Jobs and logs carry it.' }),
      description: z.string().max(10_000).optional().meta({ description: 'For people.' }),
      ...settings,
      where: whereSchema.optional().meta({
        description:
          'Conditions; several keys in one object all have to hold. Without it every change of `on` matches.',
      }),
      do: z
        .array(stepSchema(catalog))
        .min(1, 'The rule does nothing: give it at least one action.')
        .max(100)
        .meta({ description: 'Actions, one after another. One that fails ends the list, unless it says otherwise.' }),
    })
    .meta({ id: 'rule' });
}

/** For editors: one key, and `continue_on_error` is none. */
const ONE_ACTION = {
  minProperties: 1,
  maxProperties: 2,
  if: { required: ['continue_on_error'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { minProperties: 2 },
  else: { maxProperties: 1 },
};

/** One item of `do`: an action with its parameters. */
function stepSchema(catalog: ActionCatalog) {
  const actions = Object.entries(catalog).map(([name, { summary, params }]) => [
    name,
    params(z).optional().meta({ description: summary }),
  ]);
  const shape: Record<string, z.ZodType> = Object.fromEntries(actions);
  return z
    .strictObject({
      ...shape,
      continue_on_error: z.boolean().optional().meta({ description: 'The next action runs even if this one fails.' }),
    })
    .superRefine((step, context) => {
      const named = Object.keys(step).filter((key) => key !== 'continue_on_error');
      if (named.length === 1) return;
      const message =
        named.length === 0
          ? 'No action is named here.'
          : `Two actions in one item (${named.join(', ')}): give each an item of its own, since they run one after another.`;
      context.addIssue({ code: 'custom', message });
    })
    .meta(ONE_ACTION);
}
