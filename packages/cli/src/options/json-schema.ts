import { z } from 'zod';
import { iniKeysOf, keyOf, type OptionTable } from './definition.ts';

/**
 * JSON Schema (2020-12) of a configuration file read into an object: its keys in upper case, values with their kind.
 * Further keys are allowed, since the file may be shared with other programs.
 */
export function fileJsonSchema(table: OptionTable, title: string): Record<string, unknown> {
  const properties = Object.entries(table).flatMap(([name, option]) =>
    iniKeysOf(name, option).map((key) => {
      const { $schema: _, ...schema } = z.toJSONSchema(option.schema(z));
      const fallback = option.default === undefined || key !== keyOf(name) ? {} : { default: option.default };
      const secret = option.secret ? { writeOnly: true } : {};
      return [key, { ...schema, description: option.description, ...fallback, ...secret }];
    }),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: true,
  };
}
