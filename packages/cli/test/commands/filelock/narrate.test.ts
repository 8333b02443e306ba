import type { FilelockEvent } from '@qwarden/engine';
import { expect, test } from 'vitest';
import { narrate } from '../../../src/commands/filelock/narrate.ts';
import { jsonLine, textLine } from '../../../src/log/format.ts';

const at = '2026-01-05T09:07:03.042Z';
const file = { at, fileId: '7', path: '/records/a\n"b"' } as const;
const lock = { retentionPeriod: '2033-01-05T09:07:03Z', legalHold: true } as const;

test('the lines that people grep for', () => {
  const listening = narrate({
    kind: 'listening',
    at,
    path: '/records/',
    directoryId: '1003',
    recursive: true,
    epoch: 1,
  });
  expect(listening).toMatchObject({
    level: 'INFO',
    text: 'Listening for change notifications on directory: /records/ [file_num 1003]',
  });
  const locked = narrate({ ...file, ...lock, kind: 'locked', latencyMs: 3, attempt: 1, how: 'created', note: null });
  expect(textLine(locked, new Date(at))).toMatch(/ - INFO - Successfully locked file: \/records\/a\\n"b"\n$/);
});

test('a JSON line carries the data of the event as it is', () => {
  const event: FilelockEvent = {
    ...file,
    kind: 'failed',
    reason: 'No right.',
    remedy: 'Ask.',
    status: 403,
    errorClass: 'x',
    attempt: 2,
  };
  expect(JSON.parse(jsonLine(narrate(event), new Date(at)))).toEqual({
    ...event,
    level: 'error',
    text: `Failed to lock file: ${event.path}: No right. Ask.`,
  });
});

test('what is no problem is no warning, and what a person should see is', () => {
  const level = (event: FilelockEvent) => narrate(event).level;
  expect(level({ ...file, kind: 'forgotten', reason: 'gone' })).toBe('INFO');
  expect(level({ ...file, kind: 'seen', how: 'created', dueAt: at })).toBe('DEBUG');
  expect(level({ ...file, ...lock, kind: 'already-locked', shorter: false, note: null })).toBe('INFO');
  expect(level({ ...file, ...lock, kind: 'already-locked', shorter: true, note: null })).toBe('WARNING');
  expect(level({ at, kind: 'stream-ended', reason: 'closed', message: null })).toBe('WARNING');
  expect(level({ at, kind: 'watch-removed', path: '/records' })).toBe('ERROR');
});
