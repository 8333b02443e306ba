import { z } from 'zod';
import { type ConditionKey, conditionKeys, conditionOf, type ConditionValue } from '../conditions/index.ts';
import { checkTimeZone } from '../conditions/local-time.ts';
import { parseDuration } from './duration.ts';
import { textThat } from './text.ts';

/** Conditions nested freely. Several keys in one object all have to hold. */
export type Where = { readonly [K in ConditionKey]?: ConditionValue<K> | undefined } & {
  readonly all?: readonly Where[] | undefined;
  readonly any?: readonly Where[] | undefined;
  readonly not?: Where | undefined;
  readonly time_zone?: string | undefined;
};

const EMPTY = 'There is no condition here: it would match everything.';
const STRAY_ZONE = 'A time zone changes nothing here: it belongs beside "time_of_day" or "weekday".';
/** The same for editors. */
const ZONE_BESIDE = { time_zone: { anyOf: [{ required: ['time_of_day'] }, { required: ['weekday'] }] } };
const EMPTY_LIST = 'The list is empty. Give it conditions, or leave it out.';

/** Made anew for each place: an instance that stands in itself would get a definition of its own in the JSON Schema. */
const shape = () => ({
  ...Object.fromEntries(
    conditionKeys.map((key) => {
      const { schema, summary, example } = conditionOf(key);
      return [key, schema.optional().meta({ description: summary, examples: [example] })];
    }),
  ),
  time_zone: textThat(checkTimeZone)
    .optional()
    .meta({ description: 'Time zone of `time_of_day` and `weekday` beside it, such as Europe/Berlin. Default: UTC.' }),
  all: z
    .array(z.lazy(() => nested))
    .min(1, EMPTY_LIST)
    .optional()
    .meta({ description: 'Each of these holds.' }),
  any: z
    .array(z.lazy(() => nested))
    .min(1, EMPTY_LIST)
    .optional()
    .meta({ description: 'At least one of these holds.' }),
  not: z
    .lazy(() => nested)
    .optional()
    .meta({ description: 'This does not hold.' }),
});

const nested: z.ZodType = z
  .strictObject(shape())
  .refine((where) => Object.keys(where).length > 0, EMPTY)
  .refine(needsTimeZone, { message: STRAY_ZONE, path: ['time_zone'] })
  .meta({ id: 'where', minProperties: 1, dependentSchemas: ZONE_BESIDE });

/** How often within which time, counted for whom. */
export const countSchema = z
  .strictObject({
    matches: z.int().min(1).max(100_000).meta({ description: 'So many matches …' }),
    within: textThat(parseDuration).meta({ description: '… within this time, the present one included, …' }),
    per: z
      .enum(['directory', 'rule', 'watch'])
      .default('rule')
      .meta({ description: '… counted for each directory, each watch, or for the rule as a whole.' }),
  })
  .meta({
    description:
      'The rule matches only while so many changes meet its other conditions within a time: many at once are a sign of trouble. Stands in the outermost `where` only.',
  });

export type CountValue = z.output<typeof countSchema>;

/** The outermost `where` of a rule. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `Where` is made of the same registry as the shape
export const whereSchema = z
  .strictObject({ ...shape(), count: countSchema.optional() })
  .refine(needsTimeZone, { message: STRAY_ZONE, path: ['time_zone'] })
  .meta({ dependentSchemas: ZONE_BESIDE }) as unknown as z.ZodType<Where & { readonly count?: CountValue | undefined }>;

function needsTimeZone(where: Record<string, unknown>): boolean {
  return where['time_zone'] === undefined || where['time_of_day'] !== undefined || where['weekday'] !== undefined;
}
