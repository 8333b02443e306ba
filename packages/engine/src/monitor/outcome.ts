import { z } from 'zod';
import type { ActionOutcome } from '../actions/port.ts';

const text = z.string();
const ms = z.number().nonnegative();

const outcomes = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('done'),
    note: text,
    path: text.startsWith('/').optional(),
    output: z.record(text, text).optional(),
    level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  }),
  z.looseObject({ kind: z.literal('skipped'), note: text, path: text.startsWith('/').optional() }),
  z.looseObject({ kind: z.literal('gone'), note: text }),
  z.looseObject({ kind: z.literal('not-yet'), reason: text, delayMs: ms }),
  z.looseObject({
    kind: z.literal('transient'),
    reason: text,
    target: text.regex(/^(?:file|cluster|host:.+)$/, 'must be file, cluster or host:…'),
    overload: z.boolean(),
    waitMs: ms.optional(),
  }),
  z.looseObject({ kind: z.literal('failed'), reason: text, remedy: text }),
  z.looseObject({ kind: z.literal('aborted') }),
]) satisfies z.ZodType<{ kind: ActionOutcome['kind'] }>;

/**
 * What is wrong with what an action has resolved with, in words. Actions of users are plain JavaScript: a job whose outcome nobody
 * understands would neither end nor be tried again.
 */
export function outcomeProblem(outcome: unknown): string | undefined {
  const { error } = outcomes.safeParse(outcome);
  if (error === undefined) return undefined;
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `;
  return `it resolved with something that is no outcome (${where}${issue?.message ?? 'unknown'})`;
}
