import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFile, startCluster } from './support/cluster.ts';
import { qwarden, temporaryDirectory } from './support/qwarden.ts';
import { eventually } from './support/eventually.ts';

function killAtEnd(pid: number): void {
  onTestFinished(() => {
    if (runs(pid)) process.kill(pid, 'SIGKILL');
  });
}

/** Neither gone nor a zombie that nobody has collected yet. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function place() {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  const env = { ...cluster.env, QWARDEN_STATE_DIR: 'state', QWARDEN_INTERVAL: '0', QWARDEN_RETENTION: '7d' };
  return { cluster, cwd, env };
}

const daemon = [
  'filelock',
  '--directory-path',
  '/records',
  '--run-as-daemon',
  '--pid-file',
  'run/q.pid',
  '--output',
  'q.log',
];

test('detaches once it listens, works, refuses a second one, and ends on SIGTERM', async () => {
  const { cluster, cwd, env } = await place();
  const started = await qwarden(daemon, { cwd, env });
  expect([started.code, started.stderr]).toEqual([0, '']);
  const pid = Number(readFileSync(join(cwd, 'run', 'q.pid'), 'utf8'));
  killAtEnd(pid);
  expect(started.stdout).toContain(`process ${pid}, messages in ${join(cwd, 'q.log')}`);
  const log = () => readFileSync(join(cwd, 'q.log'), 'utf8');
  // It listens already when the parent says so.
  expect(log()).toContain('Listening for change notifications on directory: /records');
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
  expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual([
    '/dev/null',
    join(cwd, 'q.log'),
    join(cwd, 'q.log'),
  ]);
  const [session] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(3) ?? [];
  expect(Number(session)).toBe(pid);

  await makeFile(cluster.client, '/records', 'x');
  await eventually(() => expect(log()).toContain('Successfully locked file: /records/x\n'));

  const second = await qwarden(daemon, { cwd, env });
  expect([second.code, second.stdout, second.stderr]).toEqual([
    1,
    '',
    expect.stringContaining(`Already running: process ${pid}`),
  ]);
  const otherPidFile = await qwarden([...daemon, '--pid-file', 'run/q.pid'], { cwd, env });
  expect(otherPidFile.code).toBe(1);
  const sameState = await qwarden(
    daemon.filter((word) => !/pid/.test(word)),
    { cwd, env },
  );
  expect([sameState.code, sameState.stderr]).toEqual([1, expect.stringContaining(String(pid))]);

  process.kill(pid, 'SIGTERM');
  await eventually(() => expect(runs(pid)).toBe(false));
  expect(log()).toContain('Summary after');
  expect(existsSync(join(cwd, 'run', 'q.pid'))).toBe(false);
});

test('a daemon that cannot start says why where it was started, and leaves nothing behind', async () => {
  const { cwd, env } = await place();
  const failed = await qwarden(
    daemon.map((word) => (word === '/records' ? '/nowhere' : word)),
    { cwd, env },
  );
  expect([failed.code, failed.stdout]).toEqual([1, '']);
  expect(failed.stderr).toMatch(/no directory \/nowhere on the cluster/);
  expect(existsSync(join(cwd, 'run', 'q.pid'))).toBe(false);
  const usage = await qwarden([...daemon, '--interval', '-1'], { cwd, env });
  expect(usage.code).toBe(2);
});

test('a pid file of a process that was killed is no obstacle', async () => {
  const { cwd, env } = await place();
  await qwarden(['version'], { cwd });
  writeFileSync(join(cwd, 'q.pid'), '4194303\n');
  const started = await qwarden(
    ['filelock', '--directory-path', '/records', '--run-as-daemon', '--pid-file', 'q.pid'],
    { cwd, env },
  );
  expect([started.code, started.stderr]).toEqual([0, '']);
  const pid = Number(readFileSync(join(cwd, 'q.pid'), 'utf8'));
  killAtEnd(pid);
  // Without --output the messages go beside the state.
  expect(started.stdout).toContain(join(cwd, 'state', 'filelock.log'));
  process.kill(pid, 'SIGTERM');
  await eventually(() => expect(runs(pid)).toBe(false));
});
