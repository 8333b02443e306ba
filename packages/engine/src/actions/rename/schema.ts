import type { z } from 'zod';
import { onClash, type OnClash } from '../files/clash.ts';
import type { Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';

export interface RenameParams {
  readonly to: string;
  readonly on_clash: OnClash;
}

export function renameParams(zod: Zod): z.ZodType<RenameParams> {
  return zod.strictObject({
    to: templateText(zod)
      .refine((text) => !text.replaceAll(/\{\{.*?\}\}/g, '').includes('/'), {
        message: 'A new name holds no "/": the move action takes a file to another directory.',
      })
      .meta({
        description: 'Its new name, in the same directory.',
        examples: ['done-{{name}}', '{{stem}}-{{date}}{{ext}}'],
      }),
    on_clash: onClash(zod),
  });
}
