import { expect, test } from 'vitest';
import { type Cluster, lockOf, makeFile, startCluster, startFilelock } from './support/cluster.ts';
import { qwarden, temporaryDirectory } from './support/qwarden.ts';

/** Starts and expects that it does not get as far as listening. */
async function refused(cluster: Cluster, args: readonly string[], env: Record<string, string> = {}) {
  const place = { cwd: temporaryDirectory(), env: { ...cluster.env, ...env } };
  const done = await qwarden(['filelock', '--legal-hold', '--for', '1s', ...args], place);
  expect(done.stdout).not.toContain('Listening');
  expect(done.stderr).not.toMatch(/\n\s+at /);
  return done;
}

test('a directory that is missing, a file, or an id that nothing has', async () => {
  const cluster = await startCluster();
  const file = await makeFile(cluster.client, '/records', 'a file');
  const missing = await refused(cluster, ['--directory-path', '/no\nsuch']);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/no directory \/no\\nsuch on the cluster/)]);
  const notOne = await refused(cluster, ['--directory-path', '/records/a file']);
  expect([notOne.code, notOne.stderr]).toEqual([1, expect.stringMatching(/\/records\/a file is not a directory/)]);
  const byId = await refused(cluster, ['--file-id', file]);
  expect([byId.code, byId.stderr]).toEqual([1, expect.stringMatching(/is not a directory/)]);
  const noId = await refused(cluster, ['--file-id', '9999999']);
  expect([noId.code, noId.stderr]).toEqual([1, expect.stringMatching(/9999999/)]);
});

test('--file-id and --directory-path that are two directories, and that are the same', async () => {
  const cluster = await startCluster();
  const { id } = (await cluster.client.files.getAttributes('/records')).data;
  const two = await refused(cluster, ['--file-id', id, '--directory-path', '/']);
  expect([two.code, two.stderr]).toEqual([2, expect.stringMatching(/two directories/)]);
  const place = { cwd: temporaryDirectory(), env: cluster.env };
  const same = await qwarden(
    ['filelock', '--legal-hold', '--for', '1ms', '--file-id', id, '--directory-path', '/records'],
    place,
  );
  expect(same.code).toBe(0);
});

