import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Cluster, makeFile, startCluster } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { type MonitorRun, startMonitor } from './support/monitor.ts';
import { qwarden, start, startOnTerminal, temporaryDirectory } from './support/qwarden.ts';

const rulesIn = (cwd: string) => `
version: 1
rules:
  - name: quarantine programs
    on: [created, moved-in, renamed]
    where: { under: /in, extension: exe }
    settle: 0s
    do: [{ move: { to: /quarantine } }]
  - name: scan
    on: [created]
    where: { under: /in, extension: txt }
    settle: 0s
    do: [{ run: { command: [test, -e, ${JSON.stringify(join(cwd, 'scanner'))}] } }]
  - name: lock records
    on: [created]
    where: { under: /records }
    settle: 0s
    do: [{ lock: { retention: 7d } }]
  - name: later
    on: [created]
    where: { under: /later }
    settle: 1h
    do: [{ log: {} }]
`;

async function someMonitor(): Promise<{ cluster: Cluster } & MonitorRun> {
  const cluster = await startCluster();
  for (const name of ['in', 'quarantine', 'later']) await cluster.client.files.createDirectory('/', name);
  const cwd = temporaryDirectory();
  return { cluster, ...(await startMonitor(cluster, rulesIn(cwd), cwd)) };
}

interface Status {
  running: boolean;
  monitor: { stream: string; jobs: Record<string, number>; counters: Record<string, number> };
  jobs: Record<string, number>;
  lastErrors: { text: string }[];
}

interface Told {
  paths: string[];
  fileIds: string[];
  changes: {
    type: string;
    path: string;
    ownEffectOf: string | null;
    matches: { rule: string; attempts: { action: string; outcome: string }[]; job: { dueAt: string } | null }[];
  }[];
}

test('status, why and events tell of a running monitor, and of its store when it has ended', async () => {
  const { cluster, running, look, json, cwd } = await someMonitor();
  const { client } = cluster;
  const program = await makeFile(client, '/in', 'setup.exe');
  const record = await makeFile(client, '/records', 'ledger.pdf');
  await makeFile(client, '/later', 'plan');
  await running.until(/Done "quarantine programs"/);
  await running.until(/Done "lock records"/);
  await running.until(/Matched "later"/);
  expect(statSync(join(cwd, 'state', 'control.sock')).mode & 0o777).toBe(0o600);
  await eventually(async () => {
    const [status] = await json<Status[]>('status');
    expect(status).toMatchObject({
      running: true,
      monitor: { stream: 'watching', jobs: { waiting: 1, dead: 0 }, counters: { done: 2, ownEffects: 2 } },
    });
  });
  expect((await look('status')).stdout).toMatch(
    /^\/ of 127\.0\.0\.1:\d+: watching since .*[^]*1 waiting[^]*rules\.yml/,
  );

  const byOldName = await json<Told[]>('why', '/in/setup.exe');
  expect(byOldName).toMatchObject([
    {
      paths: ['/quarantine/setup.exe', '/in/setup.exe'],
      fileIds: [program],
      changes: [
        {
          type: 'child_file_added',
          matches: [{ rule: 'quarantine programs', attempts: [{ action: 'move', outcome: 'done' }] }],
        },
        {
          type: 'child_file_renamed',
          path: '/quarantine/setup.exe',
          ownEffectOf: 'quarantine programs',
          matches: [],
        },
      ],
    },
  ]);
  expect(await json<Told[]>('why', '/quarantine/setup.exe')).toEqual(byOldName);
  expect(await json<Told[]>('why', program)).toEqual(byOldName);
  const locked = await look('why', '/records/ledger.pdf');
  expect(locked.stdout).toContain(`/records/ledger.pdf (file id ${record})\n`);
  expect(locked.stdout).toMatch(/matched "lock records" because below \/records: the path is \/records\/ledger\.pdf\n/);
  expect(locked.stdout).toMatch(/step 1, lock: done: locked until/);
  expect((await look('why', '/later/plan')).stdout).toMatch(/still to be done: step 1, due \d{4}-/);
  expect((await look('why', '/in')).stdout).toContain('child_file_added  /in/setup.exe');
  const events = await json<{ type: string; path: string }[]>('events', 'list', '--path', '/in', '--type', 'renamed');
  expect(events).toMatchObject([
    { type: 'child_file_renamed', path: '/quarantine/setup.exe', movedFrom: '/in/setup.exe', fileId: program },
  ]);
  const ofRule = await look('why', '--rule', 'quarantine programs');
  expect(ofRule.stdout).toContain('child_file_added  /in/setup.exe\n  matched "quarantine programs"');
  expect((await look('why', '--rule', 'nobody')).stderr).toContain('Nothing is known of rule "nobody": no match');
  expect((await look('why')).code).toBe(2);
  const unknown = await look('why', '/nowhere/x');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Nothing is known of /nowhere/x')]);

  await running.stop();
  expect(existsSync(join(cwd, 'state', 'control.sock'))).toBe(false);
  const ended = await look('status', '--json');
  const [status]: Status[] = JSON.parse(ended.stdout);
  expect([ended.code, status]).toMatchObject([3, { running: false, jobs: { waiting: 1 } }]);
  expect((await look('status')).stdout).toContain('No monitor runs with');
  expect(await json<Told[]>('why', '/in/setup.exe')).toMatchObject([{ fileIds: [program] }]);
  expect((await look('why', '/later/plan')).stdout).toMatch(/still to be done: step 1, due \d{4}-/);
});

