import { chmodSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { examineFiles } from '../../src/doctor/check-files.ts';
import { examineRules } from '../../src/doctor/check-rules.ts';
import { subjectOf } from '../../src/doctor/subject.ts';
import { cliErrorOf, temporaryDirectory } from '../support.ts';

let directory = '';
beforeEach(() => {
  directory = temporaryDirectory();
});

const CLUSTER = {
  QWARDEN_HOST: 'cluster.example',
  QWARDEN_USERNAME: 'q',
  QWARDEN_PASSWORD: 'x',
  QWARDEN_DIRECTORY_PATH: '/records',
};
const FILELOCK = { ...CLUSTER, QWARDEN_RETENTION: '7d' };

async function of(check: string, env: Record<string, string>) {
  const subject = await subjectOf(undefined, new Map(), { XDG_STATE_HOME: directory, ...env });
  return examineFiles(subject).filter((finding) => finding.check === check);
}

it('the log: a directory, a place that is not there, one that was never rotated', async () => {
  const log = join(directory, 'qwarden.log');
  const at = async (path: string) => (await of('log-file', { ...FILELOCK, QWARDEN_OUTPUT: path }))[0];
  expect(await at(directory)).toMatchObject({ verdict: 'failed', message: expect.stringContaining('directory') });
  expect(await at('/nowhere/qwarden.log')).toMatchObject({
    verdict: 'failed',
    message: expect.stringContaining('ENOENT'),
  });
  expect(await at(log)).toMatchObject({ verdict: 'ok' });
  writeFileSync(log, '');
  truncateSync(log, 2 * 1024 ** 3);
  expect(await at(log)).toMatchObject({ verdict: 'warning', remedy: expect.stringContaining('logrotate') });
});

it('a configuration file with a password that others may read, and a name that is misspelt', async () => {
  const file = join(directory, 'q.ini');
  writeFileSync(file, '[DEFAULT]\nPASSWORD = secret-4711\nAPI_PROT = 1\n');
  chmodSync(file, 0o644);
  const found = await of('configuration', { ...FILELOCK, QWARDEN_PASSWORD: '', QWARDEN_CONFIG_FILE: file });
  expect(found).toMatchObject([
    { verdict: 'ok' },
    { verdict: 'warning', message: expect.stringContaining('API_PORT') },
    { verdict: 'warning', remedy: `chmod 600 ${file}` },
  ]);
  expect(JSON.stringify(found)).not.toContain('4711');
});

it('rules that are broken: where', async () => {
  const file = join(directory, 'rules.yml');
  writeFileSync(file, 'version: 1\nrules:\n  - { name: a, on: [created], do: [{ lok: {} }] }\n');
  const subject = await subjectOf(undefined, new Map(), {
    XDG_STATE_HOME: directory,
    ...CLUSTER,
    QWARDEN_RULES: file,
  });
  const { findings, ruleSet } = await examineRules(subject);
  expect(ruleSet).toBeUndefined();
  expect(findings).toMatchObject([
    { check: 'rules', verdict: 'failed', message: expect.stringMatching(/rules\.yml:3:\d+.*lok/) },
  ]);
});

it.each(['a\u001bb', 'bücher.example', ':::', '1.2.3.4.5'])('%o is no host', async (host) => {
  const error = await cliErrorOf(() => of('name', { ...FILELOCK, QWARDEN_HOST: host }));
  expect([error.exitCode, error.message]).toEqual([2, expect.stringContaining('no name of a host')]);
});
