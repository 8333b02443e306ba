import { expect, test } from 'vitest';
import { flagOf, iniKeysOf, negatedFlagOf, type OptionTable, variablesOf } from '../../src/options/definition.ts';
import { fileJsonSchema } from '../../src/options/json-schema.ts';
import { configureOptions } from '../../src/options/table/configure.ts';
import { demoOptions } from '../../src/options/table/demo.ts';
import { emulatorOptions } from '../../src/options/table/emulator.ts';
import { filelockOptions } from '../../src/options/table/filelock.ts';
import { locksListOptions, locksVerifyOptions } from '../../src/options/table/locks.ts';

const tables: Record<string, OptionTable> = {
  filelockOptions,
  locksListOptions,
  locksVerifyOptions,
  configureOptions,
  demoOptions,
  emulatorOptions,
};

test.each(Object.entries(tables))('no two options of %s share a flag, a variable or a key', (_, table) => {
  const names = Object.entries(table).flatMap(([name, option]) => [
    `--${flagOf(name)}`,
    ...(option.aliases ?? []).map((alias) => `--${alias}`),
    ...(option.kind === 'boolean' ? [`--${negatedFlagOf(name)}`] : []),
    ...(option.secret ? [`--${flagOf(name)}-file`] : []),
    ...variablesOf('QWARDEN_', name, option),
    ...new Set(iniKeysOf(name, option)),
  ]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each(Object.entries(tables))(
  'options of %s that take a value say which, and defaults pass their own schema',
  async (_, table) => {
    const { z } = await import('zod');
    const wrong = Object.entries(table).filter(
      ([, option]) =>
        (option.kind === 'boolean') === (option.placeholder !== undefined) ||
        (option.default !== undefined && !option.schema(z).safeParse(option.default).success),
    );
    expect(wrong.map(([name]) => name)).toEqual([]);
  },
);

test('every option of the earlier script is there', () => {
  const old = [
    'file-num',
    'directory-path',
    'debug',
    'config-file',
    'interval',
    'output',
    'recursive',
    'retention',
    'legal-hold',
  ];
  const flags = Object.keys(filelockOptions).map(flagOf);
  expect([...old, 'configure', 'run-as-daemon'].filter((flag) => !flags.includes(flag))).toEqual([]);
});

test('the JSON Schema knows the keys of the file', () => {
  const schema = fileJsonSchema(filelockOptions, 'x');
  expect(schema).toMatchObject({
    properties: {
      API_HOST: { type: 'string' },
      API_PORT: { type: 'integer', maximum: 65_535 },
      PASSWORD: { writeOnly: true },
      INTERVAL: { type: 'integer', default: 15 },
      INCLUDE: { type: 'array' },
      EXISTING: { enum: ['ignore', 'report', 'lock'] },
    },
  });
  expect(JSON.stringify(schema)).not.toContain('RUN_AS_DAEMON');
});
