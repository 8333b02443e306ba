import { expect, test } from 'vitest';
import { type Cluster, startCluster, startFilelock } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { qwarden } from './support/qwarden.ts';

const ROUNDS = 8;
const FILES_A_ROUND = 120;

/** Files made one after the other while qwarden is killed and started again; every third arrives by rename from outside. */
async function writeRound(cluster: Cluster, round: number, ids: string[]): Promise<void> {
  const { client } = cluster;
  const directory = `/records/round-${round}`;
  await client.files.createDirectory('/records', `round-${round}`);
  for (let n = 0; n < FILES_A_ROUND; n += 1) {
    const outside = n % 3 === 0;
    const made = await client.files.createFile(outside ? '/staging' : directory, `file ${round}-${n}`);
    if (outside) await client.files.rename(directory, `file ${n}`, `/staging/file ${round}-${n}`);
    ids.push(made.data.id);
  }
}

test.each([
  { interval: '0', what: 'at once' },
  { interval: '1', what: 'after settling' },
])(
  'kill -9 at any moment loses nothing and locks nothing twice ($what)',
  { timeout: 180_000 },
  async ({ interval }) => {
    const cluster = await startCluster();
    await cluster.client.files.createDirectory('/', 'staging');
    const old = await cluster.client.files.createFile('/records', 'there before');
    let { running, cwd, env } = await startFilelock(cluster, { env: { QWARDEN_INTERVAL: interval } });
    const ids: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Killed after a different number of retention locks each time, in the middle of the writing.
      const kill = cluster.emulator.stats.lockCalls().length + 7 + round * 11;
      const writing = writeRound(cluster, round, ids);
      await eventually(() => expect(cluster.emulator.stats.lockCalls().length).toBeGreaterThanOrEqual(kill));
      running.process.kill('SIGKILL');
      await running.finished();
      const restarted = startFilelock(cluster, { cwd, env: { QWARDEN_INTERVAL: interval } });
      await writing;
      ({ running, cwd, env } = await restarted);
    }
    await eventually(async () => {
      for (const id of ids) {
        const { data } = await cluster.client.files.getAttributes(id, { retrieveFileLock: true });
        expect(data.lock?.retention_period, data.path).toBeTruthy();
      }
    });
    const untouched = await cluster.client.files.getAttributes(old.data.id, { retrieveFileLock: true });
    expect(untouched.data.lock?.retention_period).toBeNull();
    const ended = await running.stop();
    expect(ended.code, ended.stderr).toBe(0);
    const listed = await qwarden(['locks', 'list', '--json'], { cwd, env });
    const rows: { fileId: string; state: string }[] = JSON.parse(listed.stdout);
    expect(new Set(rows.map((row) => row.fileId))).toEqual(new Set(ids));
    expect(rows.filter((row) => row.state === 'pending' || row.state === 'failed')).toEqual([]);
    const verified = await qwarden(['locks', 'verify'], { cwd, env });
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  },
);
