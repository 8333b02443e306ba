import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OutsideError } from '../../src/actions/port.ts';
import { readSecret } from '../../src/outside/secret.ts';

const directory = mkdtempSync(join(tmpdir(), 'qwarden-secret-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('secrets', () => {
  it('come from variables and files; the line break at the end of a file is no part of them', () => {
    const file = join(directory, 'key');
    expect(readSecret({ KEY: ' a b ' }, { env: 'KEY' })).toBe(' a b ');
    for (const [text, value] of [
      ['secret\n', 'secret'],
      ['secret\r\n', 'secret'],
      ['two\nlines\n\n', 'two\nlines\n'],
    ] as const) {
      writeFileSync(file, text);
      expect(readSecret({}, { file })).toBe(value);
    }
  });

  it('that are missing are named, for good', () => {
    const empty = join(directory, 'empty');
    writeFileSync(empty, '\n');
    const message = (from: { env?: string; file?: string }) => {
      try {
        return readSecret({ EMPTY: '' }, from);
      } catch (error) {
        return error instanceof OutsideError ? [error.message, error.transient] : error;
      }
    };
    expect(message({ env: 'KEY' })).toEqual(['the environment variable KEY is not set', false]);
    expect(message({ env: 'EMPTY' })).toEqual(['the environment variable EMPTY is not set', false]);
    expect(message({ file: join(directory, 'none') })).toEqual([
      `cannot read the file ${directory}/none (ENOENT)`,
      false,
    ]);
    expect(message({ file: empty })).toEqual([`the file ${empty} is empty`, false]);
  });
});
