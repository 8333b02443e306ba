import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ca, expired, othername, selfsigned, signed } from '../../../qumulo-client/test/fixtures/certificates.ts';
import { temporaryDirectory } from '../support.ts';
import { FILELOCK, look, monitor, openWorld, userWith, type World } from './world.ts';

describe('doctor, about the cluster', () => {
  it('finds nothing with filelock on a healthy cluster', async () => {
    const found = await look(await openWorld());
    expect(found.findings.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'skipped')).toEqual([]);
    expect(found.exitCode).toBe(0);
    const checks = [
      'port',
      'tls',
      'api',
      'api-version',
      'login',
      'directory',
      'recursive-mode',
      'watch',
      'clock',
      'disk-space',
    ];
    for (const check of checks) expect(found.the(check), check).toMatchObject({ verdict: 'ok' });
  });

  it('says when nobody has that name, and asks nothing further', async () => {
    const found = await look(await openWorld(), { ...FILELOCK, QWARDEN_HOST: 'cluster.invalid' });
    expect(found.the('name')).toMatchObject({ verdict: 'failed', remedy: expect.stringMatching(/name servers/) });
    expect(found.the('login')).toMatchObject({ verdict: 'unknown' });
    expect(found.exitCode).toBe(1);
  });

  it('says when nobody listens at the port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const found = await look(await openWorld(), { ...FILELOCK, QWARDEN_PORT: String(port) });
    expect(found.the('port')).toMatchObject({
      verdict: 'failed',
      message: expect.stringMatching(/nobody listens there/),
    });
    expect(found.exitCode).toBe(1);
  });

  it('says what is wrong with the certificate, and with trusting every one', async () => {
    const world = await openWorld();
    const unpinned = await look(world, FILELOCK, { without: ['QWARDEN_TLS_FINGERPRINT'] });
    expect(unpinned.the('tls')).toMatchObject({
      verdict: 'failed',
      remedy: expect.stringContaining(`--tls-fingerprint ${world.emulator.fingerprint256}`),
    });
    const other = await look(world, { ...FILELOCK, QWARDEN_TLS_FINGERPRINT: 'ab'.repeat(32) });
    expect(other.the('tls')).toMatchObject({ verdict: 'failed', message: expect.stringMatching(/has changed/) });
    expect([unpinned.exitCode, other.exitCode]).toEqual([1, 1]);
    const insecure = await look(
      world,
      { ...FILELOCK, QWARDEN_TLS_INSECURE: 'true' },
      { without: ['QWARDEN_TLS_FINGERPRINT'] },
    );
    expect(insecure.the('tls')).toMatchObject({ verdict: 'warning', remedy: expect.stringMatching(/Pin/) });
    expect(insecure.exitCode).toBe(0);
    const plain = await openWorld({ tls: false });
    const speaksNoTls = await look(plain, FILELOCK, { without: ['QWARDEN_TLS_FINGERPRINT'] });
    expect(speaksNoTls.the('tls')).toMatchObject({ verdict: 'failed' });
  });

  it('a chain that the CA given vouches for, and what is wrong with others', async () => {
    const caFile = join(temporaryDirectory(), 'ca.pem');
    writeFileSync(caFile, ca);
    const unpin = { without: ['QWARDEN_TLS_FINGERPRINT'] };
    const withCa = { ...FILELOCK, QWARDEN_TLS_CA: caFile };
    const good = await look(await openWorld({ certificate: signed }), withCa, unpin);
    expect(good.the('tls')).toMatchObject({ verdict: 'ok', message: expect.stringMatching(/the CA given/) });
    for (const [certificate, why] of [
      [expired, /expired on/],
      [othername, /for another name/],
      [selfsigned, /self-signed/],
    ] as const) {
      const bad = await look(await openWorld({ certificate }), withCa, unpin);
      expect(bad.the('tls')).toMatchObject({ verdict: 'failed', message: expect.stringMatching(why) });
    }
    // A pin trusts that certificate and no date.
    const pinned = await look(await openWorld({ certificate: expired }));
    expect(pinned.the('tls')).toMatchObject({
      verdict: 'warning',
      message: expect.stringMatching(/pinned, and expired/),
    });
    expect(pinned.the('login')).toMatchObject({ verdict: 'ok' });
  });

  it('says that a login is refused', async () => {
    const found = await look(await openWorld(), { ...FILELOCK, QWARDEN_PASSWORD: 'wrong-passw0rd' });
    expect(found.the('login')).toMatchObject({ verdict: 'failed', remedy: expect.stringMatching(/password/) });
    expect(JSON.stringify(found.findings)).not.toContain('wrong-passw0rd');
  });

  it('names each privilege that is lacking, with the command that grants it to the role that the user has', async () => {
    const world = await openWorld();
    const rules = `
version: 1
rules:
  - { name: worm, on: [created], where: { extension: pdf }, do: [{ lock: { retention: 7d, wait_for_close: true } }] }
  - { name: shot, on: [created], where: { extension: doc }, do: [{ snapshot: {} }] }
  - { name: off, enabled: false, on: [created], do: [{ all-stop: { confirm: true } }] }
`;
    const joe = userWith(world, [
      'PRIVILEGE_FILE_FULL_ACCESS',
      'PRIVILEGE_SNAPSHOT_READ',
      'PRIVILEGE_FS_SETTINGS_READ',
    ]);
    const found = await look(world, monitor(world, rules, joe));
    const lacking = found.of('privilege').filter(({ verdict }) => verdict === 'failed');
    expect(lacking.map(({ message }) => /PRIVILEGE_\w+/.exec(message)?.[0])).toEqual([
      'PRIVILEGE_FS_FILE_LOCK_WRITE',
      'PRIVILEGE_SMB_FILE_HANDLE_READ',
      'PRIVILEGE_FS_LOCK_READ',
      'PRIVILEGE_SNAPSHOT_WRITE',
    ]);
    expect(lacking[3]).toMatchObject({
      message: expect.stringMatching(/the action snapshot \(rule "shot"\)/),
      remedy: expect.stringMatching(/^qq auth_modify_role --role joes-role --grant PRIVILEGE_SNAPSHOT_WRITE\n/),
    });
    expect(found.exitCode).toBe(1);
    // Rules that are switched off ask for nothing, and neither does a watcher for what workers do.
    expect(JSON.stringify(found.findings)).not.toContain('PRIVILEGE_S3_SETTINGS');
  });

  it('makes a role for a user who has none, and says what does instead of full access', async () => {
    const world = await openWorld();
    world.emulator.cluster.identity.accounts.addUser({ name: 'joe', password: 'Secret1!' });
    const login = { QWARDEN_USERNAME: 'joe', QWARDEN_PASSWORD: 'Secret1!' };
    const found = await look(world, { ...FILELOCK, ...login, QWARDEN_RECURSIVE: 'false' });
    const [lock, files] = found.of('privilege');
    expect(lock?.remedy).toMatch(
      /^qq auth_create_role --role qwarden [^]*--grant PRIVILEGE_FS_FILE_LOCK_WRITE\nqq auth_assign_role --role qwarden --trustee auth_id:\d+$/m,
    );
    expect(files).toMatchObject({ verdict: 'warning', message: expect.stringMatching(/READ_ACL and WRITE_ACL/) });
  });

  it('tries the watch, and says which privilege the cluster asked for', async () => {
    const world = await openWorld();
    const joe = userWith(world, ['PRIVILEGE_FS_FILE_LOCK_WRITE', 'PRIVILEGE_FILE_READ_ACCESS']);
    const found = await look(world, { ...FILELOCK, ...joe });
    expect(found.the('watch')).toMatchObject({
      verdict: 'failed',
      remedy: expect.stringContaining('qq auth_modify_role --role joes-role --grant PRIVILEGE_FILE_FULL_ACCESS'),
    });
    expect(found.the('recursive-mode')).toMatchObject({
      verdict: 'unknown',
      remedy: expect.stringContaining('--grant PRIVILEGE_FS_SETTINGS_READ'),
    });
  });

  it('finds what cannot be checked incomplete, and only that', async () => {
    const world = await openWorld();
    const joe = userWith(world, ['PRIVILEGE_FS_FILE_LOCK_WRITE', 'PRIVILEGE_FILE_FULL_ACCESS']);
    const found = await look(world, { ...FILELOCK, ...joe });
    expect(found.findings.filter(({ verdict }) => verdict === 'unknown').map(({ check }) => check)).toEqual([
      'recursive-mode',
    ]);
    expect(found.exitCode).toBe(3);
  });

  it('finds recursive mode off, a path that is not there, a file, and a clock that is wrong', async () => {
    const world = await openWorld();
    await world.client.fileSystem.setNotifySettings({ recursive_mode: 'DISABLED_ERROR' });
    await world.client.files.createFile('/', 'file');
    world.emulator.clock.move(3_600_000);
    const off = await look(world);
    expect(off.the('recursive-mode')).toMatchObject({
      verdict: 'failed',
      remedy: expect.stringContaining('qq fs_set_notify_settings --recursive-mode enabled'),
    });
    expect(off.the('clock')).toMatchObject({ verdict: 'warning', message: expect.stringMatching(/ahead/) });
    const missing = await look(world, { ...FILELOCK, QWARDEN_DIRECTORY_PATH: '/nowhere' });
    expect(missing.the('directory')).toMatchObject({
      verdict: 'failed',
      message: expect.stringMatching(/no directory/),
    });
    const file = await look(world, { ...FILELOCK, QWARDEN_DIRECTORY_PATH: '/file' });
    expect(file.the('directory')).toMatchObject({
      verdict: 'failed',
      message: expect.stringMatching(/not a directory/),
    });
  });

  it('finds a cluster too old for retention locks', async () => {
    const world = await openWorld({ version: '7.1.4' });
    expect((await look(world)).the('api-version')).toMatchObject({
      verdict: 'failed',
      message: expect.stringMatching(/7\.2\.1/),
    });
  });
});

