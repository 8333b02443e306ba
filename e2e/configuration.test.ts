import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { qwarden, temporaryDirectory } from './support/qwarden.ts';

const filelock = ['filelock', '--directory-path', '/x', '--legal-hold'];

async function withFile(content: string | Buffer) {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'qfs_filelock_config.ini'), content);
  return await qwarden(filelock, { cwd });
}

test.each([
  ['empty', '', /has no API_HOST/],
  ['without header', 'API_HOST = x\n', /line 1: a setting stands before any section header/],
  ['with a key twice', '[DEFAULT]\nAPI_HOST = x\napi_host: y\n', /line 3: api_host is set a second time[^]*line 2/],
  ['with a section twice', '[CLUSTER]\n[CLUSTER]\n', /line 2: the section \[CLUSTER\] is there twice/],
  ['with nonsense', '[DEFAULT]\nAPI_HOST\n', /line 2: this line is not a setting/],
  ['with a host that is empty', '[DEFAULT]\nAPI_HOST =\n', /API_HOST/],
  ['without user', '[DEFAULT]\nAPI_HOST = x\n', /No login/],
  ['without password', '[DEFAULT]\nAPI_HOST = x\nUSERNAME = joe\n', /No password for joe/],
  [
    'with a port that is none',
    '[DEFAULT]\nAPI_HOST = x\nAPI_PORT = https\n',
    /line 3, API_PORT: must be a whole number/,
  ],
  ['with a single %', '[DEFAULT]\nAPI_HOST = x\nPASSWORD = hunter%2\n', /line 3[^]*must be doubled|line 3[^]*%%/],
  [
    'with a token and a password',
    '[DEFAULT]\nAPI_HOST = x\nUSERNAME=a\nPASSWORD = hunter2\nTOKEN = hunter3\n',
    /contradict/,
  ],
  ['that is no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]), /not UTF-8/],
])('a configuration file %s', async (_, content, words) => {
  const { code, stdout, stderr } = await withFile(content);
  expect(stderr).toMatch(words);
  expect(stderr).toContain('qfs_filelock_config.ini');
  expect(stderr).not.toMatch(/hunter|\n\s+at /);
  expect([code, stdout]).toEqual([2, '']);
});

test('a configuration file that is missing, a directory, or not readable', async () => {
  const cwd = temporaryDirectory();
  const missing = await qwarden(filelock, { cwd });
  expect(missing.stderr).toMatch(/no configuration file qfs_filelock_config\.ini[^]*qwarden configure/);
  const named = await qwarden([...filelock, '--config-file', 'other.ini'], { cwd });
  expect(named.stderr).toMatch(/other\.ini not found[^]*qwarden configure --config-file other\.ini/);
  mkdirSync(join(cwd, 'dir.ini'));
  const directory = await qwarden([...filelock, '--config-file', 'dir.ini'], { cwd });
  expect(directory.stderr).toMatch(/dir\.ini: it is a directory/);
  expect([missing.code, named.code, directory.code]).toEqual([2, 2, 2]);
});

test('QWARDEN_DEBUG=1 shows the stack of a mistake, which is hidden otherwise', async () => {
  const cwd = temporaryDirectory();
  const { stderr } = await qwarden(filelock, { cwd, env: { QWARDEN_DEBUG: '1' } });
  expect(stderr).toMatch(/\n\s+at /);
});
