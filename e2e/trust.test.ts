import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pinned, startEmulator, unpinned } from './support/emulator.ts';
import { qwarden, startOnTerminal, temporaryDirectory } from './support/qwarden.ts';
import { ca, selfsigned, signed } from '../packages/qumulo-client/test/fixtures/certificates.ts';
import { startCluster } from './support/cluster.ts';

const dryRun = ['filelock', '--directory-path', '/', '--legal-hold', '--dry-run', '--for', '1ms'];

test('an untrusted certificate without a terminal: exit code 2, nothing sent, and the exact flag to add works', async () => {
  const emulator = await startEmulator();
  const place = { cwd: temporaryDirectory(), env: unpinned(emulator) };
  const refused = await qwarden(dryRun, place);
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('self-signed');
  const flag = /--tls-fingerprint (\S+)/.exec(refused.stderr)?.[1] ?? '';
  expect(flag).toBe(emulator.fingerprint256);
  const accepted = await qwarden([...dryRun, '--tls-fingerprint', flag.toLowerCase().replaceAll(':', '')], place);
  expect(accepted.stderr).toBe('');
  expect(accepted.code).toBe(0);
});

test('on a terminal it shows the fingerprint and asks once, as ssh does', async () => {
  const emulator = await startEmulator();
  const cwd = temporaryDirectory();
  const file = join(cwd, 'qfs_filelock_config.ini');
  const before = `# ours\n[DEFAULT]\nAPI_HOST = ${emulator.host}\nAPI_PORT: ${emulator.port}\nUSERNAME = ${emulator.username}\nPASSWORD = ${emulator.password}\nX = 1\n`;
  writeFileSync(file, before, { mode: 0o644 });
  const no = startOnTerminal(dryRun, { cwd });
  await no.until(/Trust this certificate[^]*\(y\/N\)/);
  no.type('n\r');
  expect((await no.finished()).code).toBe(2);
  expect(readFileSync(file, 'utf8')).toBe(before);

  const yes = startOnTerminal(dryRun, { cwd });
  await yes.until(emulator.fingerprint256);
  await yes.until(/Trust this certificate[^]*\(y\/N\)/);
  yes.type('y\r');
  expect((await yes.finished()).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(`${before}TLS_FINGERPRINT = ${emulator.fingerprint256}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const again = startOnTerminal(dryRun, { cwd });
  const end = await again.finished();
  expect(end.code).toBe(0);
  expect(end.stdout).not.toContain('Trust this certificate');
});

test('a changed certificate is an error that says so', async () => {
  const { emulator, env } = await startCluster();
  const place = { cwd: temporaryDirectory(), env };
  expect((await qwarden(dryRun, place)).code).toBe(0);
  const before = emulator.fingerprint256;
  const now = await emulator.swapCertificate();
  const changed = await qwarden(dryRun, place);
  expect([changed.code, changed.stdout]).toEqual([2, '']);
  expect(changed.stderr).toMatch(/has changed/);
  expect(changed.stderr).toContain(before);
  expect(changed.stderr).toContain(`--tls-fingerprint ${now}`);
});

test('an expired certificate is refused, says when it expired, and can be pinned all the same', async () => {
  const { emulator, env } = await startCluster();
  const day = 86_400_000;
  const notAfter = new Date(Date.now() - day);
  const fingerprint = await emulator.swapCertificate({ notBefore: new Date(Date.now() - 30 * day), notAfter });
  const place = { cwd: temporaryDirectory(), env: { ...env, QWARDEN_TLS_FINGERPRINT: '' } };
  const expired = await qwarden(dryRun, place);
  expect(expired.code).toBe(2);
  expect(expired.stderr).toContain(`expired on ${notAfter.toISOString().slice(0, 10)}`);
  expect((await qwarden([...dryRun, '--tls-fingerprint', fingerprint], place)).code).toBe(0);
});

test('--tls-ca trusts an authority of our own, and only it', async () => {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'ca.pem'), ca);
  writeFileSync(join(cwd, 'other.pem'), selfsigned.cert);
  const cluster = await startCluster({ certificate: signed });
  const place = { cwd, env: { ...cluster.env, QWARDEN_TLS_FINGERPRINT: '' } };
  writeFileSync(join(cwd, 'nonsense.pem'), 'nonsense');
  expect((await qwarden([...dryRun, '--tls-ca', 'ca.pem'], place)).code).toBe(0);
  expect((await qwarden([...dryRun, '--tls-ca', 'other.pem'], place)).code).toBe(2);
  const nonsense = await qwarden([...dryRun, '--tls-ca', 'nonsense.pem'], place);
  expect([nonsense.code, nonsense.stderr]).toEqual([2, expect.stringContaining('nonsense.pem holds no certificate')]);
  const missing = await qwarden([...dryRun, '--tls-ca', 'missing.pem'], place);
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('cannot read missing.pem')]);
});

test('--tls-insecure and USE_SSL = False work, with a warning', async () => {
  const emulator = await startEmulator();
  const cwd = temporaryDirectory();
  const flag = await qwarden([...dryRun, '--tls-insecure'], { cwd, env: unpinned(emulator) });
  expect([flag.code, flag.stderr]).toEqual([0, expect.stringMatching(/Warning: the certificate .* is not verified/)]);
  writeFileSync(
    join(cwd, 'cn.conf'),
    `[CLUSTER]\nTOKEN = ${emulator.accessToken}\nCLUSTER_ADDRESS = ${emulator.host}:${emulator.port}\nUSE_SSL = False`,
  );
  const sample = await qwarden([...dryRun, '--config-file', 'cn.conf'], { cwd });
  expect([sample.code, sample.stderr]).toEqual([0, expect.stringContaining('is not verified')]);
});

test('plain HTTP on a TLS port, TLS on a plain port, and a port that speaks neither', async () => {
  const [secure, plain] = [await startEmulator(), await startEmulator('--no-tls')];
  const cwd = temporaryDirectory();
  const http = await qwarden([...dryRun, '--protocol', 'http'], { cwd, env: unpinned(secure) });
  expect([http.code, http.stderr]).toEqual([1, expect.stringMatching(/TLS port/)]);
  const https = await qwarden(dryRun, { cwd, env: unpinned(plain) });
  expect([https.code, https.stderr]).toEqual([1, expect.stringMatching(/does not speak TLS[^]*--protocol http/)]);
  const ssh = createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
  onTestFinished(() => void ssh.close());
  await once(ssh, 'listening');
  const address = ssh.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const neither = await qwarden(dryRun, { cwd, env: { ...unpinned(plain), QWARDEN_PORT: port } });
  expect([neither.code, neither.stderr]).toEqual([1, expect.stringMatching(/does not speak TLS/)]);
});

test('nobody listening, no such host', async () => {
  const cwd = temporaryDirectory();
  const login = { QWARDEN_USERNAME: 'a', QWARDEN_PASSWORD: 'b' };
  const refused = await qwarden(dryRun, { cwd, env: { ...login, QWARDEN_HOST: '127.0.0.1', QWARDEN_PORT: '1' } });
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/Nobody listens at 127\.0\.0\.1:1[^]*8000/),
  ]);
  const nowhere = await qwarden(dryRun, { cwd, env: { ...login, QWARDEN_HOST: 'no-such-host.invalid' } });
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringMatching(/no-such-host\.invalid/)]);
});

test('a wrong password, and a password that stands nowhere in what is printed', async () => {
  const emulator = await startEmulator();
  const env = { ...pinned(emulator), QWARDEN_PASSWORD: 'wrong-hunter2' };
  const { code, stdout, stderr } = await qwarden([...dryRun, '--debug'], { cwd: temporaryDirectory(), env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/password/i);
  expect(stderr + stdout).not.toContain('hunter2');
});