test('a change that matches nothing is told of too, under every name', async () => {
  const { cluster, running, json, look } = await someMonitor();
  await makeFile(cluster.client, '/in', 'a.doc');
  await cluster.client.files.rename('/in', 'b.doc', '/in/a.doc');
  await eventually(async () => {
    expect(await json<Told[]>('why', '/in/a.doc')).toMatchObject([
      { paths: ['/in/b.doc', '/in/a.doc'], changes: [{ matches: [] }, { type: 'child_file_renamed', matches: [] }] },
    ]);
  });
  expect((await look('why', '/in/b.doc')).stdout).toMatch(/no rule matched\n[^]*No rule matched any of it/);
  await running.stop();
});

test('a dead job is listed, retried when the cause is gone, and discarded: with a running monitor and without', async () => {
  const { cluster, running, cwd, env, look, json } = await someMonitor();
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) await makeFile(cluster.client, '/in', name);
  const dead = async () => (await json<{ path: string }[]>('dead', 'list')).map(({ path }) => path).sort();
  await running.until(/(?:Failed "scan"[^]*){4}/);
  expect(await dead()).toHaveLength(4);
  const [status] = await json<Status[]>('status');
  expect(status?.lastErrors[0]?.text).toMatch(/Failed "scan", run: \/in\/.\.txt/);
  const table = await look('dead', 'list', '--path', '/in/a*');
  const handle = /^([0-9a-f]{10})  dead /m.exec(table.stdout)?.[1] ?? '';
  const shown = await look('jobs', 'show', handle.slice(0, 6));
  expect(shown.stdout).toMatch(/^Job [0-9a-f]{10}: scan\n[^]*\/in\/a\.txt[^]*step 1, run: failed/);

  writeFileSync(join(cwd, 'scanner'), '');
  const retried = await look('dead', 'retry', handle);
  expect([retried.code, retried.stdout]).toEqual([0, `Due now: ${handle} "scan": /in/a.txt\n`]);
  await running.until(/Done "scan", run: \/in\/a\.txt/);
  const discarded = await look('dead', 'discard', '/in/b.txt');
  expect([discarded.code, discarded.stdout]).toEqual([0, expect.stringMatching(/^Discarded: .*\/in\/b\.txt\n$/)]);
  expect(await dead()).toEqual(['/in/c.txt', '/in/d.txt']);
  expect((await look('why', '/in/b.txt')).stdout).toContain('cancelled: discarded by a person');

  expect((await running.stop()).code).toBe(3);
  expect((await look('dead', 'retry', '--path', '/in/c.txt')).code).toBe(0);
  const asking = startOnTerminal(['dead', 'discard', '--all'], { cwd, env: { QWARDEN_STORE: 'sqlite:state' } });
  await asking.until(/\/in\/d\.txt[^]*Give up this job for good\?/);
  asking.type('n\r');
  expect((await asking.finished()).code).toBe(1);
  expect((await look('dead', 'discard', '--all')).stdout).toContain('/in/d.txt');
  expect(await dead()).toEqual([]);
  const again = start(['monitor'], { cwd, env });
  await again.until(/Done "scan", run: \/in\/c\.txt/);
  expect((await again.stop()).code).toBe(0);
});

