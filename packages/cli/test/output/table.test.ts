import { expect, test } from 'vitest';
import { tableLines } from '../../src/output/table.ts';

test('aligns columns by what is seen, wide characters included, and escapes names', () => {
  const lines = [
    ...tableLines(
      ['STATE', 'PATH'],
      [
        ['漢字', '/a\nb'],
        ['locked', '/c'],
      ],
    ),
  ];
  expect(lines).toEqual(['STATE   PATH\n', '------  ----\n', '漢字    /a\\nb\n', 'locked  /c\n']);
});

test('prints a million rows without holding them', () => {
  let made = 0;
  function* rows() {
    for (; made < 1_000_000; made++) yield ['x', String(made)];
  }
  let seen = 0;
  let ahead = 0;
  for (const _ of tableLines(['A', 'B'], rows())) {
    seen++;
    ahead = Math.max(ahead, made - seen);
  }
  expect(seen).toBe(1_000_002);
  expect(ahead).toBeLessThan(1_000);
});
