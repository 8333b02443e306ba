import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RawValue } from '../../src/options/origin.ts';
import { resolve } from '../../src/options/resolve.ts';
import { describeSettings } from '../../src/options/show-config.ts';
import { filelockOptions } from '../../src/options/table/filelock.ts';
import { cliErrorOf, temporaryDirectory } from '../support.ts';

function settings(
  input: { file?: string; environment?: Record<string, string>; flags?: Record<string, RawValue['value']> } = {},
) {
  const path = join(temporaryDirectory(), 'x.ini');
  if (input.file !== undefined) writeFileSync(path, input.file);
  const flags = new Map(
    Object.entries({ configFile: path, ...input.flags }).map(([name, value]): [string, RawValue] => [
      name,
      { value, origin: { kind: 'flag', flag: name } },
    ]),
  );
  const resolved = resolve({
    table: filelockOptions,
    flags,
    environment: input.environment ?? {},
    fileMayBeMissing: input.file === undefined,
  });
  return { path, resolved };
}

test.skipIf(process.platform === 'win32')('a secret in a file that everybody can read is warned about', async () => {
  const secret = settings({ file: '[DEFAULT]\nAPI_HOST = q\nPASSWORD = hunter2\nUSERNAME = a\n' });
  chmodSync(secret.path, 0o644);
  expect((await secret.resolved).warnings).toEqual([
    `Other users of this machine can read ${secret.path}, and PASSWORD stands in it: chmod 600 ${secret.path}`,
  ]);
  const own = settings({ file: '[DEFAULT]\nAPI_HOST = q\nPASSWORD = hunter2\n' });
  chmodSync(own.path, 0o640);
  expect((await own.resolved).warnings).toEqual([]);
  const open = settings({ file: '[DEFAULT]\nAPI_HOST = q\nUSERNAME = a\n' });
  expect((await open.resolved).warnings).toEqual([]);
});

test('flag over environment over file over default, and each says where it came from', async () => {
  const file = '[DEFAULT]\nAPI_HOST = from-file\nAPI_PORT = 1\nINTERVAL = 1\nretention: 1d\n';
  const { path, resolved } = settings({
    file,
    environment: { QWARDEN_PORT: '2', QWARDEN_INTERVAL: '2' },
    flags: { interval: '3' },
  });
  const { values, origins } = await resolved;
  expect(values).toMatchObject({ host: 'from-file', port: 2, interval: 3, retention: '1d', existing: 'report' });
  const shown = describeSettings(filelockOptions, { values, origins });
  const from = Object.fromEntries(shown.map((row) => [row.setting, row.from]));
  expect(from).toMatchObject({
    host: `${path}:2`,
    port: 'environment QWARDEN_PORT',
    interval: 'flag --interval',
    retention: `${path}:5`,
    existing: 'default',
    'state-dir': 'not set',
  });
});

test('secrets are masked when settings are shown', async () => {
  const { values, origins } = await settings({ file: '[DEFAULT]\nPASSWORD = hunter2\nTOKEN = tok\n' }).resolved;
  const shown = JSON.stringify(describeSettings(filelockOptions, { values, origins }));
  expect(shown).not.toContain('hunter2');
  expect(shown).not.toContain('"tok"');
  expect(shown).toContain('********');
});

test('a secret comes from the file that …_FILE names, without its line end', async () => {
  const path = join(temporaryDirectory(), 'pw');
  writeFileSync(path, 'se%cret \n');
  const { values, origins } = await settings({ environment: { QWARDEN_PASSWORD_FILE: path } }).resolved;
  expect(values.password).toBe('se%cret ');
  expect(origins.get('password')).toEqual({ kind: 'environment', variable: 'QWARDEN_PASSWORD_FILE' });
});

test('a variable and its …_FILE together are refused, and so is a …_FILE that cannot be read', async () => {
  const both = await cliErrorOf(
    () => settings({ environment: { QWARDEN_PASSWORD: 'a', QWARDEN_PASSWORD_FILE: '/dev/null' } }).resolved,
  );
  expect(both.message).toContain('QWARDEN_PASSWORD and QWARDEN_PASSWORD_FILE');
  const missing = await cliErrorOf(
    () => settings({ environment: { QWARDEN_ACCESS_TOKEN_FILE: '/nowhere/x' } }).resolved,
  );
  expect(missing.message).toContain('/nowhere/x');
  expect(missing.exitCode).toBe(2);
});

