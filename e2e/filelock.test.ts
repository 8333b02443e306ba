import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockOf, makeFile, startCluster, startFilelock } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { qwarden, start, startOnTerminal, temporaryDirectory } from './support/qwarden.ts';

const inDays = (days: number) => Date.now() + days * 86_400_000;

test('the main job: banner, listening, retention locks, summary, ledger, and the cluster agrees', async () => {
  const cluster = await startCluster();
  const { running, cwd, env } = await startFilelock(cluster, { args: ['--output', 'out.log'] });
  expect(running.stdout).toMatch(/^#{65}\n# {22}QFS File Lock Script {21}#\n/);
  for (const label of [
    'Directory:        /records',
    'Polling Interval: 0 secs',
    'API Host:',
    'Username:         admin',
  ]) {
    expect(running.stdout).toContain(`# ${label}`);
  }
  expect(running.stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - INFO - Listening for change notifications on directory: \/records \[file_num \d+\]$/m,
  );
  const before = inDays(7);
  const id = await makeFile(cluster.client, '/records', 'a b.txt');
  await running.until(/^[-\d]+ [:,\d]+ - INFO - Successfully locked file: \/records\/a b\.txt$/m);
  const lock = await lockOf(cluster.client, id);
  const until = Date.parse(lock?.retention_period ?? '');
  expect(until).toBeGreaterThanOrEqual(before);
  expect(until).toBeLessThan(before + 60_000);

  const listed = await qwarden(['locks', 'list', '--json'], { cwd, env });
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { path: '/records/a b.txt', state: 'locked', retentionPeriod: lock?.retention_period },
  ]);
  const ended = await running.stop('SIGTERM');
  expect(ended.stdout).toMatch(/Summary after \d+ s: 1 files seen, 1 locked, .* 0 failed, 0 pending/);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  expect(readFileSync(join(cwd, 'out.log'), 'utf8')).toBe(ended.stdout);
  const verified = await qwarden(['locks', 'verify'], { cwd, env });
  expect([verified.code, verified.stderr]).toEqual([0, expect.stringContaining('agree')]);
});

test('an old command line with an old configuration file runs by changing the name of the program', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  const { host, port, username, password, fingerprint256 } = cluster.emulator;
  writeFileSync(
    join(cwd, 'my.ini'),
    `[DEFAULT]\nAPI_HOST = ${host}\nAPI_PORT = ${port}\nUSERNAME: ${username}\nPASSWORD = ${password.replaceAll('%', '%%')}\nTLS_FINGERPRINT = ${fingerprint256}\n`,
  );
  const id = (await cluster.client.files.getAttributes('/records')).data.id;
  const args = [
    'filelock',
    '--file-num',
    id,
    '--config',
    'my.ini',
    '--rec',
    '--interval',
    '0',
    '--output',
    'my.log',
    '--legal-hold',
    '--debug',
  ];
  const ambiguous = await qwarden(args, { cwd });
  expect(ambiguous.stderr).toMatch(/--config could be --config-file or --configure/);
  const running = start(
    args.map((word) => (word === '--config' ? '--config-file' : word === '--rec' ? '--recu' : word)),
    { cwd },
  );
  await running.until('Listening for change notifications');
  const file = await makeFile(cluster.client, '/records', 'x');
  await running.until('Successfully locked file: /records/x\n');
  expect(await lockOf(cluster.client, file)).toEqual({ legal_hold: true, retention_period: null });
  await running.stop();
});

test('--log-format json: one JSON object a line, nothing else on stdout', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster, { args: ['--log-format', 'json'] });
  const id = await makeFile(cluster.client, '/records', 'x');
  const line = await running.untilJson((one) => one.kind === 'locked', 'a locked line');
  expect(line).toMatchObject({
    level: 'info',
    fileId: id,
    path: '/records/x',
    legalHold: false,
    how: expect.any(String),
  });
  const { stdout } = await running.stop();
  const kinds = stdout
    .trimEnd()
    .split('\n')
    .map((text) => String(JSON.parse(text).kind));
  expect(kinds).toContain('listening');
  expect(kinds).toContain('started');
  expect(kinds.slice(-2)).toEqual(['summary', 'latency']);
});

test('--dry-run says what it would lock and until when, and touches neither cluster nor state', async () => {
  const cluster = await startCluster();
  const { running, cwd } = await startFilelock(cluster, { args: ['--dry-run'] });
  const id = await makeFile(cluster.client, '/records', 'x');
  await running.until(/Would lock file: \/records\/x \(until \d{4}-\d\d-\d\dT[\d:]+Z\)/);
  await running.stop();
  expect(await lockOf(cluster.client, id)).toEqual({ legal_hold: false, retention_period: null });
  expect(existsSync(join(cwd, 'state'))).toBe(false);
});

