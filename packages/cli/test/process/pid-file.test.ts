import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { claimPidFile } from '../../src/process/pid-file.ts';
import { cliErrorOf, temporaryDirectory } from '../support.ts';

test('holds our process id, and goes away again', () => {
  const path = join(temporaryDirectory(), 'run', 'x.pid');
  const release = claimPidFile(path);
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  release();
  expect(existsSync(path)).toBe(false);
});

test('refuses while another qwarden runs with it, and takes over what a killed one left behind', async () => {
  const path = join(temporaryDirectory(), 'x.pid');
  const other = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e9)', 'qwarden'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void other.kill('SIGKILL'));
  await once(other.stdout, 'data');
  writeFileSync(path, `${other.pid}\n`);
  expect((await cliErrorOf(() => claimPidFile(path))).message).toContain(`Already running: process ${other.pid}`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  claimPidFile(path);
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
});

test('does not take a process id that another program has got meanwhile for ours', async () => {
  const path = join(temporaryDirectory(), 'x.pid');
  const other = spawn('sleep', ['1000']);
  onTestFinished(() => void other.kill('SIGKILL'));
  await once(other, 'spawn');
  writeFileSync(path, `${other.pid}\n`);
  claimPidFile(path)();
  expect(existsSync(path)).toBe(false);
});

test('leaves a file alone that is none of ours', async () => {
  const path = join(temporaryDirectory(), 'precious.txt');
  writeFileSync(path, 'precious');
  expect((await cliErrorOf(() => claimPidFile(path))).message).toContain('something else');
  expect(readFileSync(path, 'utf8')).toBe('precious');
});
