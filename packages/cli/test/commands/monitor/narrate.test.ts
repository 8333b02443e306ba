import type { MonitorEvent } from '@qwarden/engine';
import { expect, test } from 'vitest';
import { narrateMonitor } from '../../../src/commands/monitor/narrate.ts';

const done = {
  kind: 'done',
  at: '2031-01-01T00:00:00.000Z',
  rule: 'r',
  fileId: '1',
  path: '/in/a',
  action: 'log',
  step: 0,
  attempt: 1,
  note: 'look here',
  latencyMs: 1,
  sinceChangeMs: 1,
} as const satisfies Partial<MonitorEvent>;

test.each([
  ['debug', 'DEBUG'],
  ['info', 'INFO'],
  ['warn', 'WARNING'],
  ['error', 'ERROR'],
] as const)('what an action tells at level %s is a line of level %s', (level, shown) => {
  expect(narrateMonitor({ ...done, level })).toMatchObject({ level: shown, text: 'Done "r", log: /in/a: look here' });
});
