import { expect, test } from 'vitest';
import { makeFile, startCluster, startFilelock } from './support/cluster.ts';
import { qwarden, temporaryDirectory } from './support/qwarden.ts';

async function someLocks() {
  const cluster = await startCluster();
  const run = await startFilelock(cluster, { args: ['--legal-hold'] });
  const ids = [];
  for (const name of ['one', 'two', 'three']) ids.push(await makeFile(cluster.client, '/records', name));
  await run.running.until('Successfully locked file: /records/three\n');
  return { cluster, ...run, ids };
}

test('list answers which files are locked, until when and why, while filelock runs', async () => {
  const { running, cwd, env } = await someLocks();
  const table = await qwarden(['locks', 'list'], { cwd, env });
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(/^STATE\s+UNTIL\s+HOLD\s+WHY\s+PATH\n/);
  expect(table.stdout).toMatch(
    /^locked\s+\d{4}-\d\d-\d\dT\S+Z\s+yes\s+filelock \/records .*--retention 7d.*\s+\/records\/one$/m,
  );
  const paths = async (...args: string[]) => {
    const { stdout, code } = await qwarden(['locks', 'list', '--json', ...args], { cwd, env });
    expect(code).toBe(0);
    const rows: { path: string }[] = JSON.parse(stdout);
    return rows.map((row) => row.path).sort();
  };
  const all = ['/records/one', '/records/three', '/records/two'];
  expect(await paths()).toEqual(all);
  expect(await paths('--held')).toEqual(all);
  expect(await paths('--path', '/records/t*')).toEqual(['/records/three', '/records/two']);
  expect(await paths('--until', '8d')).toEqual(all);
  expect(await paths('--until', '6d')).toEqual([]);
  expect(await paths('--failed')).toEqual([]);
  expect(await paths('--pending')).toEqual([]);
  const csv = await qwarden(['locks', 'list', '--format', 'csv'], { cwd, env });
  expect(csv.stdout.split('\r\n')).toHaveLength(5);
  expect(csv.stdout).toMatch(/^path,fileId,state,retentionPeriod,/);
  await running.stop();
});

test('without --state-dir it looks at all ledgers of this user', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  const run = await startFilelock(cluster, { cwd, env: { QWARDEN_STATE_DIR: '' } });
  await makeFile(cluster.client, '/records', 'x');
  await run.running.until('Successfully locked file: /records/x\n');
  await run.running.stop();
  const list = await qwarden(['locks', 'list', '--json'], { cwd });
  expect(JSON.parse(list.stdout)).toMatchObject([
    { path: '/records/x', stateDir: expect.stringContaining(`${cwd}/.local/state/qwarden/filelock/127.0.0.1_`) },
  ]);
  const nothing = await qwarden(['locks', 'list', '--json'], { cwd: temporaryDirectory() });
  expect([nothing.code, JSON.parse(nothing.stdout), nothing.stderr]).toEqual([
    0,
    [],
    expect.stringContaining('No ledger yet'),
  ]);
  const missing = await qwarden(['locks', 'list', '--state-dir', 'nowhere'], { cwd });
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('nowhere')]);
});

test('verify asks the cluster, and exits 3 when they differ', async () => {
  const { cluster, cwd, env, running, ids } = await someLocks();
  const agree = await qwarden(['locks', 'verify'], { cwd, env });
  expect([agree.code, agree.stdout, agree.stderr]).toEqual([0, '', expect.stringMatching(/3 files compared: .*agree/)]);
  await running.stop();
  await cluster.client.files.patchFileLock(ids[0] ?? '', { legal_hold: false });
  const differ = await qwarden(['locks', 'verify', '--json'], { cwd, env });
  expect(differ.code).toBe(3);
  expect(JSON.parse(differ.stdout)).toMatchObject([
    { path: '/records/one', verdict: 'hold-missing', ok: false, ledgerLegalHold: true, clusterLegalHold: false },
  ]);
  const table = await qwarden(['locks', 'verify', '--all'], { cwd, env });
  expect([table.code, table.stderr]).toEqual([3, expect.stringContaining('1 DIFFER')]);
  for (const name of ['one', 'two', 'three']) expect(table.stdout).toContain(`/records/${name}`);
});

test('verify against another cluster leaves the ledger out and says so', async () => {
  const { cwd, env, running } = await someLocks();
  await running.stop();
  const other = await startCluster();
  const wrong = await qwarden(['locks', 'verify'], { cwd, env: { ...env, ...other.env } });
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/another cluster[^]*No ledger of/)]);
});
