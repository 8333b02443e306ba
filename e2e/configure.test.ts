import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCluster } from './support/cluster.ts';
import { qwarden, startOnTerminal, temporaryDirectory } from './support/qwarden.ts';

const FILE = 'qfs_filelock_config.ini';

test('without a terminal everything comes from flags, and the file is private', async () => {
  const { emulator } = await startCluster({ password: 'p%w=d;#' });
  const cwd = temporaryDirectory();
  const args = [
    '--host',
    emulator.host,
    '--port',
    String(emulator.port),
    '--username',
    'admin',
    '--password-file',
    '-',
  ];
  const untrusted = await qwarden(['configure', ...args], { cwd }, 'p%w=d;#\n');
  expect([untrusted.code, untrusted.stderr]).toEqual([
    2,
    expect.stringContaining(`--tls-fingerprint ${emulator.fingerprint256}`),
  ]);
  expect(existsSync(join(cwd, FILE))).toBe(false);
  const done = await qwarden(
    ['configure', ...args, '--tls-fingerprint', emulator.fingerprint256],
    { cwd },
    'p%w=d;#\n',
  );
  expect([done.code, done.stdout]).toEqual([0, `Configuration saved to ${FILE}\n`]);
  expect(readFileSync(join(cwd, FILE), 'utf8')).toBe(
    `[DEFAULT]\nAPI_HOST = ${emulator.host}\nAPI_PORT = ${emulator.port}\nUSERNAME = admin\nPASSWORD = p%%w=d;#\nTLS_FINGERPRINT = ${emulator.fingerprint256}\n`,
  );
  expect(statSync(join(cwd, FILE)).mode & 0o777).toBe(0o600);
  const dryRun = await qwarden(['filelock', '--directory-path', '/', '--legal-hold', '--dry-run', '--for', '1ms'], {
    cwd,
  });
  expect([dryRun.code, dryRun.stderr]).toEqual([0, '']);
});

test('what is missing without a terminal is said as flags', async () => {
  const cwd = temporaryDirectory();
  const nothing = await qwarden(['configure'], { cwd });
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('--username')]);
  const place = await qwarden(['configure', '--config-file', 'no/such/dir/x.ini'], { cwd });
  expect([place.code, place.stderr]).toEqual([2, expect.stringMatching(/no\/such\/dir.*missing or not writable/)]);
});

test('a wrong password saves nothing', async () => {
  const { env } = await startCluster();
  const cwd = temporaryDirectory();
  const wrong = await qwarden(['configure'], { cwd, env: { ...env, QWARDEN_PASSWORD: 'wrong-hunter2' } });
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(/refused the login[^]*password/);
  expect(wrong.stderr).not.toContain('hunter2');
  expect(existsSync(join(cwd, FILE))).toBe(false);
  const untested = await qwarden(['configure', '--no-test'], {
    cwd,
    env: { ...env, QWARDEN_PASSWORD: 'wrong-hunter2' },
  });
  expect(untested.code).toBe(0);
});

test('on a terminal it asks, hides the password, pins the certificate, and keeps what else is in the file', async () => {
  const { emulator } = await startCluster();
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, FILE), '# ours\n[DEFAULT]\nAPI_HOST = old\nCOLOUR = blue\nACCESS_TOKEN = old-token\n');
  const asking = startOnTerminal(['filelock', '--configure'], { cwd });
  await asking.until('Enter API Host:');
  asking.type('\u0015');
  asking.type(`${emulator.host}\r`);
  await asking.until('Enter API Port:');
  asking.type(`${emulator.port}\r`);
  await asking.until('Log in with:');
  // The proposal is the access token that is there already.
  asking.type('\u001b[A\r');
  await asking.until('Enter Username:');
  asking.type(`${emulator.username}\r`);
  await asking.until('Enter Password:');
  asking.type(`${emulator.password}\r`);
  await asking.until(emulator.fingerprint256);
  await asking.until('Trust this certificate');
  asking.type('y\r');
  const { code, stdout } = await asking.finished();
  expect(stdout).toContain(`Configuration saved to ${FILE}`);
  expect(code).toBe(0);
  expect(stdout).not.toContain(emulator.password);
  expect(readFileSync(join(cwd, FILE), 'utf8')).toBe(
    `# ours\n[DEFAULT]\nAPI_HOST = ${emulator.host}\nCOLOUR = blue\nAPI_PORT = ${emulator.port}\nUSERNAME = ${emulator.username}\nPASSWORD = ${emulator.password}\nTLS_FINGERPRINT = ${emulator.fingerprint256}\n`,
  );
});

test('Ctrl-C at a question ends it politely and changes nothing', async () => {
  const cwd = temporaryDirectory();
  const asking = startOnTerminal(['configure'], { cwd });
  await asking.until('Enter API Host:');
  asking.type('\u0003');
  const { code, stdout } = await asking.finished();
  expect(code).toBe(130);
  expect(stdout).toContain('Nothing was changed');
  expect(stdout).not.toMatch(/\n\s+at /);
  expect(existsSync(join(cwd, FILE))).toBe(false);
});

test('a changed certificate is not pinned silently', async () => {
  const { emulator, env } = await startCluster();
  const cwd = temporaryDirectory();
  expect((await qwarden(['configure'], { cwd, env })).code).toBe(0);
  const now = await emulator.swapCertificate();
  const changed = await qwarden(['configure', '--yes'], { cwd, env: { QWARDEN_PASSWORD: emulator.password } });
  expect([changed.code, changed.stderr]).toEqual([2, expect.stringMatching(/has changed/)]);
  const pinned = await qwarden(['configure', '--tls-fingerprint', now], { cwd });
  expect([pinned.code, readFileSync(join(cwd, FILE), 'utf8')]).toEqual([0, expect.stringContaining(now)]);
});

test('a file of the event monitor keeps its form', async () => {
  const { emulator } = await startCluster();
  const cwd = temporaryDirectory();
  const file = join(cwd, 'cn.conf');
  writeFileSync(file, '[CLUSTER]\nTOKEN = old\nCLUSTER_ADDRESS = old.example.com\n# self-signed\nUSE_SSL = False\n');
  const host = `${emulator.host}:${emulator.port}`;
  const args = ['configure', '--config-file', file, '--host', host, '--access-token', emulator.accessToken];
  const done = await qwarden([...args, '--tls-fingerprint', emulator.fingerprint256], { cwd });
  expect([done.code, done.stdout]).toEqual([0, `Configuration saved to ${file}\n`]);
  expect(readFileSync(file, 'utf8')).toBe(
    `[CLUSTER]\nTOKEN = ${emulator.accessToken}\nCLUSTER_ADDRESS = ${host}\n# self-signed\nUSE_SSL = False\nTLS_FINGERPRINT = ${emulator.fingerprint256}\n`,
  );
});
