import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFile, startCluster } from './support/cluster.ts';
import { startMonitor } from './support/monitor.ts';
import { qwarden, temporaryDirectory } from './support/qwarden.ts';

const RULES = `version: 1
rules:
  - name: lock records
    on: [created]
    where: { under: /records, size: ">= 1KiB" }
    settle: 0s
    do: [{ lock: { retention: 7d } }]
  - name: note
    on: [created, renamed]
    where: { under: /in, extension: txt }
    settle: 0s
    do: [{ log: {} }]
`;

function place(files: Record<string, string>) {
  const cwd = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return (...args: string[]) => qwarden(args, { cwd });
}

test('check says what is wrong, where, and what was probably meant', async () => {
  const run = place({
    'good.yml': RULES,
    'bad.yml': RULES.replace('settle', 'setle').replace('extension', 'extention'),
  });
  const good = await run('rules', 'check', 'good.yml');
  expect([good.code, good.stdout]).toEqual([
    0,
    expect.stringMatching(/^good\.yml: 2 rules, can be used; rule set [0-9a-f]{12}\n$/),
  ]);
  const bad = await run('rules', 'check', 'bad.yml');
  expect([bad.code, bad.stdout]).toEqual([2, '']);
  expect(bad.stderr).toMatch(/^bad\.yml:6:5: rules\[0\]\.setle: .*settle/m);
  expect(bad.stderr).toMatch(/^bad\.yml:10:\d+: rules\[1\]\.where\.extention: .*extension/m);
  expect((await run('rules', 'check', 'gone.yml')).code).toBe(2);
});

test('a change is tested: which rules match, and for the others which condition failed, with values', async () => {
  const run = place({ 'r.yml': RULES, 'e.jsonl': '{"type":"child_file_added","path":"/in/a.txt"}\n{"typ":"x"}\n' });
  const one = await run('rules', 'test', 'r.yml', '--path', '/in/a.doc', '--type', 'created');
  expect(one.code).toBe(0);
  expect(one.stdout).toMatch(/lock records: no match: below \/records; the path is \/in\/a\.doc\n/);
  expect(one.stdout).toMatch(/note: no match: .*doc/);
  const renamed = await run(
    'rules',
    'test',
    'r.yml',
    '--path',
    '/in/a.txt',
    '--type',
    'renamed',
    '--moved-from',
    '/in/b',
    '--json',
  );
  expect(JSON.parse(renamed.stdout)).toMatchObject([
    { rules: [{ outcome: 'no match' }, { rule: 'note', outcome: 'match' }] },
  ]);
  const open = await run('rules', 'test', 'r.yml', '--path', '/records/a', '--type', 'created');
  expect(open.stdout).toMatch(/lock records: undecided[^]*give --host/);
  const misspelt = await run('rules', 'test', 'r.yml', '--path', '/a', '--type', 'craeted');
  expect([misspelt.code, misspelt.stderr]).toEqual([2, expect.stringContaining('Did you mean "created"?')]);
  const event = await run('rules', 'test', 'r.yml', '--event', 'e.jsonl');
  expect([event.code, event.stderr]).toEqual([2, expect.stringMatching(/e\.jsonl:2: a change has no "typ"[^]*"type"/)]);
  expect((await run('rules', 'test', 'r.yml')).code).toBe(2);
});

test('explain, schema and migrate print what they should', async () => {
  const seed = 'PATHS:\n  - /in\nEXTENSIONS: [txt]\nEVENTS: [child_file_added]\n';
  const run = place({ 'r.yml': RULES, 'watched_items.yml': seed });
  const explained = await run('rules', 'explain', 'r.yml', 'note');
  expect(explained.stdout).toMatch(/^note\n {2}when: {2}created or renamed\n/);
  const misspelt = await run('rules', 'explain', 'r.yml', 'nite');
  expect([misspelt.code, misspelt.stderr]).toEqual([2, expect.stringContaining('Did you mean "note"?')]);
  expect(JSON.parse((await run('rules', 'schema')).stdout)).toMatchObject({ title: 'Rules of qwarden monitor' });
  const migrated = await run('rules', 'migrate', 'watched_items.yml');
  expect(migrated.stdout).toContain('name: watched items');
  expect((await run('rules', 'migrate', 'r.yml')).code).toBe(2);
});

test('a cluster decides what the change leaves open; backtest says what new rules would do more, and less', async () => {
  const cluster = await startCluster();
  await cluster.client.files.createDirectory('/', 'in');
  const { running, look, json, cwd, env } = await startMonitor(cluster, RULES);
  for (const name of ['a.txt', 'b.doc']) await makeFile(cluster.client, '/in', name);
  await running.until(/Done "note"/);
  writeFileSync(join(cwd, 'size.yml'), RULES.replace('/records', '/in'));
  const asked = await qwarden(['rules', 'test', 'size.yml', '--path', '/in/a.txt', '--type', 'created'], { cwd, env });
  expect(asked.stdout).toMatch(/lock records: no match: .*1KiB.*; /);
  writeFileSync(join(cwd, 'new.yml'), RULES.replace('extension: txt', 'extension: doc'));
  const result = await json('rules', 'backtest', 'new.yml', '--since', '1h');
  const row = { rule: 'note', does: expect.stringMatching(/^log/), matches: 1, files: 1 };
  expect(result).toMatchObject([
    {
      same: 0,
      more: [{ ...row, examples: ['/in/b.doc'] }],
      less: [{ ...row, examples: ['/in/a.txt'] }],
      undecided: [],
    },
  ]);
  const same = await look('rules', 'backtest', 'new.yml', '--rules', 'new.yml');
  const reload = await look('rules', 'reload');
  expect([reload.code, reload.stdout]).toEqual([0, expect.stringMatching(/^Rules [0-9a-f]{12} in force: 2 rules/)]);
  writeFileSync(join(cwd, 'rules.yml'), 'rules: [');
  const broken = await look('rules', 'reload');
  expect([broken.code, broken.stderr]).toEqual([1, expect.stringMatching(/is broken\. The rules in force stay/)]);
  expect(same.stdout).toMatch(/the same: 1\n {2}more: nothing\n {2}less: nothing\n/);
  await running.stop();
  expect((await look('rules', 'reload')).code).toBe(1);
});