describe('doctor, about an access token', () => {
  const DAY_MS = 86_400_000;
  const token = (world: World, expiresAt: number | null, privileges: readonly string[]) => {
    const { identity } = world.emulator.cluster;
    userWith(world, privileges);
    const user = identity.accounts.userNamed('joe');
    const now = world.emulator.clock.nowMs();
    const made = identity.tokens.create({ userId: user?.id ?? '', creatorId: user?.id ?? '', now, expiresAt });
    return { ...FILELOCK, QWARDEN_ACCESS_TOKEN: made.secret };
  };
  const without = ['QWARDEN_USERNAME', 'QWARDEN_PASSWORD'];
  const may = [
    'PRIVILEGE_ACCESS_TOKENS_READ',
    'PRIVILEGE_FS_FILE_LOCK_WRITE',
    'PRIVILEGE_FILE_FULL_ACCESS',
    'PRIVILEGE_FS_SETTINGS_READ',
  ];

  it('says when it expires, and how to make another when that is soon', async () => {
    const soon = await openWorld();
    const found = await look(soon, token(soon, soon.emulator.clock.nowMs() + 5 * DAY_MS + 60_000, may), { without });
    expect(found.the('access-token')).toMatchObject({
      verdict: 'warning',
      message: expect.stringMatching(/in 5 days/),
      remedy: expect.stringMatching(/qq auth_create_access_token auth_id:\d+/),
    });
    expect(found.exitCode).toBe(0);
    const never = await openWorld();
    expect((await look(never, token(never, null, may), { without })).the('access-token')).toMatchObject({
      verdict: 'ok',
    });
    const later = await openWorld();
    const year = later.emulator.clock.nowMs() + 365 * DAY_MS;
    expect((await look(later, token(later, year, may), { without })).the('access-token')).toMatchObject({
      verdict: 'ok',
    });
  });

  it('names the privilege to see it', async () => {
    const world = await openWorld();
    const found = await look(world, token(world, null, may.slice(1)), { without });
    expect(found.the('access-token')).toMatchObject({
      verdict: 'unknown',
      remedy: expect.stringContaining('qq auth_modify_role --role joes-role --grant PRIVILEGE_ACCESS_TOKENS_READ'),
    });
    expect(found.exitCode).toBe(3);
  });
});
