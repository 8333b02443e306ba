import { z } from 'zod';
import type { ActionCatalog } from '../catalog.ts';
import { fileSchema } from '../schema/file.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema (2020-12) of a rule file, for editors. What only the loader can see (a glob that cannot be used) is not in it. */
export function rulesJsonSchema(catalog: ActionCatalog): Record<string, unknown> {
  const schema = z.toJSONSchema(fileSchema(catalog), { io: 'input', unrepresentable: 'any', reused: 'inline' });
  const steps = schema.$defs?.['rule']?.properties?.['do'];
  if (typeof steps === 'object' && typeof steps.items === 'object' && !Array.isArray(steps.items))
    steps.items = stepOf(catalog, steps.items);
  const { $schema, ...rest } = schema as Record<string, unknown>;
  return { $schema, title: 'Rules of qwarden monitor', ...rest };
}

function stepOf(catalog: ActionCatalog, step: JsonSchema): JsonSchema {
  // Without a catalog any action may be named.
  if (Object.keys(catalog).length === 0) return { type: 'object' };
  const properties = Object.entries(step.properties ?? {}).map(([name, own]) => {
    const isEmptyEnough = catalog[name]?.params(z).safeParse({}).success ?? false;
    return [name, isEmptyEnough && typeof own === 'object' ? orNothing(own) : own];
  });
  return { ...step, properties: Object.fromEntries(properties) };
}

/** `- log:`, of which YAML reads null where no parameters are meant. */
function orNothing(params: JsonSchema): Record<string, unknown> {
  // The draft allows several types; the types of zod do not.
  return params.type === 'object' ? { ...params, type: ['object', 'null'] } : { anyOf: [params, { type: 'null' }] };
}
