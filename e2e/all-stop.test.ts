import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Cluster, makeFile, startCluster } from './support/cluster.ts';
import { qwarden, start, startOnTerminal, temporaryDirectory } from './support/qwarden.ts';

const RULES = `
version: 1
rules:
  - name: ransomware
    on: [created]
    where: { under: /records, extension: locked }
    settle: 0s
    do: [{ all-stop: { confirm: true } }]
`;

/** A cluster that a rule has stopped; the monitor is dead by now. */
async function stoppedCluster() {
  const cluster = await startCluster();
  await cluster.client.s3Settings.modify({ enabled: true });
  await cluster.client.ftpSettings.modify({ enabled: true });
  await cluster.client.nfsExports.modify('1', {
    restrictions: [{ host_restrictions: ['10.0.0.0/8'], read_only: false, user_mapping: 'NFS_MAP_NONE' }],
  });
  const before = await configuration(cluster);
  expect(writers(cluster)).toEqual(['nfs', 'smb', 's3', 'ftp']);
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'rules.yml'), RULES);
  const env = { ...cluster.env, QWARDEN_STORE: 'sqlite:state' };
  const monitor = start(['monitor', '--rules', 'rules.yml', '--log-format', 'json'], { cwd, env });
  await monitor.untilJson(({ kind }) => kind === 'listening', 'the monitor to listen');
  await makeFile(cluster.client, '/records', 'a.locked');
  await monitor.untilJson(({ kind, action }) => kind === 'done' && action === 'all-stop', 'the stop');
  expect(writers(cluster)).toEqual([]);
  await monitor.stop('SIGKILL');
  return { cluster, before, place: { cwd, env } };
}

async function configuration({ client }: Cluster) {
  const answers = await Promise.all([
    client.tenants.list(),
    client.nfsExports.list(),
    client.smbShares.list(),
    client.s3Settings.get(),
    client.ftpSettings.get(),
  ]);
  return answers.map(({ data }) => data);
}

function writers({ emulator }: Cluster): string[] {
  const write = { action: 'write', path: '/records/b', data: 'x' } as const;
  return (['nfs', 'smb', 's3', 'ftp'] as const).filter((protocol) => emulator.asClient({ ...write, protocol }).done);
}

test('a rule stops the cluster; status tells it, resume brings back exactly what was', async () => {
  const { cluster, before, place } = await stoppedCluster();
  const status = await qwarden(['all-stop', 'status', '--json'], place);
  expect(status.code).toBe(0);
  expect(JSON.parse(status.stdout)).toContainEqual(
    expect.objectContaining({
      state: 'stopped',
      rule: 'ransomware',
      path: '/records/a.locked',
      is: 'stopped',
      name: 'Files',
    }),
  );
  expect((await qwarden(['all-stop', 'status'], place)).stdout).toMatch(
    /^STOP +STATE .*\n.*\n\S+ +stopped .* tenant Default$/m,
  );

  const dry = await qwarden(['all-stop', 'resume', '--dry-run'], place);
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('would-restore  SMB share Files')]);
  expect(writers(cluster)).toEqual([]);

  await cluster.client.nfsExports.modify('1', { restrictions: [] });
  const partly = await qwarden(['all-stop', 'resume'], place);
  expect([partly.code, partly.stdout, partly.stderr]).toEqual([
    3,
    expect.stringMatching(/changed +NFS export \/ +was changed by somebody else since the stop/),
    expect.stringContaining('STANDS'),
  ]);
  expect(writers(cluster)).toEqual(['smb', 's3', 'ftp']);
  const forced = await qwarden(['all-stop', 'resume', '--force', '--json'], place);
  expect([forced.code, JSON.parse(forced.stdout)]).toEqual([
    0,
    [expect.objectContaining({ name: '/', verdict: 'restored', state: 'over' })],
  ]);
  expect(await configuration(cluster)).toEqual(before);
  expect(writers(cluster)).toEqual(['nfs', 'smb', 's3', 'ftp']);
  const again = await qwarden(['all-stop', 'resume'], place);
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('Nothing is stopped')]);
  expect((await qwarden(['all-stop', 'status'], place)).stderr).toContain('No stop stands.');
});

test('on a terminal resume shows what it will do and asks; another cluster is left alone', async () => {
  const { cluster, before, place } = await stoppedCluster();
  const other = await startCluster();
  const elsewhere = await qwarden(['all-stop', 'resume'], { ...place, env: { ...place.env, ...other.env } });
  expect([elsewhere.code, elsewhere.stderr]).toEqual([
    0,
    expect.stringMatching(/Left out: the stop \S+-cluster-\S+ stands on .*\n.*Nothing is stopped/),
  ]);
  const no = startOnTerminal(['all-stop', 'resume'], place);
  await no.until('Go on?');
  no.type('n\r');
  expect((await no.finished()).code).toBe(1);
  expect(writers(cluster)).toEqual([]);
  const yes = startOnTerminal(['all-stop', 'resume'], place);
  await yes.until('Go on?');
  yes.type('y\r');
  expect((await yes.finished()).code).toBe(0);
  expect(await configuration(cluster)).toEqual(before);
});

test('a record that cannot be read: whether a stop stands cannot be told, with exit code 1', async () => {
  const { env } = await startCluster();
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'state/all-stop'), { recursive: true });
  writeFileSync(join(cwd, 'state/all-stop/damaged.json'), '{');
  const place = { cwd, env: { ...env, QWARDEN_STORE: 'sqlite:state' } };
  for (const command of [['status'], ['status', '--json'], ['resume'], ['resume', '--stop', 'x']]) {
    const { code, stderr } = await qwarden(['all-stop', ...command], place);
    expect([code, stderr], command.join(' ')).toEqual([1, expect.stringMatching(/cannot be told: .*damaged\.json/)]);
    expect(stderr).not.toMatch(/No stop|Nothing is stopped/);
    expect(stderr).toContain('Make it readable');
  }
});

test('mistakes of the command line', async () => {
  const place = { cwd: temporaryDirectory() };
  const nowhere = await qwarden(['all-stop', 'status', '--store', 'sqlite:nowhere'], place);
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('no state directory')]);
  const both = await qwarden(['all-stop', 'resume', '--force', '--keep-changed'], place);
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('contradict')]);
});
