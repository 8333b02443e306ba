import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@qwarden/qumulo-client';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { examineStore } from '../../src/index.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';

let stateDir = '';
beforeEach(() => {
  const above = mkdtempSync(join(tmpdir(), 'qwarden-examine-'));
  onTestFinished(() => rmSync(above, { recursive: true, force: true }));
  stateDir = join(above, 'state');
});

async function look(clusterId?: string) {
  const found = await examineStore(stateDir, clusterId);
  const open = found.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning');
  expect(open.filter(({ remedy = '' }) => remedy === '')).toEqual([]);
  return Object.fromEntries(found.map(({ check, ...rest }) => [check, rest]));
}

async function makeState(clusterId = 'cluster-1'): Promise<void> {
  const store = await openSqliteQueue(stateDir, { clock: systemClock });
  await store.claimFor(clusterId);
  await store.close();
}

const file = () => join(stateDir, 'qwarden.sqlite');

it('one that is not there yet, and that is not made by looking', async () => {
  expect(await look()).toMatchObject({
    'state-directory': { verdict: 'ok', message: expect.stringContaining('can be made') },
    'disk-space': { verdict: expect.stringMatching(/ok|warning/) },
    'store-integrity': { verdict: 'skipped' },
  });
  expect(() => statSync(stateDir)).toThrow(/ENOENT/);
});

it('one that is well, also while a process works with it; the file stays as it is', async () => {
  await makeState();
  const before = readFileSync(file());
  expect(await look('cluster-1')).toMatchObject({
    'state-directory': { verdict: 'ok' },
    'store-integrity': { verdict: 'ok', message: expect.stringContaining('integrity_check') },
    'store-cluster': { verdict: 'ok' },
    jobs: { verdict: 'ok' },
  });
  expect(readFileSync(file()).equals(before)).toBe(true);
  const store = await openSqliteQueue(stateDir, { clock: systemClock });
  expect(await look('cluster-1')).toMatchObject({ 'store-integrity': { verdict: 'ok' } });
  await store.close();
});

it('one of another cluster, and one that others may look into', async () => {
  await makeState();
  chmodSync(stateDir, 0o755);
  expect(await look('cluster-2')).toMatchObject({
    'state-directory': { verdict: 'warning', remedy: `chmod 700 ${stateDir}` },
    'store-cluster': { verdict: 'failed', message: expect.stringContaining('cluster-1') },
  });
});

it('a file that is damaged in the middle, and one that is no store at all; both are left as they are', async () => {
  await makeState();
  const { size } = statSync(file());
  const fd = openSync(file(), 'r+');
  const noise = Buffer.alloc(4096, 0xa5);
  for (let at = 4096 * 2; at + noise.length <= size; at += noise.length) writeSync(fd, noise, 0, noise.length, at);
  closeSync(fd);
  const damaged = readFileSync(file());
  expect(await look()).toMatchObject({
    'store-integrity': { verdict: 'failed', message: expect.stringContaining('damaged') },
  });
  expect(readFileSync(file()).equals(damaged)).toBe(true);
  writeFileSync(file(), 'this is no database, and longer than its header would be if it were one'.repeat(3));
  expect(await look()).toMatchObject({
    'store-integrity': { verdict: 'failed', message: expect.stringContaining(file()) },
  });
});

it('a file where the directory should be', async () => {
  writeFileSync(stateDir, '');
  expect(await look()).toMatchObject({
    'state-directory': { verdict: 'failed', message: expect.stringContaining('not a directory') },
  });
});

it.runIf(process.getuid?.() === 0)(
  'one with files of another user: root is warned, before it leaves more of its own',
  async () => {
    await makeState();
    expect((await look())['state-directory']).toMatchObject({ verdict: 'ok' });
    chownSync(file(), 4711, 4711);
    expect((await look())['state-directory']).toMatchObject({
      verdict: 'warning',
      message: expect.stringMatching(/qwarden\.sqlite belongs to user 4711 .* user 0 asks/),
      remedy: expect.stringContaining(`chown -R 0 ${stateDir}`),
    });
    mkdirSync(join(stateDir, 'x'));
    chownSync(file(), 0, 0);
    chownSync(stateDir, 4711, 4711);
    expect((await look())['state-directory']).toMatchObject({
      verdict: 'warning',
      message: expect.stringContaining('4711'),
    });
  },
);
