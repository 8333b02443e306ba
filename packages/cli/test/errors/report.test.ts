import { QumuloApiError, QumuloConnectionError, QumuloLoginError } from '@qwarden/qumulo-client';
import { RetentionError, StateError } from '@qwarden/engine';
import { expect, test } from 'vitest';
import { parseIni } from '../../src/config/ini/parse.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { renderReport, reportOf } from '../../src/errors/report.ts';

const api = { operation: 'GET /v1/x', errorClass: 'e', description: 'd', retryable: false };

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.each([
  ['a usage error', new CliError('usage', 'm', { remedy: 'r' }), 2, 'm', 'r'],
  ['a file that cannot be read', thrownBy(() => parseIni('x = 1', 'f.ini')), 2, 'f.ini, line 1', '[DEFAULT]'],
  ['a retention', new RetentionError('too short'), 2, 'too short', ''],
  ['nobody listening', new QumuloConnectionError({ kind: 'refused', message: 'm', retryable: true }), 1, 'm', '8000'],
  [
    'a changed certificate',
    new QumuloConnectionError({ kind: 'tls-pin-mismatch', message: 'm', retryable: false }),
    2,
    'm',
    'renewed',
  ],
  [
    'a wrong password',
    new QumuloLoginError({ ...api, status: 401, ssoRequired: false }),
    1,
    'refused the login',
    'configure',
  ],
  [
    'single sign-on',
    new QumuloLoginError({ ...api, status: 401, ssoRequired: true }),
    1,
    'single sign-on',
    'access token',
  ],
  ['a missing right', new QumuloApiError({ ...api, status: 403 }), 1, '403', 'privilege'],
  ['a state directory', new StateError('in-use', 'Used by process 7.', { pid: 7 }), 1, 'process 7', ''],
  ['a full disk', Object.assign(new Error('x'), { code: 'ENOSPC', path: '/p' }), 1, '/p: no space left', 'Free'],
  ['Ctrl-C at a question', Object.assign(new Error('x'), { name: 'ExitPromptError' }), 130, 'Nothing was changed', ''],
])('%s', async (_, error, exitCode, message, remedy) => {
  const report = await reportOf(error);
  expect(report).toMatchObject({ exitCode, message: expect.stringContaining(message) });
  expect(report.remedy ?? '').toContain(remedy);
  expect(report.unexpected ?? false).toBe(false);
  expect(renderReport(report, error, false)).not.toMatch(/\n\s+at /);
});

test('a mistake of ours asks for a report', async () => {
  const report = await reportOf(new TypeError('x is not a function'));
  expect(report).toMatchObject({ exitCode: 1, unexpected: true, remedy: expect.stringContaining('QWARDEN_DEBUG=1') });
});