test('a date that is past on the clock of the cluster, though not on this machine’s', async () => {
  const cluster = await startCluster();
  cluster.emulator.clock.set(new Date('2140-01-01T00:00:00Z'));
  const past = await qwarden(['filelock', '--directory-path', '/records', '--retention', '2101-12-31', '--for', '1s'], {
    cwd: temporaryDirectory(),
    env: cluster.env,
  });
  expect([past.code, past.stderr]).toEqual([2, expect.stringMatching(/cluster's clock.*is past \(now 2140-01-01/)]);
  expect(past.stdout).not.toContain('Listening');
});

test('a cluster whose clock is an hour ahead is told once, and is no reason to stop', async () => {
  const cluster = await startCluster();
  cluster.emulator.clock.set(new Date(Date.now() + 3_600_000));
  const run = await qwarden(['filelock', '--directory-path', '/records', '--retention', '7d', '--for', '1s', '--yes'], {
    cwd: temporaryDirectory(),
    env: cluster.env,
  });
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('Listening for change notifications');
  expect((run.stdout + run.stderr).match(/clock is [\d.]+ s ahead of this machine's/g)).toHaveLength(1);
});

test('a user without the privilege to lock, and one who may not watch recursively: each with its remedy', async () => {
  const cluster = await startCluster();
  const { accounts, roles } = cluster.emulator.cluster.identity;
  const joe = accounts.addUser({ name: 'joe', password: 'Secret1!' });
  const login = { QWARDEN_USERNAME: 'joe', QWARDEN_PASSWORD: 'Secret1!' };
  const nothing = await refused(cluster, ['--directory-path', '/records', '--recursive'], login);
  expect(nothing.code).toBe(1);
  expect(nothing.stderr).toMatch(/joe lacks the privilege PRIVILEGE_FS_FILE_LOCK_WRITE[^]*Give the user a role/);
  expect(nothing.stderr).toMatch(/refuses to watch|recursive/);
  roles.addMember(roles.add('lockers', '', ['PRIVILEGE_FS_FILE_LOCK_WRITE']), joe.id);
  const lockOnly = await refused(cluster, ['--directory-path', '/records', '--recursive'], login);
  expect(lockOnly.code).toBe(1);
  expect(lockOnly.stderr).not.toContain('lacks the privilege PRIVILEGE_FS_FILE_LOCK_WRITE');
});

test('recursive notifications that are switched off', async () => {
  const cluster = await startCluster();
  await cluster.client.fileSystem.setNotifySettings({ recursive_mode: 'DISABLED_ERROR' });
  const off = await refused(cluster, ['--directory-path', '/records', '--recursive']);
  expect([off.code, off.stderr]).toEqual([1, expect.stringMatching(/switched off[^]*fs_set_notify_settings/)]);
});

test('a token that is revoked in mid-run: said, not fatal; the file is not lost', async () => {
  const cluster = await startCluster();
  const { emulator } = cluster;
  const env = { QWARDEN_ACCESS_TOKEN: emulator.accessToken, QWARDEN_USERNAME: '', QWARDEN_PASSWORD: '' };
  const { running, cwd } = await startFilelock(cluster, { env });
  await makeFile(cluster.client, '/records', 'before');
  await running.until('Successfully locked file: /records/before\n');
  emulator.expireTokens();
  await makeFile(cluster.client, '/records', 'after');
  await running.until(/ERROR - .*(token|refuse)/i);
  const { code, stdout } = await running.stop();
  expect(code).toBe(0);
  expect(stdout).not.toContain(emulator.accessToken);
  const again = await startFilelock(cluster, { cwd });
  await again.running.until('Successfully locked file: /records/after\n');
});

test('the password is changed in mid-run', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster);
  const { accounts } = cluster.emulator.cluster.identity;
  accounts.setPassword(accounts.user('500'), 'Other1!');
  cluster.emulator.expireSessions();
  cluster.emulator.streams.drop('all', 'cleanly');
  await running.until(/ERROR - .*(password|login|refuse)/i);
  expect((await running.stop()).code).toBe(0);
});

test('the stream is cut, the sessions end, the cluster restarts: all is found again', async () => {
  const cluster = await startCluster();
  const { emulator, client } = cluster;
  const { running } = await startFilelock(cluster);
  emulator.streams.drop('all', 'cleanly');
  await makeFile(client, '/records', 'first');
  await running.until('Successfully locked file: /records/first\n');
  emulator.expireSessions();
  emulator.dropConnections();
  // Our own connections are cut as well; a GET is tried again.
  await client.cluster.version();
  await makeFile(client, '/records', 'second');
  await running.until('Successfully locked file: /records/second\n');
  await emulator.restart();
  await client.cluster.version();
  await makeFile(client, '/records', 'third');
  await running.until('Successfully locked file: /records/third\n');
  const { stdout, code } = await running.stop();
  expect(code).toBe(0);
  expect(stdout).toMatch(/notification stream ended/);
  expect(stdout).toMatch(/[1-9]\d* stream restarts/);
});

test('the certificate changes in mid-run: it does not go on with the new one', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster);
  await cluster.emulator.swapCertificate();
  cluster.emulator.dropConnections();
  await running.until(/certificate/);
  const { code, stdout } = await running.stop();
  expect(stdout).not.toContain('Successfully locked');
  expect([0, 1]).toContain(code);
});

test('a file that is gone before it is due is forgotten, not an error', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster, { env: { QWARDEN_INTERVAL: '1' } });
  for (let number = 0; number < 20; number++) {
    const id = await makeFile(cluster.client, '/records', `gone${number}`);
    await cluster.client.files.delete(id);
  }
  await makeFile(cluster.client, '/records', 'stays');
  await running.until('Successfully locked file: /records/stays\n');
  const { code, stdout } = await running.stop();
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/ERROR|WARNING/);
  expect(stdout).toMatch(/1 locked, 0 locked before, \d+ gone, 0 failed/);
});