test('jobs are cancelled; what names none, or nothing, changes nothing', async () => {
  const { cluster, running, look, json } = await someMonitor();
  await makeFile(cluster.client, '/later', 'plan');
  await running.until(/Matched "later"/);
  expect(await json('jobs', 'list', '--state', 'waiting')).toMatchObject([{ rule: 'later', path: '/later/plan' }]);
  const none = await look('jobs', 'cancel');
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('Which jobs?')]);
  const unknown = await look('jobs', 'cancel', 'ffff');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('no job called ffff')]);
  const odd = await look('jobs', 'cancel', 'plan');
  expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('"plan" names no job')]);
  expect((await look('jobs', 'cancel', '--rule', 'later')).stdout).toMatch(/^Cancelled: .*\/later\/plan\n$/);
  expect(await json('jobs', 'list')).toEqual([]);
  // What has the very name that was given is meant, and not what it matches as a glob.
  await makeFile(cluster.client, '/later', 'a[1]');
  await makeFile(cluster.client, '/later', 'a1');
  await expect.poll(() => json('jobs', 'list'), { timeout: 60_000 }).toHaveLength(2);
  expect((await look('jobs', 'cancel', '--path', '/later/a[1]')).stdout).toMatch(/^Cancelled: .*\/later\/a\[1\]\n$/);
  expect(await json('jobs', 'list')).toMatchObject([{ path: '/later/a1' }]);
  await running.stop();
});

test('events tail follows, and status --watch says what changes', async () => {
  const { cluster, running, cwd } = await someMonitor();
  const env = { QWARDEN_STORE: 'sqlite:state' };
  const tail = start(['events', 'tail', '--path', '/in', '--json', '--since', '1h'], { cwd, env });
  const watched = start(['status', '--watch'], { cwd, env });
  await watched.until(/^\/: watching; events 0, matches 0/m);
  // A terminal that does not say how large it is.
  const sizeless = startOnTerminal(['status', '--watch'], { cwd, env });
  await sizeless.until(/matches 0/);
  await makeFile(cluster.client, '/later', 'x');
  await makeFile(cluster.client, '/in', 'a.doc');
  const line = await tail.untilJson(() => true, 'the event');
  expect(line).toMatchObject({ type: 'child_file_added', path: '/in/a.doc' });
  await watched.until(/matches 1/);
  await sizeless.until(/matches 1/);
  sizeless.type('\x03');
  expect((await sizeless.finished()).code).toBe(0);
  expect([(await tail.stop('SIGINT')).code, (await watched.stop('SIGINT')).code]).toEqual([0, 0]);
  await running.stop();
});

test('what is no store, or one of a newer version, is said', async () => {
  const cwd = temporaryDirectory();
  const run = async (...args: string[]) => {
    const { code, stderr } = await qwarden(args, { cwd });
    return [code, stderr];
  };
  expect(await run('status')).toEqual([3, expect.stringContaining('No monitor has run yet')]);
  expect(await run('status', '--store', 'sqlite:gone')).toEqual([1, expect.stringContaining('There is no state in')]);
  expect(await run('status', '--store', 'redis')).toEqual([2, expect.stringContaining('must be sqlite:DIR')]);
  const make = (name: string) => {
    mkdirSync(join(cwd, name));
    return join(cwd, name, 'qwarden.sqlite');
  };
  writeFileSync(make('text'), 'this is no database, but a text that somebody put there'.repeat(40));
  expect(await run('jobs', 'list', '--store', 'sqlite:text')).toEqual([1, expect.stringContaining('is damaged')]);
  const newer = new DatabaseSync(make('newer'));
  newer.exec('PRAGMA user_version = 4000');
  newer.close();
  expect(await run('events', 'list', '--store', 'sqlite:newer')).toEqual([1, expect.stringContaining('newer qwarden')]);
  const other = new DatabaseSync(make('other'));
  other.exec('CREATE TABLE shopping (item TEXT)');
  other.close();
  expect(await run('dead', 'list', '--store', 'sqlite:other')).toEqual([
    1,
    expect.stringContaining('not the store of a monitor'),
  ]);
});
