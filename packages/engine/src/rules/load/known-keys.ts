import { z } from 'zod';
import type { KeyPath } from './problem.ts';

/** The keys that an object at this place of the schema may have. */
export function knownKeys(schema: z.ZodType, path: KeyPath): readonly string[] {
  const keys = new Set<string>();
  for (const one of schemasAt(schema, path)) {
    if (one instanceof z.ZodObject) for (const key of Object.keys(one.shape)) keys.add(key);
  }
  return [...keys];
}

function schemasAt(schema: z.ZodType, path: KeyPath): z.ZodType[] {
  let at = unwrap(schema);
  for (const part of path) {
    at = at.flatMap((one) => {
      if (one instanceof z.ZodArray) return unwrap(one.element as z.ZodType);
      if (one instanceof z.ZodRecord) return unwrap(one.valueType as z.ZodType);
      const child = one instanceof z.ZodObject ? (one.shape as Record<string, z.ZodType | undefined>)[part] : undefined;
      return child === undefined ? [] : unwrap(child);
    });
  }
  return at;
}

/** What stands behind optional, default, lazy, transforms and unions. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodLazy) return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return [...unwrap(schema.in as z.ZodType), ...unwrap(schema.out as z.ZodType)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unwrap(option as z.ZodType));
  return [schema];
}
