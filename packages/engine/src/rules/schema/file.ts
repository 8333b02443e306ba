import { z } from 'zod';
import type { ActionCatalog } from '../catalog.ts';
import { defaultsSchema, ruleSchema } from './rule.ts';

/** The whole rule file. Type, validation, the editor's JSON Schema and the reference are all made from this. */
export function fileSchema(catalog: ActionCatalog) {
  const known = schemas.get(catalog);
  if (known !== undefined) return known;
  const schema = makeSchema(catalog);
  schemas.set(catalog, schema);
  return schema;
}

function makeSchema(catalog: ActionCatalog) {
  return z.strictObject({
    version: z.literal(1).meta({ description: 'Version of this format.' }),
    defaults: defaultsSchema,
    rules: z.array(ruleSchema(catalog)).meta({ description: 'All rules; each is looked at for each change.' }),
  });
}

const schemas = new WeakMap<ActionCatalog, ReturnType<typeof makeSchema>>();

export type RuleFile = z.output<ReturnType<typeof makeSchema>>;
export type RuleOfFile = RuleFile['rules'][number];
