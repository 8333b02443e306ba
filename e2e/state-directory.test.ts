import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Cluster, lockOf, makeFile, startCluster, startFilelock } from './support/cluster.ts';
import { qwarden, startIn, temporaryDirectory } from './support/qwarden.ts';

const briefly = ['filelock', '--directory-path', '/records', '--legal-hold', '--for', '1ms'];
const place = (cluster: Cluster, cwd: string) => ({ cwd, env: { ...cluster.env, QWARDEN_STATE_DIR: 'state' } });

/** The one database of a state directory. */
function databaseIn(stateDir: string): string {
  const name = readdirSync(stateDir).find((file) => /\.(db|sqlite3?)$/.test(file) && !/lock/.test(file));
  if (name === undefined) throw new Error(`no database in ${stateDir}: ${readdirSync(stateDir).join(', ')}`);
  return join(stateDir, name);
}

test('in use by another process: said with its id, and that one goes on', async () => {
  const cluster = await startCluster();
  const first = await startFilelock(cluster);
  const second = await qwarden(briefly, place(cluster, first.cwd));
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(String(first.running.process.pid))]);
  expect(second.stderr).not.toMatch(/\n\s+at /);
  await makeFile(cluster.client, '/records', 'x');
  await first.running.until('Successfully locked file: /records/x\n');
});

test('of a newer version, of another cluster, damaged: refused, with the file’s name, and left as it is', async () => {
  const [cluster, other] = [await startCluster(), await startCluster()];
  const cwd = temporaryDirectory();
  expect((await qwarden(briefly, place(cluster, cwd))).code).toBe(0);

  const elsewhere = await qwarden(briefly, place(other, cwd));
  expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringMatching(/other cluster|another cluster/)]);

  const file = databaseIn(join(cwd, 'state'));
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 999');
  database.close();
  const newer = await qwarden(briefly, place(cluster, cwd));
  expect([newer.code, newer.stderr]).toEqual([1, expect.stringMatching(/newer/)]);
  expect(newer.stderr).toContain(file);

  writeFileSync(file, 'this is no database'.repeat(1000));
  const damaged = await qwarden(briefly, place(cluster, cwd));
  expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining(file)]);
  const list = await qwarden(['locks', 'list'], place(cluster, cwd));
  expect([list.code, list.stderr]).toEqual([1, expect.stringContaining(file)]);
});

test('a state directory that cannot be made, and one that is a file', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'state'), 'precious');
  // Below /proc the system says ENOENT for ever, which Node's own recursive mkdir takes for "make the one above first".
  for (const stateDir of ['state', 'state/below', '/dev/null/below', '/proc/below/it']) {
    const bad = await qwarden([...briefly, '--state-dir', stateDir], place(cluster, cwd));
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining(stateDir)]);
    expect(bad.stderr).not.toMatch(/\n\s+at |should not happen/);
  }
});

const mayMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

test.runIf(mayMount)('a read-only state directory', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'state'));
  const mounts = 'mount -t tmpfs none state && mount -o remount,ro state';
  const done = await startIn(mounts, briefly, place(cluster, cwd)).finished();
  expect([done.code, done.stderr]).toEqual([1, expect.stringMatching(/read-only|cannot be written/)]);
});

test.runIf(mayMount)('the disk runs full in mid-run: it says so and ends, and nothing is lost', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'state'));
  const env = {
    ...place(cluster, cwd).env,
    QWARDEN_RETENTION: '7d',
    QWARDEN_INTERVAL: '0',
    QWARDEN_DIRECTORY_PATH: '/records',
  };
  const full = startIn('mount -t tmpfs -o size=400k none state', ['filelock'], { cwd, env });
  await full.until('Listening');
  const ids: string[] = [];
  const done = full.finished();
  const ended = new AbortController();
  void done.finally(() => ended.abort());
  for (let number = 0; number < 20_000 && !ended.signal.aborted; number++) {
    ids.push(await makeFile(cluster.client, '/records', `a file with quite a long name ${number}`));
  }
  const { code, stdout, stderr } = await done;
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/full|no space/i);
  expect(stderr).not.toMatch(/should not happen/);
  // Started again with room, it takes over from the cluster what its full disk could not tell it.
  const again = await startFilelock(cluster, { env: { QWARDEN_EXISTING: 'lock' } });
  await makeFile(cluster.client, '/records', 'last');
  await again.running.until('Successfully locked file: /records/last\n');
  await again.running.until('files were there before');
  for (const id of [ids[0], ids.at(-1)]) {
    const lock = async () => (await lockOf(cluster.client, id ?? ''))?.retention_period;
    await expect.poll(lock, { timeout: 30_000 }).toBeTruthy();
  }
});
