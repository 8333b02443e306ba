import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IniError } from '../../../src/config/ini/errors.ts';
import { changeIni, IniValueError, writePrivateFile } from '../../../src/config/ini/write.ts';
import { iniText } from './arbitrary.ts';
import { type PythonReading, readWithPython } from './python-reader.ts';

const change = (text: string, changes: Record<string, string | undefined>) =>
  changeIni(text, 'f', new Map(Object.entries(changes)));

test('keeps comments, unknown keys, order and spelling', () => {
  const text =
    '# our cluster\n[DEFAULT]\n; the host\napi_host: old\nX_OTHER = 1\n   more\nPASSWORD = a%%b\n\n[CLUSTER]\nTOKEN = t\n';
  expect(change(text, { API_HOST: 'new', PASSWORD: 'p%q', TLS_FINGERPRINT: 'AA:BB' })).toBe(
    '# our cluster\n[DEFAULT]\n; the host\napi_host: new\nX_OTHER = 1\n   more\nPASSWORD = p%%q\nTLS_FINGERPRINT = AA:BB\n\n[CLUSTER]\nTOKEN = t\n',
  );
});

test('takes keys away with their continuation lines, but keeps the comments between', () => {
  expect(change('[DEFAULT]\nA = 1\n  2\n# why\n  3\nB = 4\n', { A: undefined })).toBe('[DEFAULT]\n# why\nB = 4\n');
});

test('starts an empty file with a header, and keeps CRLF', () => {
  expect(change('', { API_HOST: 'x' })).toBe('[DEFAULT]\nAPI_HOST = x\n');
  expect(change('[DEFAULT]\r\nA = 1\r\n', { B: '2' })).toBe('[DEFAULT]\r\nA = 1\r\nB = 2\r\n');
});

test.each([' x', 'x ', 'a\nb'])('refuses %j, which would come back different, without repeating it', (value) => {
  expect(() => change('', { PASSWORD: value })).toThrow(IniValueError);
});

test('python3 reads back what was written, and all else unchanged, in 1,500 generated files', () => {
  const secret = fc.string({
    unit: fc.constantFrom('%', '(', ')', 's', 'a', '=', ':', '#', ';', '[', ' ', 'é'),
    maxLength: 8,
  });
  const cases = fc.sample(fc.tuple(iniText, secret, secret), 1_500).flatMap(([before, password, host]) => {
    if (before.startsWith('\ufeff')) return [];
    try {
      return [{ before, password, host, after: change(before, { PASSWORD: password, X_NEW: host }) }];
    } catch (error) {
      if (error instanceof IniError || error instanceof IniValueError) return [];
      throw error;
    }
  });
  expect(cases.length).toBeGreaterThan(200);
  const before = readWithPython(cases.map((one) => one.before));
  const after = readWithPython(cases.map((one) => one.after));
  const untouched = (reading: PythonReading) =>
    Object.entries(readable(reading)).map(([section, entries]) => [
      section,
      // Values that refer to others change with them, so only files without references are compared whole.
      Object.entries(entries).filter(([key, value]) => !['password', 'x_new'].includes(key) && value !== ''),
    ]);
  const plain = cases.flatMap((one, index) => (one.before.includes('%') ? [] : [index]));
  expect(plain.map((index) => [cases[index], untouched(at(after, index))])).toStrictEqual(
    plain.map((index) => [cases[index], untouched(at(before, index))]),
  );
  expect(after.map((reading) => [readable(reading).DEFAULT?.password, readable(reading).DEFAULT?.x_new])).toStrictEqual(
    cases.map((one) => [one.password, one.host]),
  );
});

function at(readings: readonly PythonReading[], index: number): PythonReading {
  return readings[index] ?? { error: 'no reading' };
}

function readable(reading: PythonReading) {
  if ('error' in reading) throw new Error(reading.error);
  return reading.sections;
}

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'qwarden-ini-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('writes through a symbolic link, mode 0600 whatever was before, and leaves nothing else behind', async () => {
  const real = join(dir, 'real.ini');
  const link = join(dir, 'link.ini');
  writeFileSync(real, 'old', { mode: 0o644 });
  symlinkSync(real, link);
  await writePrivateFile(link, 'new');
  expect(readFileSync(real, 'utf8')).toBe('new');
  expect(statSync(real).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir).sort()).toEqual(['link.ini', 'real.ini']);
});
