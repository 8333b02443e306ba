import { expect, test } from 'vitest';
import { commandTree } from '../../src/tree/command-tree.ts';
import { describeCommand } from '../../src/tree/describe.ts';
import { readFileSync } from 'node:fs';

test('the program of the emulator package has the flags of "qwarden emulator", with the same defaults', async () => {
  const usage = readFileSync(new URL('../../../qumulo-emulator/src/flags.ts', import.meta.url), 'utf8');
  const command = describeCommand(await commandTree()).commands.find(({ name }) => name === 'emulator');
  const flags = command?.flags.filter(({ names }) => !['--help', '--password-file'].includes(String(names[0]))) ?? [];
  expect(flags.length).toBeGreaterThan(5);
  for (const { names, description } of flags)
    expect(usage).toMatch(
      new RegExp(`^  ${names[0]} .*${description.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`, 'm'),
    );
});
