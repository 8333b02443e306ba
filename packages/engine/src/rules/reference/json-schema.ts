import { z } from 'zod';
import type { ActionCatalog } from '../catalog.ts';
import { fileSchema } from '../schema/file.ts';

/** JSON Schema (2020-12) of a rule file, for editors. What only the loader can see (a glob that cannot be used) is not in it. */
export function rulesJsonSchema(catalog: ActionCatalog): Record<string, unknown> {
  const schema = z.toJSONSchema(fileSchema(catalog), { io: 'input', unrepresentable: 'any', reused: 'inline' });
  if (Object.keys(catalog).length === 0) openSteps(schema);
  const { $schema, ...rest } = schema as Record<string, unknown>;
  return { $schema, title: 'Rules of qwarden monitor', ...rest };
}

/** Without a catalog any action may be named. */
function openSteps(schema: z.core.JSONSchema.BaseSchema): void {
  const steps = schema.$defs?.['rule']?.properties?.['do'];
  if (typeof steps === 'object') steps.items = { type: 'object' };
}
