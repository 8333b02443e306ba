import { Command } from 'commander';
import { expect, test } from 'vitest';
import { declareFlags } from '../../src/options/flag-source.ts';
import { filelockOptions } from '../../src/options/table/filelock.ts';
import { cliErrorOf } from '../support.ts';

function parse(...words: string[]) {
  const command = new Command().exitOverride().action(() => undefined);
  const flags = declareFlags(command, filelockOptions);
  command.parse(words, { from: 'user' });
  return Object.fromEntries([...flags].map(([name, raw]) => [name, raw.value]));
}

test('takes values, booleans, their negations, aliases and repetitions', () => {
  expect(
    parse(
      '--file-id',
      '1003',
      '--recursive',
      '--no-builtin-excludes',
      '--include',
      'a',
      '--include=b',
      '--interval',
      '-5',
      '-u',
      'me',
    ),
  ).toEqual({
    fileNum: '1003',
    recursive: true,
    builtinExcludes: false,
    include: ['a', 'b'],
    interval: '-5',
    username: 'me',
  });
});

test('the same flag twice is fine as long as it says the same', async () => {
  expect(parse('--retention', '7y', '--retention', '7y')).toEqual({ retention: '7y' });
  expect((await cliErrorOf(() => parse('--retention', '7y', '--retention', '8y'))).message).toContain('contradict');
  expect((await cliErrorOf(() => parse('--file-id', '1', '--file-num', '2'))).message).toBe(
    '--file-id and --file-num contradict each other.',
  );
  expect((await cliErrorOf(() => parse('--recursive', '--no-recursive'))).message).toContain('--no-recursive');
});
