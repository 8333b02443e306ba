import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { qwarden, temporaryDirectory } from './support/qwarden.ts';

const place = (env: Record<string, string> = {}) => ({ cwd: temporaryDirectory(), env });

test.each([
  [['filelock', '--intervall', '5'], /unknown option '--intervall'[^]*--interval/],
  [['filelok'], /unknown command 'filelok'[^]*filelock/],
  [['filelock', 'records'], /too many arguments/],
  [['filelock', '--interval'], /argument missing/],
  [['filelock', '--directory-path', '/x', '--legal-hold', '--interval', '-1'], /--interval: must be 0 or more/],
  [['filelock', '--directory-path', '/x', '--legal-hold', '--interval', 'x'], /--interval: must be a whole number/],
  [['filelock', '--directory-path', 'x', '--legal-hold'], /must be an absolute path/],
  [['filelock', '--file-id', 'x', '--legal-hold'], /--file-id: must be a number[^]*"x"/],
  [['filelock', '--file-id', '1', '--file-num', '2', '--legal-hold'], /--file-id and --file-num contradict/],
  [['filelock', '--legal-hold', '--host', 'x', '--username', 'a', '--password', 'b'], /No directory to watch/],
  [
    ['filelock', '--directory-path', '/x', '--retention', '1y', '--retention', '2y'],
    /--retention and --retention contradict/,
  ],
  [['filelock', '--directory-path', '/x', '--legal-hold', '--extend'], /--extend needs a retention/],
  [['filelock', '--directory-path', '/x', '--legal-hold', '--include', ''], /--include[^]*empty/],
  [['locks', 'list', '--csv', '--json'], /--json and --csv contradict/],
  [['locks', 'list', '--until', 'someday'], /--until: "someday" is neither a date/],
])('%j is a usage error', async (args, words) => {
  const { code, stdout, stderr } = await qwarden(args, place());
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect([code, stdout]).toEqual([2, '']);
});

test.each(['5x', '0d', '-1y', '2001-01-01', '2031-02-30', '101y', '7', ''])(
  'the retention %j is refused before anything connects',
  async (retention) => {
    // Nobody listens on port 1: an attempt to connect would say so.
    const login = ['--host', '127.0.0.1', '--port', '1', '--username', 'a', '--password', 'b'];
    const { code, stderr } = await qwarden(
      ['filelock', '--directory-path', '/x', '--retention', retention, ...login],
      place(),
    );
    expect(stderr).toMatch(/retention/i);
    expect(stderr).not.toMatch(/refused|ECONN/);
    expect(code).toBe(2);
  },
);

test('neither retention nor legal hold: refused with both ways to fix it', async () => {
  const { code, stderr } = await qwarden(['filelock', '--directory-path', '/x'], place());
  expect(code).toBe(2);
  expect(stderr).toContain('--retention 7y');
  expect(stderr).toContain('--legal-hold');
});

test.each([
  [{ fingerprint: 'flag', insecure: 'flag' }, 2],
  [{ fingerprint: 'file', insecure: 'file' }, 2],
])('contradictory trust %j', async (where, expected) => {
  const cwd = temporaryDirectory();
  const fingerprint = 'AB'.repeat(32);
  writeFileSync(
    join(cwd, 'qfs_filelock_config.ini'),
    `[DEFAULT]\nAPI_HOST=127.0.0.1\nAPI_PORT=1\nUSERNAME=a\nPASSWORD=b\n${where.fingerprint === 'file' ? `TLS_FINGERPRINT=${fingerprint}\nTLS_INSECURE=yes\n` : ''}`,
  );
  const flags = where.fingerprint === 'flag' ? ['--tls-insecure', '--tls-fingerprint', fingerprint] : [];
  const { code, stderr } = await qwarden(['filelock', '--directory-path', '/x', '--legal-hold', ...flags], { cwd });
  expect(stderr).toMatch(/contradict/);
  expect(code).toBe(expected);
});

test('help and version go to stdout, exit code 0; help lists built-in excludes, exit codes and systemd', async () => {
  const here = place();
  const version = await qwarden(['--version'], here);
  expect([version.code, version.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  const help = await qwarden(['filelock', '--help'], here);
  expect(help.code).toBe(0);
  for (const words of ['~$*', '.nfs*', 'Exit codes', 'systemd', '--run-as-daemon', '--file-id'])
    expect(help.stdout).toContain(words);
  expect((await qwarden([], here)).code).toBe(2);
});

test('--show-config names where each value comes from and masks secrets', async () => {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'x.ini'), '[DEFAULT]\nAPI_HOST = q\nPASSWORD = hunter2\n');
  const args = ['filelock', '--config-file', 'x.ini', '--dir', '/r', '--show-config'];
  const env = { QWARDEN_RETENTION: '7y', QWARDEN_STATE_DIR: '/s' };
  const json = await qwarden([...args, '--format', 'json'], { cwd, env });
  expect(json.code).toBe(0);
  const settings: { setting: string; value: unknown; from: string }[] = JSON.parse(json.stdout);
  const find = (name: string) => settings.find((one) => one.setting === name);
  expect(find('host')).toEqual({ setting: 'host', value: 'q', from: 'x.ini:2' });
  expect(find('retention')).toEqual({ setting: 'retention', value: '7y', from: 'environment QWARDEN_RETENTION' });
  expect(find('state-dir')).toEqual({ setting: 'state-dir', value: '/s', from: 'environment QWARDEN_STATE_DIR' });
  expect(find('directory-path')).toEqual({ setting: 'directory-path', value: '/r', from: 'flag --directory-path' });
  expect(find('interval')).toEqual({ setting: 'interval', value: 15, from: 'default' });
  const table = await qwarden(args, { cwd, env });
  expect(table.stdout).toMatch(/^password\s+\*+\s+x\.ini:3$/m);
  expect(json.stdout + table.stdout).not.toContain('hunter2');
});

test('an old Node is told which one is needed', () => {
  const pretend = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })';
  const main = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));
  // The first import of a module is resolved before any of it runs: a name that an old Node lacks would end it right there.
  expect(readFileSync(main, 'utf8')).not.toMatch(/^import \{/m);
  const done = spawnSync(process.execPath, ['--import', `data:text/javascript,${pretend}`, main, '--version'], {
    encoding: 'utf8',
  });
  expect([done.status, done.stdout]).toEqual([1, '']);
  expect(done.stderr).toMatch(/Node 24 or newer is needed, and this is 20\.20\.2/);
});
