import { z } from 'zod';
import { byChange, condition } from './kind.ts';

const level = z.int().min(0);

export const depth = condition({
  schema: z.union([
    level,
    z
      .strictObject({ min: level.optional(), max: level.optional() })
      .refine(({ min, max }) => min !== undefined || max !== undefined, 'Give "min", "max" or both.')
      .refine(({ min = 0, max = min }) => min <= max, 'The depth is empty: "min" is more than "max".')
      .meta({ minProperties: 1 }),
  ]),
  needs: 'change',
  summary: 'Parts of the path, counted from `/`: `/records/a.pdf` has 2. A number, or `min` and `max`, both included.',
  example: 'depth: { min: 2, max: 4 }',
  compile(value) {
    const { min, max } = typeof value === 'number' ? { min: value, max: value } : value;
    const [low, high] = [min ?? 0, max ?? Number.POSITIVE_INFINITY];
    return byChange(
      ({ change }) => {
        const parts = partsOf(change.path);
        return parts >= low && parts <= high;
      },
      ({ change }) => `the depth is ${partsOf(change.path)}`,
    );
  },
  words(value) {
    if (typeof value === 'number') return `depth ${value}`;
    if (value.min === undefined) return `depth at most ${value.max ?? 0}`;
    return value.max === undefined ? `depth at least ${value.min}` : `depth ${value.min} to ${value.max}`;
  },
});

function partsOf(path: string): number {
  if (path === '/') return 0;
  let parts = 0;
  for (let index = 0; index < path.length; index++) if (path.charCodeAt(index) === 47) parts += 1;
  return parts;
}