test('--include, --exclude and the built-in excludes decide', async () => {
  const cluster = await startCluster();
  const { running } = await startFilelock(cluster, {
    args: ['--include', '*.pdf', '--include', '*.tmp', '--exclude', 'draft*'],
  });
  for (const name of ['a.txt', 'b.tmp', 'draft.pdf', '~$c.pdf', 'last.pdf'])
    await makeFile(cluster.client, '/records', name);
  await running.until('Successfully locked file: /records/last.pdf\n');
  const { stdout } = await running.stop();
  expect(stdout.match(/Successfully locked file/g)).toHaveLength(1);
});

test('when the reader of stdout goes away, the work goes on', async () => {
  const cluster = await startCluster();
  const { running, cwd } = await startFilelock(cluster, { args: ['--output', 'out.log'] });
  running.process.stdout?.destroy();
  const ids = [];
  for (let number = 0; number < 20; number++) ids.push(await makeFile(cluster.client, '/records', `f${number}`));
  const { code, stderr } = await running.stop();
  expect([code, stderr]).toEqual([0, '']);
  const log = readFileSync(join(cwd, 'out.log'), 'utf8');
  expect(log).toContain('Summary after');
  const locks = await Promise.all(ids.map((id) => lockOf(cluster.client, id)));
  // What was not locked yet when it was told to stop is pending, never lost.
  const locked = locks.filter((lock) => lock?.retention_period).length;
  const pending = Number(/(\d+) pending/.exec(log)?.[1]);
  expect(locked + pending).toBe(20);
});

test('SIGHUP opens the file of --output anew; --output-max-size rotates it', async () => {
  const cluster = await startCluster();
  const { running, cwd } = await startFilelock(cluster, { args: ['--output', 'out.log'] });
  const log = join(cwd, 'out.log');
  renameSync(log, join(cwd, 'moved.log'));
  running.process.kill('SIGHUP');
  // The signal is handled before whatever arrives after it.
  await makeFile(cluster.client, '/records', 'after');
  await running.until('Successfully locked file: /records/after\n');
  expect(readFileSync(log, 'utf8')).toContain('/records/after');
  await running.stop();

  const small = await startFilelock(cluster, {
    cwd,
    args: ['--output', 'small.log', '--output-max-size', '1k', '--output-keep', '2'],
  });
  for (let number = 0; number < 30; number++) await makeFile(cluster.client, '/records', `n${number}`);
  await small.running.until('Successfully locked file: /records/n29\n');
  await small.running.stop();
  const parts = ['small.log.2', 'small.log.1', 'small.log'].map((name) => readFileSync(join(cwd, name), 'utf8'));
  expect(parts.every((part) => part.length <= 2048)).toBe(true);
  expect(existsSync(join(cwd, 'small.log.3'))).toBe(false);
  expect(small.running.stdout.endsWith(parts.join(''))).toBe(true);
});

test('when its terminal is closed it stops gracefully', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  const args = [
    'filelock',
    '--directory-path',
    '/records',
    '--legal-hold',
    '--yes',
    '--state-dir',
    'state',
    '--output',
    'out.log',
  ];
  const running = startOnTerminal(args, { cwd, env: cluster.env });
  await running.until('Listening for change notifications');
  // Python holds the other end of the terminal.
  await running.stop('SIGKILL');
  await eventually(() =>
    expect(readFileSync(join(cwd, 'out.log'), 'utf8')).toMatch(/SIGHUP: stopping[^]*Summary after/),
  );
});

test('a second signal ends it at once', async () => {
  const cluster = await startCluster();
  cluster.emulator.faults.add({ operation: 'PATCH *file-lock*', delayMs: 60_000 });
  const { running } = await startFilelock(cluster);
  await makeFile(cluster.client, '/records', 'stuck');
  running.process.kill('SIGINT');
  await running.until('SIGINT: stopping');
  // The same Ctrl-C once more, as npm passes it on: not a second one.
  running.process.kill('SIGINT');
  expect(running.process.exitCode).toBeNull();
  await eventually(() => {
    if (running.process.exitCode === null && running.process.signalCode === null) running.process.kill('SIGINT');
    expect(running.process.exitCode ?? running.process.signalCode).not.toBeNull();
  });
  // A third one may meet it when it is already ending.
  expect([130, 'SIGINT']).toContain(running.process.exitCode ?? running.process.signalCode);
});

test('killed at any moment and started again: nothing is missed', async () => {
  const cluster = await startCluster();
  const { running, cwd } = await startFilelock(cluster, { env: { QWARDEN_INTERVAL: '1' } });
  await makeFile(cluster.client, '/records', 'settling');
  await running.stop('SIGKILL');
  await makeFile(cluster.client, '/records', 'in the gap');
  const again = await startFilelock(cluster, { cwd });
  await again.running.until('Successfully locked file: /records/settling\n');
  await again.running.until('Successfully locked file: /records/in the gap\n');
  expect((await again.running.stop()).code).toBe(0);
});

test('it ends with the launcher of an old Node that is killed', async () => {
  const cluster = await startCluster();
  // Descriptor 0 is a pipe here: its end stands for the launcher's.
  const { running } = await startFilelock(cluster, { env: { QWARDEN_PARENT_FD: '0' } });
  running.process.stdin?.end();
  expect(await running.finished()).toMatchObject({ code: null, signal: 'SIGKILL' });
});
