import { expect, test } from 'vitest';
import { lockOf, makeFile, startCluster, startFilelock } from './support/cluster.ts';
import { qwarden } from './support/qwarden.ts';

const names = [
  'with space',
  ' leading and trailing ',
  '"double" \'single\' `back`',
  'line\nbreak\r\ttab',
  '\u001b[31mred\u0007\u009b',
  'emoji 😀👨‍👩‍👧‍👦',
  'x'.repeat(255),
  '漢'.repeat(85),
  '%2F %00 %',
  '..%2f..',
  'rtl \u202efdp.exe\u2066',
  'e\u0301 and é',
  '$(reboot); rm -rf *',
  '=1+1,"csv"',
  '-rf',
];

test('names of every kind are locked, and never forge a line or drive the terminal', async () => {
  const cluster = await startCluster();
  const { running, cwd, env } = await startFilelock(cluster, { args: ['--output', 'out.log'] });
  const ids = [];
  for (const name of names) ids.push(await makeFile(cluster.client, '/records', name));
  await makeFile(cluster.client, '/records', 'the last one');
  await running.until('Successfully locked file: /records/the last one\n');
  const { stdout } = await running.stop();
  for (const id of ids) expect((await lockOf(cluster.client, id))?.retention_period).toBeTruthy();
  // One line each, and no control or bidi character anywhere.
  expect(stdout.match(/^.* - INFO - Successfully locked file: .*$/gm)).toHaveLength(names.length + 1);
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);

  const json = await qwarden(['locks', 'list', '--json'], { cwd, env });
  const rows: { path: string }[] = JSON.parse(json.stdout);
  const expected = [...names, 'the last one'].map((name) => `/records/${name}`);
  expect(rows.map((row) => row.path).sort()).toEqual(expected.sort());
  const table = await qwarden(['locks', 'list'], { cwd, env });
  expect(table.stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  const csv = await qwarden(['locks', 'list', '--csv', '--path', '/records/=1+1,"csv"'], { cwd, env });
  expect(csv.stdout.split('\r\n')[1]).toMatch(/^"\/records\/=1\+1,""csv""",/);
});

test('a lone surrogate in a name (or what the cluster makes of it) does no harm', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster);
  const made = await makeFile(cluster.client, '/records', 'half \ud83d pair').catch(() => undefined);
  await makeFile(cluster.client, '/records', 'after');
  await running.until('Successfully locked file: /records/after\n');
  const { stdout, code } = await running.stop();
  expect(code).toBe(0);
  expect(stdout.isWellFormed()).toBe(true);
  const lock = made === undefined ? 'refused by the cluster' : (await lockOf(cluster.client, made))?.retention_period;
  expect(lock).toBeTruthy();
});

test('a path of 4,000 characters', async () => {
  const cluster = await startCluster();
  const { running, cwd, env } = await startFilelock(cluster);
  let directory = '/records';
  while (directory.length < 3_780) {
    const name = 'd'.repeat(200);
    await cluster.client.files.createDirectory(directory, name);
    directory += `/${name}`;
  }
  const name = 'f'.repeat(4_000 - directory.length - 1);
  const id = await makeFile(cluster.client, directory, name);
  const path = `${directory}/${name}`;
  expect(path).toHaveLength(4_000);
  await running.until(`Successfully locked file: ${path}\n`);
  expect((await lockOf(cluster.client, id))?.retention_period).toBeTruthy();
  await running.stop();
  const found = await qwarden(['locks', 'list', '--json', '--path', path], { cwd, env });
  expect(JSON.parse(found.stdout)).toMatchObject([{ path }]);
});
