import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { IniError, type IniProblem } from '../../../src/config/ini/errors.ts';
import { type IniFile, parseIni } from '../../../src/config/ini/parse.ts';
import { iniText } from './arbitrary.ts';
import { type PythonReading, readWithPython } from './python-reader.ts';

const pythonNames: Record<IniProblem, string> = {
  'missing-header': 'MissingSectionHeaderError',
  'duplicate-section': 'DuplicateSectionError',
  'duplicate-option': 'DuplicateOptionError',
  'not-a-setting': 'ParsingError',
  'bad-interpolation': 'InterpolationSyntaxError',
  'missing-reference': 'InterpolationMissingOptionError',
  'interpolation-too-deep': 'InterpolationDepthError',
};

function attempt<T>(work: () => T): T | { error: string } {
  try {
    return work();
  } catch (error) {
    if (error instanceof IniError) return { error: pythonNames[error.problem] };
    throw error;
  }
}

function errorOf(work: () => unknown): IniError {
  try {
    work();
  } catch (error) {
    if (error instanceof IniError) return error;
    throw error;
  }
  throw new Error('no IniError was thrown');
}

function ourReading(text: string): PythonReading {
  const file = attempt(() => parseIni(text, 'file'));
  if ('error' in file) return file;
  return { sections: Object.fromEntries(['DEFAULT', ...file.sections()].map((name) => [name, values(file, name)])) };
}

function values(file: IniFile, section: string): Record<string, string | { error: string }> {
  return Object.fromEntries(file.keys(section).map((key) => [key, attempt(() => file.get(section, key) ?? 'missing')]));
}

test('reads 4,000 generated files exactly as python3 does, values and errors', () => {
  const texts = fc.sample(iniText, 4_000).filter((text) => !text.startsWith('\ufeff'));
  const python = readWithPython(texts);
  expect(texts.map((text) => ({ text, reading: ourReading(text) }))).toStrictEqual(
    texts.map((text, index) => ({ text, reading: python[index] })),
  );
  const readable = python.filter((reading) => 'sections' in reading).length;
  // The generator must reach both kinds, else the comparison says little.
  expect(readable).toBeGreaterThan(500);
  expect(texts.length - readable).toBeGreaterThan(500);
});

test('skips a byte order mark, which Windows editors write and python3 refuses', () => {
  expect(parseIni('\ufeff[DEFAULT]\nAPI_HOST = x\n', 'f').get('DEFAULT', 'api_host')).toBe('x');
});

test.each([
  ['API_HOST = x\n', 'missing-header', 1],
  ['[DEFAULT]\nA = 1\n\n# c\na: 2\n', 'duplicate-option', 5],
  ['[A]\n[B]\n[A]\n', 'duplicate-section', 3],
  ['[DEFAULT]\nA = 1\nnonsense\n', 'not-a-setting', 3],
])('names the line of %j', (text, problem, line) => {
  expect(errorOf(() => parseIni(text, '/etc/q.ini'))).toMatchObject({
    problem,
    place: { file: '/etc/q.ini', line },
  });
});

test('a password with a single % says that it must be doubled, and does not show the password', () => {
  const file = parseIni('[DEFAULT]\nPASSWORD = hunter%2\n', '/etc/q.ini');
  const error = errorOf(() => file.get('DEFAULT', 'PASSWORD'));
  expect(error.message).toContain('/etc/q.ini, line 2');
  expect(error.remedy).toContain('becomes %%');
  expect(error.message + error.remedy).not.toContain('hunter');
});

test('a password that looks like a reference is not shown either', () => {
  const file = parseIni('[DEFAULT]\nPASSWORD = a%(hunter)s\nPAGER = %(lines)s\n', '/etc/q.ini');
  const error = errorOf(() => file.get('DEFAULT', 'PASSWORD'));
  expect(error.message + error.remedy).not.toContain('hunter');
  expect(errorOf(() => file.get('DEFAULT', 'PAGER')).message).toContain('%(lines)s');
});
