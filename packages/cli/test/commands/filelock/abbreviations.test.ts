import { expect, test } from 'vitest';
import { expandAbbreviations } from '../../../src/commands/filelock/abbreviations.ts';
import { cliErrorOf } from '../../support.ts';

const ours = new Set(['--include', '--directory-path', '--file-id', '--interval']);

test('writes out what argparse would have understood, and nothing else', () => {
  const words = ['--dir', '/x', '--in=5', '--file', '7', '--file-id', '8', '--include', '--', '--dir'];
  expect(expandAbbreviations(words, ours)).toEqual([
    '--directory-path',
    '/x',
    '--interval=5',
    '--file-num',
    '7',
    '--file-id',
    '8',
    '--include',
    '--',
    '--dir',
  ]);
});

test.each([['--re'], ['--conf'], ['--d']])('%s could be several, as for argparse', async (word) => {
  expect((await cliErrorOf(() => expandAbbreviations([word], ours))).message).toMatch(/could be --.* or --/);
});
