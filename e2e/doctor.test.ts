import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCluster } from './support/cluster.ts';
import { type Finished, qwarden, startIn, temporaryDirectory } from './support/qwarden.ts';

const filelock = ['doctor', 'filelock', '--directory-path', '/records', '--legal-hold', '--state-dir', 'state/here'];
const mayMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

interface Told {
  exitCode: number;
  findings: { check: string; verdict: string; message: string; remedy: string | null }[];
}

/** Stdout has JSON and nothing else; what is not well has a remedy. */
function toldBy({ code, stdout }: Finished): Told {
  const told: Told = JSON.parse(stdout);
  expect(told.exitCode).toBe(code);
  const open = told.findings.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning');
  expect(open.filter(({ remedy }) => remedy === null || remedy === '')).toEqual([]);
  return told;
}

test('a healthy one, for people and for programs', async () => {
  const cluster = await startCluster();
  const place = { cwd: temporaryDirectory(), env: cluster.env };
  const people = await qwarden(filelock, place);
  expect([people.code, people.stderr]).toEqual([0, '']);
  expect(people.stdout).toMatch(
    /^CHECK +RESULT +FOUND\n[^]*\nlogin +ok +Logged in as admin\.\n[^]*\n\d+ checks well\.\n$/,
  );
  const told = toldBy(await qwarden([...filelock, '--json'], place));
  expect(told.exitCode).toBe(0);
  expect(told.findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['name', 'port', 'tls', 'clock', 'memory']),
  );
});

test('a secret that cannot be read, a CA that is not there, a word too many: said, with exit code 2, and nobody is asked', async () => {
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'secret'));
  writeFileSync(join(cwd, 'ca.pem'), 'no certificate');
  const env = { QWARDEN_HOST: 'cluster.invalid', QWARDEN_USERNAME: 'q', QWARDEN_PASSWORD_FILE: 'secret' };
  for (const [args, more, said] of [
    [[], {}, /QWARDEN_PASSWORD_FILE: cannot read secret \(EISDIR\)/],
    [['--tls-ca', 'ca.pem'], { QWARDEN_PASSWORD: 'x', QWARDEN_PASSWORD_FILE: '' }, /ca\.pem holds no certificate/],
  ] as const) {
    const told = toldBy(await qwarden([...filelock, '--json', ...args], { cwd, env: { ...env, ...more } }));
    expect(told).toMatchObject({ exitCode: 2, findings: [{ check: 'configuration', verdict: 'failed' }] });
    expect(told.findings[0]?.message).toMatch(said);
  }
  const wrong = await qwarden(['doctor', 'nurse'], { cwd, env });
  expect([wrong.code, wrong.stdout, wrong.stderr]).toEqual([2, '', expect.stringContaining('nurse')]);
});

test.runIf(mayMount)('a volume that is read-only, and one that is as good as full', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'state'));
  const place = { cwd, env: cluster.env };
  const readOnly = 'mount -t tmpfs none state && mkdir state/here && mount -o remount,ro state';
  const first = toldBy(await startIn(readOnly, [...filelock, '--json'], place).finished());
  expect(first.findings).toContainEqual(
    expect.objectContaining({ check: 'state-directory', verdict: 'failed', message: expect.stringContaining('EROFS') }),
  );
  const full = 'mount -t tmpfs -o size=1m none state';
  const second = toldBy(await startIn(full, [...filelock, '--json'], place).finished());
  expect(second.findings).toContainEqual(
    expect.objectContaining({
      check: 'disk-space',
      verdict: 'failed',
      message: expect.stringMatching(/^Only [01] MiB/),
    }),
  );
  expect([first.exitCode, second.exitCode]).toEqual([1, 1]);
});
