import { expect, test } from 'vitest';
import { expandAbbreviations } from '../../../src/commands/filelock/abbreviations.ts';

const ours = new Set(['--include', '--directory-path', '--file-id', '--interval']);

test('writes out what argparse would have understood, and nothing else', () => {
  const words = [
    '--dir',
    '/x',
    '--in=5',
    '--file',
    '7',
    '--file-id',
    '8',
    '--re',
    '--conf',
    'c',
    '--include',
    '--',
    '--dir',
  ];
  expect(expandAbbreviations(words, ours)).toEqual([
    '--directory-path',
    '/x',
    '--interval=5',
    '--file-num',
    '7',
    '--file-id',
    '8',
    '--re',
    '--conf',
    'c',
    '--include',
    '--',
    '--dir',
  ]);
});
