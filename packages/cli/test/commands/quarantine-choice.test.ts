import { expect, test } from 'vitest';
import { checkChoice } from '../../src/commands/quarantine/choose.ts';
import { cliErrorOf } from '../support.ts';

const choice = (more: object) => ({ which: [], all: false, ...more });

test.each([
  [{}, 'Nothing is named'],
  [{ all: true, which: ['a'] }, 'contradict each other'],
  [{ all: true, olderThan: '7' }, '--older-than'],
])('%j is refused before anything is asked', async (more, message) => {
  const error = await cliErrorOf(() => checkChoice(choice(more)));
  expect([error.exitCode, error.message]).toEqual([2, expect.stringContaining(message)]);
});

test.each([
  [{ which: ['a'] }],
  [{ all: true }],
  [{ all: true, olderThan: '30d' }],
  [{ which: ['a'], olderThan: '1h' }],
])('%j is fine', (more) => {
  expect(checkChoice(choice(more))).toBeUndefined();
});