test('a file that the cluster refuses to lock is reported once with reason and remedy, and the others go on', async () => {
  const cluster = await startCluster();
  const bad = { status: 403, errorClass: 'fs_access_denied_error', description: 'no' };
  const { running, cwd, env } = await startFilelock(cluster, { env: { QWARDEN_INTERVAL: '1' } });
  const refusedId = await makeFile(cluster.client, '/records', 'refused');
  cluster.emulator.faults.add({ operation: `PATCH */${refusedId}/file-lock*`, fail: bad });
  await running.until(/ERROR - Failed to lock file: \/records\/refused: .{10,}/);
  const id = await makeFile(cluster.client, '/records', 'fine');
  await running.until('Successfully locked file: /records/fine\n');
  const { stdout, code } = await running.stop();
  expect(code).toBe(3);
  expect(stdout.match(/Failed to lock file: \/records\/refused/g)).toHaveLength(1);
  expect(stdout).toMatch(/1 failed[^]*qwarden locks list --failed/);
  expect((await lockOf(cluster.client, id))?.retention_period).toBeTruthy();
  const failed = await qwarden(['locks', 'list', '--failed', '--json'], { cwd, env });
  expect(JSON.parse(failed.stdout)).toMatchObject([
    { path: '/records/refused', state: 'failed', lastError: expect.any(String) },
  ]);
});

test('transient errors and 429 are waited out', async () => {
  const cluster = await startCluster();
  cluster.emulator.faults.add({ operation: 'PATCH *file-lock*', fail: { status: 503, retryAfter: 0 }, times: 1 });
  cluster.emulator.faults.add({
    operation: 'PATCH *file-lock*',
    fail: { status: 429, retryAfter: 0 },
    times: 3,
    skip: 3,
  });
  const { running } = await startFilelock(cluster);
  await makeFile(cluster.client, '/records', 'x');
  await running.until('Successfully locked file: /records/x\n');
  expect((await running.stop()).code).toBe(0);
});

test('the watched directory is deleted: it ends, says so, exit code 1', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster);
  await cluster.client.files.delete('/records');
  const { code, stdout, stderr } = await running.finished();
  expect(code).toBe(1);
  expect(stdout).toMatch(/ERROR - The watched directory is gone: \/records/);
  expect(stdout).toContain('Summary after');
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('the watched directory is renamed: it goes on under the new name', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster);
  await cluster.client.files.rename('/', 'archive', '/records');
  await running.until('The watched directory is now called /archive (was /records)');
  await makeFile(cluster.client, '/archive', 'after');
  await running.until('Successfully locked file: /archive/after\n');
  const { code, stdout } = await running.stop();
  expect(code).toBe(0);
  expect(stdout).not.toContain('locked file: /records');
});

test('200,000 files in one directory are there before: reported, and a new one is locked', async () => {
  const cluster = await startCluster();
  const { fs } = cluster.emulator;
  const admin = cluster.emulator.cluster.identity.callerOf(cluster.emulator.cluster.identity.accounts.user('500'));
  for (let number = 0; number < 200_000; number++) {
    fs.createEntry(admin, '/records', { action: 'CREATE_FILE', name: `f${number}` });
  }
  const { running } = await startFilelock(cluster);
  const id = await makeFile(cluster.client, '/records', 'new');
  await running.until('Successfully locked file: /records/new\n');
  await running.until(/200000 files were there before: left as they are/);
  expect((await running.stop()).stdout).toMatch(/: 1 files seen, 1 locked/);
  expect((await lockOf(cluster.client, id))?.retention_period).toBeTruthy();
});
