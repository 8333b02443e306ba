import { QumuloApiError } from '@qwarden/qumulo-client';
import { call } from '../files/call.ts';
import { type Found, findSubject, valuesNow } from '../files/found.ts';
import { Stop } from '../files/stop.ts';
import type { ActionContext, ActionInput } from '../port.ts';
import { render } from '../template/template.ts';
import type { TagParams } from './schema.ts';

export interface TagPlan {
  readonly found: Found;
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** What differs from what is wanted. @throws Stop */
export async function planTags(input: ActionInput<TagParams>, context: ActionContext): Promise<TagPlan> {
  const found = await findSubject(input, context);
  const present = await tagsOf(found.id, context);
  const values = valuesNow(input, found);
  const set = new Map(
    Object.entries(input.params.set)
      .map(([key, template]) => [key, render(template, values)] as const)
      .filter(([key, value]) => present.get(key)?.equals(Buffer.from(value)) !== true),
  );
  const remove = input.params.delete.filter((key) => present.has(key));
  if (set.size + remove.length === 0) throw new Stop({ kind: 'skipped', note: 'its tags are so already' });
  return { found, set, remove };
}

async function tagsOf(fileId: string, context: ActionContext): Promise<Map<string, Buffer>> {
  const tags = new Map<string, Buffer>();
  try {
    for await (const { key, value } of context.cluster.files.userMetadata.list(fileId, {
      ...call(context),
      type: 'generic',
    }))
      tags.set(key, value);
  } catch (error) {
    // An object without tags can be a 404 (FACTS 4); that the file is there is known.
    if (!(error instanceof QumuloApiError) || error.status !== 404) throw error;
  }
  return tags;
}
