import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { logAction } from '../../src/actions/log/index.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());

it('tells the text as its note and says how loud, whether or not the file is there', async () => {
  expect(await bench.run(logAction, {}, '7', '/in/a')).toEqual({
    kind: 'done',
    note: 'child_file_added /in/a',
    level: 'info',
  });
  const params = { level: 'warn', text: '{{rule}}: {{name}}' };
  expect(await bench.run(logAction, params, '7', '/in/a')).toEqual({
    kind: 'done',
    note: 'rule: a',
    level: 'warn',
  });
  expect(await bench.dryRun(logAction, params, '7', '/in/a')).toBe('would log (warn): rule: a');
  expect(bench.emulator.statistics()).toMatchObject({ totalRequests: 0 });
});

it('refuses levels and variables that are not known', () => {
  expect(logAction.params(z).safeParse({ level: 'loud' }).success).toBe(false);
  expect(logAction.params(z).safeParse({ text: '{{nmae}}' }).error?.message).toContain('is not known');
});