test.each([
  ['INTERVAL = soon', 'line 2, INTERVAL: must be a whole number, not "soon"'],
  ['INTERVAL = -1', 'must be 0 or more'],
  ['API_PORT = 70000', 'must be a port from 1 to 65535'],
  ['RECURSIVE = perhaps', 'must be true or false'],
  ['EXISTING = delete', 'must be ignore, report or lock'],
  ['DIRECTORY_PATH = records', 'must be an absolute path'],
  ['FILE_ID = abc', 'must be a number'],
  ['API_HOST = https://x/', 'must be a host name or an address'],
  ['API_HOST = https://u:p/a@ss@x/', 'not "https://•••@x/"'],
  ['TLS_FINGERPRINT = AA:BB', 'must be a SHA-256 fingerprint'],
  ['USE_SSL = maybe', 'must be True or False'],
  ['API_HOST = a\nHOST = b', 'say different things'],
])('the file line %j is refused in words', async (line, words) => {
  const error = await cliErrorOf(() => settings({ file: `[DEFAULT]\n${line}\n` }).resolved);
  expect(error.message).toContain(words);
  expect(error.exitCode).toBe(2);
});

test('all wrong values are named at once, and a wrong secret is not shown', async () => {
  const file = '[DEFAULT]\nINTERVAL = x\nAPI_PORT = y\nTOKEN = with space\n';
  const { message } = await cliErrorOf(() => settings({ file }).resolved);
  expect(message.split('\n')).toHaveLength(3);
  expect(message).not.toContain('with space');
});

test('lists have one item a line in the file, and one flag each on the command line', async () => {
  const { values } = await settings({
    file: '[DEFAULT]\nINCLUDE = *.pdf\n  *.{a,b}\n',
    flags: { exclude: ['a b', 'c'] },
  }).resolved;
  expect(values.include).toEqual(['*.pdf', '*.{a,b}']);
  expect(values.exclude).toEqual(['a b', 'c']);
});

test('the event monitor’s sample means port 443 and no verification', async () => {
  const file = '[CLUSTER]\nTOKEN = access-v1:foo==\nCLUSTER_ADDRESS = q.example.com\n# c\nUSE_SSL = False';
  const { path, resolved } = settings({ file });
  const { values, origins } = await resolved;
  expect(values).toMatchObject({ host: 'q.example.com', port: 443, accessToken: 'access-v1:foo==', tlsInsecure: true });
  expect(origins.get('tlsInsecure')).toEqual({ kind: 'file', file: path, line: 5, key: 'USE_SSL' });
});

test('a fingerprint in the same file outweighs USE_SSL = False', async () => {
  const fingerprint = 'ab'.repeat(32);
  const file = `[CLUSTER]\nTOKEN = t\nCLUSTER_ADDRESS = q\nUSE_SSL = False\nTLS_FINGERPRINT = ${fingerprint}\n`;
  expect((await settings({ file }).resolved).values).toMatchObject({ tlsInsecure: false, tlsFingerprint: fingerprint });
});

test('slips of the pen are pointed out, other people’s keys are not', async () => {
  const { resolved } = settings({
    file: '[DEFAULT]\nRETENTON = 7y\nSOMETHING_ELSE = 1\n',
    environment: { QWARDEN_RETENTOIN: '1', QWARDEN_DEBUG: '1', OTHER: 'x' },
  });
  const { warnings } = await resolved;
  expect(warnings).toHaveLength(2);
  expect(warnings.join()).toContain('Did you mean QWARDEN_RETENTION?');
  expect(warnings.join()).toContain('line 2: RETENTON is not a setting. Did you mean RETENTION?');
});

test('a file that was named and is not there is an error, the default one is not', async () => {
  const missing = new Map<string, RawValue>([
    ['configFile', { value: '/nowhere/q.ini', origin: { kind: 'flag', flag: 'config-file' } }],
  ]);
  const error = await cliErrorOf(() => resolve({ table: filelockOptions, flags: missing, environment: {} }));
  expect(error.message).toContain('/nowhere/q.ini not found');
  expect(error.remedy).toContain('qwarden configure');
});
