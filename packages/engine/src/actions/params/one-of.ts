import type { z } from 'zod';

/** Adds a problem unless exactly one of the keys is given (at most one, when none will do). */
export function checkOneOf(
  params: object,
  keys: readonly [string, ...string[]],
  context: z.RefinementCtx,
  { required = true }: { required?: boolean } = {},
): void {
  const given = keys.filter((key) => Reflect.get(params, key) !== undefined);
  if (given.length === 1 || (given.length === 0 && !required)) return;
  const names = keys.map((key) => `"${key}"`).join(', ');
  const message = given.length === 0 ? `one of ${names} is needed` : `only one of ${names} can be given`;
  context.addIssue({ code: 'custom', message, path: [given.at(-1) ?? keys[0]] });
}
