import type { z } from 'zod';
import type { Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';

export interface TagParams {
  readonly set: Readonly<Record<string, string>>;
  readonly delete: readonly string[];
}

export function tagParams(zod: Zod): z.ZodType<TagParams> {
  const key = zod.string().min(1, 'A key is empty.').max(1024);
  return zod
    .strictObject({
      set: zod
        .record(key, templateText(zod))
        .default({})
        .meta({
          description: 'Keys with their values.',
          examples: [{ 'checked-by': 'qwarden', 'seen-at': '{{timestamp}}' }],
        }),
      delete: zod.array(key).default([]).meta({ description: 'Keys to take away.' }),
    })
    .superRefine((tags, context) => {
      const issue = (message: string) => context.addIssue({ code: 'custom', message });
      if (Object.keys(tags.set).length + tags.delete.length === 0) issue('Give "set", "delete" or both.');
      for (const name of tags.delete) if (Object.hasOwn(tags.set, name)) issue(`"${name}" is both set and deleted.`);
    });
}
