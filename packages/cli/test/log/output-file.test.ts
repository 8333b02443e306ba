import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OutputFile } from '../../src/log/output-file.ts';
import { temporaryDirectory } from '../support.ts';

function open(path: string, more: { maxBytes?: number; keep?: number } = {}) {
  const troubles: string[] = [];
  const file = new OutputFile({ path, keep: 5, ...more, onTrouble: (text) => troubles.push(text) });
  return { file, troubles };
}

const read = (path: string) => readFileSync(path, 'utf8');

test('appends to what is there, and makes the directory', () => {
  const path = join(temporaryDirectory(), 'deep', 'x.log');
  open(path).file.write('one\n');
  open(path).file.write('two\n');
  expect(read(path)).toBe('one\ntwo\n');
});

test('rotates before it gets too large, keeps as many as asked, and never tears a line', () => {
  const path = join(temporaryDirectory(), 'x.log');
  const { file } = open(path, { maxBytes: 10, keep: 2 });
  for (const word of ['aaaa\n', 'bbbb\n', 'cccc\n', 'dddd\n', 'eeee\n', 'ffff\n', 'gggg\n']) file.write(word);
  expect(read(path)).toBe('gggg\n');
  expect(read(`${path}.1`)).toBe('eeee\nffff\n');
  expect(read(`${path}.2`)).toBe('cccc\ndddd\n');
  expect(existsSync(`${path}.3`)).toBe(false);
});

test('counts what stood in the file before', () => {
  const path = join(temporaryDirectory(), 'x.log');
  writeFileSync(path, '12345678\n');
  open(path, { maxBytes: 10 }).file.write('new\n');
  expect(read(`${path}.1`)).toBe('12345678\n');
});

test('after somebody moved the file away, reopen starts a new one', () => {
  const path = join(temporaryDirectory(), 'x.log');
  const { file } = open(path);
  file.write('old\n');
  renameSync(path, `${path}.moved`);
  file.write('still the old file\n');
  file.reopen();
  file.write('new\n');
  expect(read(`${path}.moved`)).toBe('old\nstill the old file\n');
  expect(read(path)).toBe('new\n');
});

test('a full disk is said once, and does not throw', () => {
  const { file, troubles } = open('/dev/full');
  file.write('a\n');
  file.write('b\n');
  expect(troubles).toEqual(['cannot write to /dev/full (ENOSPC)']);
});
