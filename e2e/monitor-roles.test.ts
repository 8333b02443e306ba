import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RedisServer, redisMissing } from '../packages/engine/test/support/redis-server.ts';
import { startCluster } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { qwarden, start, temporaryDirectory } from './support/qwarden.ts';

/** Without a condition on the new name: only the guard keeps the watcher from taking the workers' renames for a person's. */
const RULES = `
version: 1
rules:
  - name: stamp
    on: [created, renamed]
    where: { under: /records, name: "*" }
    settle: 0s
    do: [{ rename: { to: "done-{{name}}" } }]
  - name: ransomware
    on: [created]
    where: { under: /bad, extension: locked }
    settle: 0s
    do: [{ all-stop: { confirm: true } }]
`;

test('a role needs a queue that is shared', async () => {
  const cluster = await startCluster();
  const refused = await qwarden(['monitor', '--role', 'worker'], { cwd: temporaryDirectory(), env: cluster.env });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/--role worker needs a queue/)]);
  const store = ['--store', 'redis://127.0.0.1:1', '--role', 'worker', '--dry-run'];
  const idle = await qwarden(['monitor', ...store], { cwd: temporaryDirectory(), env: cluster.env });
  expect([idle.code, idle.stderr]).toEqual([2, expect.stringMatching(/takes no jobs/)]);
});

test.skipIf(redisMissing())(
  'one watcher and two workers over Redis: each file once, and the guard knows the echoes; a second watcher is refused, and any machine can resume a stop',
  async () => {
    const cluster = await startCluster();
    await cluster.client.files.createDirectory('/', 'bad');
    const server = await RedisServer.open('--requirepass', 'secret', '--appendfsync', 'everysec');
    const store = server.url.replace('//', '//:secret@');
    onTestFinished(() => server.close());
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'rules.yml'), RULES);
    const run = (role: string, ...more: string[]) =>
      start(['monitor', '--store', store, '--role', role, '--log-format', 'json', ...more], {
        cwd,
        env: { ...cluster.env, XDG_STATE_HOME: join(cwd, role) },
      });
    const here = { cwd, env: { ...cluster.env, QWARDEN_STORE: store, XDG_STATE_HOME: join(cwd, 'watcher') } };
    const elsewhere = { cwd, env: { ...here.env, XDG_STATE_HOME: join(cwd, 'elsewhere') } };
    // A worker needs no rule file: its jobs bring their rules along.
    const workers = [run('worker'), run('worker')];
    const watcher = run('watcher', '--rules', 'rules.yml');
    for (const worker of workers) await worker.untilJson((line) => line['kind'] === 'working', 'a worker to work');
    await watcher.untilJson((line) => line['kind'] === 'listening', 'the watcher to listen');
    expect(watcher.stdout).toMatch(/"state":"careless".*the last second may be lost/);
    const second = await qwarden(['monitor', '--rules', 'rules.yml'], elsewhere);
    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringMatching(/Another watcher has the queue .*\/\d+, all below \/ of .*--role worker/),
    ]);
    const files = 60;
    for (let n = 0; n < files; n += 1) await cluster.client.files.createFile('/records', `file ${n}`);
    const done = () =>
      workers.map(({ stdout }) => stdout.split('\n').filter((line) => line.includes('"kind":"done"')).length);
    await eventually(() => expect(done().reduce((sum, count) => sum + count, 0)).toBe(files));
    const names: string[] = [];
    for await (const { name } of cluster.client.files.walk('/records')) names.push(name);
    expect(names.sort()).toEqual(Array.from({ length: files }, (_, n) => `done-file ${n}`).sort());
    expect(watcher.stdout).not.toContain('"kind":"done"');
    const status = await qwarden(['status'], here);
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining(': watching since')]);
    for (const name of ['a.locked', 'b.locked']) await cluster.client.files.createFile('/bad', name);
    await eventually(() => expect(done().reduce((sum, count) => sum + count, 0)).toBe(files + 1));
    const stopped = await qwarden(['all-stop', 'status', '--json'], elsewhere);
    expect(JSON.parse(stopped.stdout)).toContainEqual(
      expect.objectContaining({ state: 'stopped', name: 'Files', is: 'stopped' }),
    );
    const resumed = await qwarden(['all-stop', 'resume'], elsewhere);
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringMatching(/^The stop \S+ is over\.$/m)]);
    const listed = await qwarden(['jobs', 'list', '--json'], elsewhere);
    expect(JSON.parse(listed.stdout)).toEqual([]);
    for (const said of [second, status, stopped, resumed]) expect(said.stdout + said.stderr).not.toContain('secret');
    for (const { stdout, stderr } of [watcher, ...workers]) expect(stdout + stderr).not.toContain('secret');
    for (const process of [watcher, ...workers]) expect((await process.stop()).code).toBe(0);
  },
);
