import type { z } from 'zod';
import type { Zod } from '../port.ts';

/** Name of an environment variable. */
export function variableName(zod: Zod): z.ZodString {
  return zod.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of an environment variable');
}

/** Path of a file on this machine. */
export function localPath(zod: Zod): z.ZodString {
  return zod.string().regex(/^\/[^\0]*$/, 'must be an absolute path on this machine');
}
