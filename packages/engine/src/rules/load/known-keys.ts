import { z } from 'zod';
import type { KeyPath } from './problem.ts';

type Schema = z.core.$ZodType;

/** The keys that an object at this place of the schema may have. */
export function knownKeys(schema: Schema, path: KeyPath): readonly string[] {
  const keys = new Set<string>();
  for (const one of schemasAt(schema, path)) {
    if (one instanceof z.ZodObject) for (const key of Object.keys(one.shape)) keys.add(key);
  }
  return [...keys];
}

/** Whether text, a number, true or false may stand at this place of the schema. */
export function takesPlain(schema: Schema, path: KeyPath): boolean {
  return schemasAt(schema, path).some((one) => !NOT_PLAIN.some((kind) => one instanceof kind));
}

const NOT_PLAIN = [z.ZodObject, z.ZodRecord, z.ZodArray, z.ZodTuple, z.ZodTransform];

function schemasAt(schema: Schema, path: KeyPath): Schema[] {
  let at = unwrap(schema);
  for (const part of path) at = at.flatMap((one) => childAt(one, part));
  return at;
}

function childAt(schema: Schema, part: string | number): Schema[] {
  if (typeof part === 'number') {
    if (schema instanceof z.ZodArray) return unwrap(schema.element);
    if (!(schema instanceof z.ZodTuple)) return [];
    return [...schema.def.items, schema.def.rest].flatMap((one) => (one === null ? [] : unwrap(one)));
  }
  if (schema instanceof z.ZodRecord) return unwrap(schema.valueType);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, Schema | undefined>> = schema.shape;
  const child = shape[part];
  return child === undefined ? [] : unwrap(child);
}

/** What stands behind optional, default, lazy, transforms and unions. */
function unwrap(schema: Schema): Schema[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return unwrap(schema.unwrap());
  }
  if (schema instanceof z.ZodLazy) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodPipe) return [...unwrap(schema.in), ...unwrap(schema.out)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unwrap(option));
  return [schema];
}
