import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { banner } from '../../../src/commands/filelock/banner.ts';

const at = new Date(2025, 1, 7, 14, 22);

test('is the banner that people know', () => {
  const rows = [
    ['Directory:', '/filelock_test/subdir1/'],
    ['File Number:', '20003'],
    ['Polling Interval:', '0 secs'],
  ] as const;
  expect(banner(rows, at)).toBe(`#################################################################
#                      QFS File Lock Script                     #
#                        2025-02-07 14:22                       #
#################################################################
# Directory:        /filelock_test/subdir1/                     #
# File Number:      20003                                       #
# Polling Interval: 0 secs                                      #
#################################################################
`);
});

test.each(['/x'.repeat(500), '/漢字'.repeat(60), '/a\nb\u001b[2J', '/👨‍👩‍👧‍👦'.repeat(30)])(
  'long and odd values stay in the frame: %j',
  (path) => {
    const lines = banner([['Directory:', path]], at)
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => stringWidth(line))).toEqual(lines.map(() => 65));
    expect(lines.every((line) => line.startsWith('#') && line.endsWith('#'))).toBe(true);
  },
);
