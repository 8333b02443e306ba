import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCluster } from './support/cluster.ts';
import { qwarden, start, startOnTerminal, temporaryDirectory } from './support/qwarden.ts';

const RULES = `
version: 1
rules:
  - name: no programs
    on: [created, moved-in]
    where: { under: /records, extension: exe }
    settle: 0s
    do:
      - quarantine: { to: /quarantine }
      - log: { text: "{{matched_path}} is at {{path}}" }
`;

/** Three files that a rule has taken; the monitor is gone. */
async function threeTaken() {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'rules.yml'), RULES);
  const env = { ...cluster.env, QWARDEN_STORE: 'sqlite:state' };
  const monitor = start(['monitor', '--rules', 'rules.yml', '--log-format', 'json'], { cwd, env });
  await monitor.untilJson(({ kind }) => kind === 'listening', 'the monitor to listen');
  for (const name of ['a.exe', 'b.exe', 'c.exe']) {
    const { data } = await cluster.client.files.createFile('/records', name);
    const told = await monitor.untilJson(({ action, fileId }) => action === 'log' && fileId === data.id, name);
    expect(told['note']).toMatch(new RegExp(`^/records/${name} is at /quarantine/.*/${name}$`));
  }
  await monitor.stop();
  const place = { cwd, env };
  const list = async (): Promise<{ entry: string; path: string; rule: string; problem: string | null }[]> => {
    const { stdout, code } = await qwarden(['quarantine', 'list', '--json'], place);
    expect(code).toBe(0);
    return JSON.parse(stdout);
  };
  const names = async () => {
    const found: string[] = [];
    for await (const { name } of cluster.client.files.entries('/records')) found.push(name);
    return found.sort();
  };
  return { cluster, place, list, names };
}

test('list, restore by entry and by path, purge', async () => {
  const { place, list, names } = await threeTaken();
  const taken = await list();
  expect(taken).toMatchObject(
    ['a', 'b', 'c'].map((name) => ({ path: `/records/${name}.exe`, rule: 'no programs', problem: null })),
  );
  const [a, b, c] = taken.map(({ entry }) => entry);
  const table = await qwarden(['quarantine', 'list'], place);
  expect(table.stdout).toMatch(/^ENTRY +SINCE +SIZE +RULE +PROBLEM +CAME FROM\n/);

  const dry = await qwarden(['quarantine', 'restore', '--all', '--dry-run'], place);
  expect([dry.code, dry.stdout.match(/would-restore/g)]).toEqual([0, expect.objectContaining({ length: 3 })]);
  expect(await names()).toEqual([]);
  const restored = await qwarden(['quarantine', 'restore', a ?? '', '/records/b.exe'], place);
  expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining(`${b}  to /records/b.exe`)]);
  expect(await names()).toEqual(['a.exe', 'b.exe']);

  const unknown = await qwarden(['quarantine', 'restore', '/records/b.exe'], place);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Not in quarantine')]);
  const young = await qwarden(['quarantine', 'purge', '--all', '--older-than', '1d', '--yes'], place);
  expect([young.code, young.stdout]).toEqual([0, '']);
  const unasked = await qwarden(['quarantine', 'purge', '--all'], place);
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  expect(await list()).toHaveLength(1);

  const purge = startOnTerminal(['quarantine', 'purge', c ?? ''], place);
  await purge.until('Delete these 1 for good');
  purge.type('y\r');
  expect((await purge.finished()).code).toBe(0);
  expect(await list()).toEqual([]);
  expect(await names()).toEqual(['a.exe', 'b.exe']);
});

test('what is in the way is told, and the rest is restored', async () => {
  const { cluster, place, list, names } = await threeTaken();
  await cluster.client.files.createFile('/records', 'b.exe');
  const partly = await qwarden(['quarantine', 'restore', '--all', '--json'], place);
  expect(partly.code).toBe(3);
  expect(JSON.parse(partly.stdout)).toMatchObject([
    { path: '/records/a.exe', verdict: 'restored' },
    { path: '/records/b.exe', verdict: 'failed', message: expect.stringContaining('is there already') },
    { path: '/records/c.exe', verdict: 'restored' },
  ]);
  const elsewhere = await qwarden(['quarantine', 'restore', '/records/b.exe', '--to', '/records/checked/'], place);
  expect([elsewhere.code, elsewhere.stdout]).toEqual([0, expect.stringContaining('to /records/checked/b.exe')]);
  expect(await names()).toEqual(['a.exe', 'b.exe', 'c.exe', 'checked']);
  expect(await list()).toEqual([]);
  const nowhere = await qwarden(['quarantine', 'list', '--quarantine', '/none'], place);
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('There is no quarantine at /none')]);
});
