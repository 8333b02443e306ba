import { expect, test } from 'vitest';
import { statusLine, statusLines } from '../../src/commands/status/words.ts';

const left = {
  stateDir: '/state',
  running: false,
  jobs: { waiting: 1, due: 0, running: 0, dead: 0, parked: 0 },
  lag: { batches: 0, events: 0, oldestAt: null, bytes: 0 },
  lastMatchAt: null,
} as const;

test('a state directory that nobody uses is told from one that a process uses which cannot be asked', () => {
  expect(statusLines(left, 0)[0]).toBe('No monitor runs with /state. Its store has:');
  expect(statusLines({ ...left, heldBy: 71 }, 0)[0]).toMatch(/^Process 71 works with \/state and answers no questions/);
  expect(statusLines({ ...left, heldBy: null }, 0)[0]).toMatch(/^A process works with \/state/);
  expect(statusLine({ ...left, heldBy: 71 })).not.toContain('no monitor runs');
});
