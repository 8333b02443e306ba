import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { redisMissing, RedisServer } from '../packages/engine/test/support/redis-server.ts';
import { makeFile, startCluster } from './support/cluster.ts';
import { startMonitor } from './support/monitor.ts';
import { qwarden, start, temporaryDirectory } from './support/qwarden.ts';

const RULES = `
version: 1
rules:
  - name: lock records
    on: [created]
    where: { under: /records, not: { extension: part } }
    settle: 0s
    do: [{ lock: { retention: 7d, legal_hold: true } }, { log: {} }]
  - name: later
    on: [created]
    where: { under: /records, extension: part }
    settle: 1h
    do: [{ lock: { retention: 7d } }]
`;

interface Row {
  path: string;
  state: string;
  why: string;
}

test('locks list, verify and coverage, and why, know what rules have locked', async () => {
  const cluster = await startCluster();
  const { client } = cluster;
  const { running, cwd, env, look, json } = await startMonitor(cluster, RULES);
  const ids = [await makeFile(client, '/records', 'one'), await makeFile(client, '/records', 'two')];
  await makeFile(client, '/records', 'three.part');
  await running.until(/Matched "later"/);
  for (const name of ['one', 'two']) await running.until(new RegExp(`Done "lock records".*/records/${name}`));

  const table = await look('locks', 'list');
  expect(table.stdout).toMatch(/^pending\s+-\s+-\s+rule "later": 7d\s+\/records\/three\.part$/m);
  expect(table.stdout).toMatch(/^locked\s+\S+Z\s+yes\s+rule "lock records": 7d, legal hold\s+\/records\/one$/m);
  expect(await json<Row[]>('locks', 'list', '--held', '--path', '/records/o*')).toMatchObject([
    { path: '/records/one', state: 'locked', fileId: ids[0], how: 'created', stateDir: join(cwd, 'state') },
  ]);
  const csv = await look('locks', 'list', '--pending', '--csv');
  expect(csv.stdout).toMatch(/^path,fileId,state,[^]*\r\n\/records\/three\.part,\d+,pending,/);
  expect(await json<unknown[]>('locks', 'coverage')).toMatchObject([
    { path: '/', endedAt: null, gapClosedBy: 'baseline' },
  ]);
  expect((await look('why', '/records/two')).stdout).toMatch(
    /^\/records\/two \(file id \d+\)\n {2}retention lock: until \S+Z, on legal hold, set at \S+Z because of rule "lock records": 7d, legal hold\n/,
  );

  const agree = await qwarden(['locks', 'verify'], { cwd, env });
  expect([agree.code, agree.stdout, agree.stderr]).toEqual([0, '', expect.stringMatching(/3 files compared: .*agree/)]);
  await running.stop();
  await client.files.patchFileLock(ids[0] ?? '', { legal_hold: false });
  await client.files.createFile('/', 'old');
  const strict = RULES.replaceAll('/records', '/').replace('name: lock records', 'name: lock all');
  writeFileSync(join(cwd, 'strict.yml'), strict);
  const differ = await qwarden(['locks', 'verify', '--rules', 'strict.yml', '--json'], { cwd, env });
  expect(JSON.parse(differ.stdout)).toMatchObject([{ path: '/records/one', verdict: 'hold-missing', ok: false }]);
  // Younger than the rule's settle time allows to judge: neither wrong nor left out.
  expect([differ.code, differ.stderr]).toEqual([3, expect.stringMatching(/1 DIFFER/)]);
  writeFileSync(join(cwd, 'none.yml'), 'version: 1\nrules: [{ name: x, do: [{ log: {} }] }]\n');
  const nothing = await qwarden(['locks', 'verify', '--rules', 'none.yml'], { cwd, env });
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('no rule with a lock step')]);
});

test.skipIf(redisMissing())('with the queue in Redis the ledger is there, for any machine', async () => {
  const cluster = await startCluster();
  const server = await RedisServer.open();
  onTestFinished(() => server.close());
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'rules.yml'), RULES);
  const env = { ...cluster.env, QWARDEN_STORE: server.url };
  const running = start(['monitor', '--rules', 'rules.yml'], { cwd, env });
  await running.until(/Listening for change notifications/);
  await makeFile(cluster.client, '/records', 'one');
  await running.until(/Done "lock records".*\/records\/one/);
  await running.stop();
  const list = await qwarden(['locks', 'list', '--json'], { cwd, env });
  expect(JSON.parse(list.stdout)).toMatchObject([{ path: '/records/one', state: 'locked', stateDir: server.url }]);
  const agree = await qwarden(['locks', 'verify', '--all'], { cwd, env });
  expect([agree.code, agree.stdout]).toEqual([0, expect.stringMatching(/^same\s.*\/records\/one$/m)]);
  // A state directory without a ledger, as such a monitor may have, is no reason to fail.
  mkdirSync(join(cwd, '.local', 'state', 'qwarden', 'monitor', 'x'), { recursive: true });
  const without = await qwarden(['locks', 'list'], { cwd });
  expect([without.code, without.stderr]).toEqual([
    0,
    expect.stringMatching(/Left out: there is no ledger in .*--store[^]*No ledger yet below/),
  ]);
});
