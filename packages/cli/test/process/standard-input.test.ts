import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const CHILD = `
import { writeSync } from 'node:fs';
import { readStandardInput } from '${new URL('../../src/process/standard-input.ts', import.meta.url).href}';
process.stdin.isTTY; // From here on it does not block.
writeSync(2, 'reading');
process.stdout.write(readStandardInput());
`;

test('standard input is read to its end, however late that comes', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD], { stdio: 'pipe' });
  const out = text(child.stdout);
  await once(child.stderr, 'data');
  child.stdin.write('version: 1\n');
  child.stdin.end('rules: []\n');
  expect([await out, await once(child, 'exit')]).toEqual(['version: 1\nrules: []\n', [0, null]]);
});
