import { expect, it } from 'vitest';
import { z } from 'zod';
import { logAction } from '../../src/actions/log/index.ts';
import type { ActionContext, ActionInput } from '../../src/actions/port.ts';
import type { LogParams } from '../../src/actions/log/index.ts';

const input = (params: unknown): ActionInput<LogParams> => ({
  params: logAction.params(z).parse(params),
  change: {
    id: '1.0',
    type: 'child_file_added',
    fileId: '7',
    path: '/in/a',
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: 0,
    lineage: 0,
  },
  subject: { fileId: '7', path: '/in/a' },
  job: { key: 'k', match: 'm', rule: 'r', step: 0, attempt: 1, changedAt: 0, armedAt: 0, settleMs: 0, fresh: true },
  outputs: {},
});
/** It needs nothing of the world, not even that the file is there. */
const context = {} as ActionContext;

it('tells the text as its note and hands on the level', async () => {
  expect(await logAction.run(input({}), context)).toEqual({
    kind: 'done',
    note: 'child_file_added /in/a',
    output: { level: 'info' },
  });
  const params = { level: 'warn', text: '{{rule}}: {{name}}' };
  expect(await logAction.run(input(params), context)).toEqual({
    kind: 'done',
    note: 'r: a',
    output: { level: 'warn' },
  });
  expect(await logAction.dryRun(input(params), context)).toBe('would log (warn): r: a');
  expect([logAction.effects(input(params).params), logAction.privileges(input(params).params)]).toEqual([[], []]);
});

it('refuses levels and variables that are not known', () => {
  expect(logAction.params(z).safeParse({ level: 'loud' }).success).toBe(false);
  expect(logAction.params(z).safeParse({ text: '{{nmae}}' }).error?.message).toContain('is not known');
});
