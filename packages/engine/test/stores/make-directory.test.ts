import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectory } from '../../src/index.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'qwarden-engine-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

it('makes a directory and those above it, and is content with one that is there', () => {
  const path = join(base, 'a/b/c');
  makeDirectory(path, 0o700);
  makeDirectory(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

it('says what is in the way', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => makeDirectory(join(base, 'file'))).toThrow(/EEXIST/);
  expect(() => makeDirectory(join(base, 'file/below/it'))).toThrow(/ENOTDIR/);
});

it.runIf(process.platform === 'linux')('ends where the system says ENOENT for ever', () => {
  expect(() => makeDirectory('/proc/below/it')).toThrow(/ENOENT/);
});
