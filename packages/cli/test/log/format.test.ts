import { expect, test } from 'vitest';
import { jsonLine, textLine } from '../../src/log/format.ts';

const at = new Date(2026, 0, 5, 9, 7, 3, 42);

test('a text line is the one of the earlier script', () => {
  expect(textLine({ level: 'INFO', kind: 'locked', text: 'Successfully locked file: /a\nb' }, at)).toBe(
    '2026-01-05 09:07:03,042 - INFO - Successfully locked file: /a\\nb\n',
  );
});

test('a JSON line is one line whatever is in it, and keeps names as they are', () => {
  const path = '/a\n\u001b\ud800';
  const line = jsonLine({ level: 'ERROR', kind: 'failed', text: `x ${path}`, fields: { path, status: 403 } }, at);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(line).not.toContain('\u001b');
  expect(JSON.parse(line)).toEqual({
    at: at.toISOString(),
    level: 'error',
    kind: 'failed',
    path,
    status: 403,
    text: `x ${path}`,
  });
});
