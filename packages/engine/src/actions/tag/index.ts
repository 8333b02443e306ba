import { QumuloApiError } from '@qwarden/qumulo-client';
import type { ChangeType } from '../../events/kinds.ts';
import { attempt, describe } from '../files/attempt.ts';
import { call } from '../files/call.ts';
import type { Action } from '../port.ts';
import { needsOf } from '../privileges.ts';
import { planTags, type TagPlan } from './plan.ts';
import { type TagParams, tagParams } from './schema.ts';

/** No source says whether a change of tags is reported, and as what (FACTS 6.4): these are the two that might be. */
const MAYBE: readonly ChangeType[] = ['child_acl_changed', 'child_extra_attrs_changed'];

/** Sets and takes away tags: user metadata of the type that S3 shows as object tags. */
export const tagAction: Action<TagParams> = {
  name: 'tag',
  summary: 'Sets or takes away tags (user metadata) of the file.',
  params: tagParams,
  effects: () => [{ types: MAYBE, settles: true }],
  privileges: () => needsOf('tag'),
  dryRun: (input, context) =>
    describe(input, context, async () => {
      const plan = await planTags(input, context);
      return `would ${inWords(plan, 'set', 'delete')} of ${plan.found.path}`;
    }),
  run: (input, context) =>
    attempt(input, context, async () => {
      const plan = await planTags(input, context);
      const { userMetadata } = context.cluster.files;
      const { id, path } = plan.found;
      const expected = [{ fileId: id, types: MAYBE, at: path, maybe: true }];
      const effect = (make: () => Promise<unknown>) => context.effect(expected, make);
      for (const [key, value] of plan.set) {
        await effect(() => userMetadata.set(id, 'generic', key, value, call(context)));
      }
      for (const key of plan.remove) {
        await effect(() => userMetadata.delete(id, 'generic', key, call(context)).catch(goneAlready));
      }
      return { kind: 'done', note: inWords(plan, 'set', 'deleted') };
    }),
};

function goneAlready(error: unknown): void {
  if (!(error instanceof QumuloApiError) || error.status !== 404) throw error;
}

function inWords({ set, remove }: TagPlan, setting: string, deleting: string): string {
  const parts = [];
  if (set.size > 0) parts.push(`${setting} ${[...set].map(([key, value]) => `${key}=${value}`).join(', ')}`);
  if (remove.length > 0) parts.push(`${deleting} ${remove.join(', ')}`);
  return parts.join(' and ');
}
