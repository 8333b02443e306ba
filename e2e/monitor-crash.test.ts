import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Cluster, startCluster } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { type Running, start, temporaryDirectory } from './support/qwarden.ts';
import { seeded } from './support/seeded.ts';

const KILLS = Number(process.env.QWARDEN_CRASH_KILLS ?? 50);

/** A chain: what is dropped is moved to the records, and locked there because it came. */
const RULES = `
version: 1
defaults: { settle: 0s }
rules:
  - name: stamp
    on: [created, moved-in]
    where: { under: /in, not: { name: "done-*" } }
    do: [{ rename: { to: "done-{{name}}" } }]
  - name: file away
    on: [created]
    where: { under: /drop }
    do: [{ move: { to: /records } }]
  - name: lock
    on: [created, moved-in, renamed]
    where: { under: /records }
    settle: 1s
    do: [{ lock: { retention: 7d } }]
`;

const FILES_A_KILL = 24;

/** Files made one after the other while qwarden is killed and started again. */
async function writeSome({ client }: Cluster, ids: string[]): Promise<void> {
  for (let n = 0; n < FILES_A_KILL; n += 1) {
    const directory = ['/in', '/drop', '/records'][n % 3] ?? '/in';
    const { data } = await client.files.createFile(directory, `file ${ids.length}`);
    ids.push(data.id);
    await client.files.writeData(data.id, `content ${n}`);
  }
}

test(`kill -9 ${KILLS} times at random moments under load: nothing is lost, nothing is done twice`, {
  timeout: 300_000,
}, async () => {
  const random = seeded(20311231);
  const cluster = await startCluster();
  for (const name of ['in', 'drop']) await cluster.client.files.createDirectory('/', name);
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'rules.yml'), RULES);
  const args = ['monitor', '--rules', 'rules.yml', '--store', 'sqlite:state', '--log-format', 'json'];
  const begin = () => start(args, { cwd, env: cluster.env });
  let running: Running = begin();
  await running.untilJson((line) => line['kind'] === 'listening', 'the monitor to listen');
  const ids: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    // At some point of its life, counted in what it has done: before it listens, at its first jobs, or in full work.
    const lines = Math.floor(random.next() ** 2 * 80);
    const dying = running;
    const writing = writeSome(cluster, ids);
    await eventually(() => expect(dying.stdout.split('\n').length).toBeGreaterThanOrEqual(lines));
    dying.process.kill('SIGKILL');
    await dying.finished();
    running = begin();
    await writing;
  }
  const { client } = cluster;
  await eventually(async () => {
    const wrong: string[] = [];
    for (const id of ids) {
      const { data } = await client.files.getAttributes(id, { retrieveFileLock: true });
      const stamped = /^\/in\/done-file \d+$/.test(data.path);
      const filed = /^\/records\/file \d+$/.test(data.path) && data.lock?.retention_period != null;
      if (!stamped && !filed) wrong.push(data.path);
    }
    expect(wrong).toEqual([]);
  });
  const ended = await running.stop();
  expect(ended.code, ended.stdout.slice(-2000)).toBe(0);
});
