import { expect, test } from 'vitest';
import { lockOf, makeFile, startCluster } from './support/cluster.ts';
import { startOnTerminal, temporaryDirectory } from './support/qwarden.ts';

const question = /Start\?[^]*\(y\/N\)/;

test('on a terminal the first run of a configuration says what will happen and asks, once', async () => {
  const cluster = await startCluster();
  const place = { cwd: temporaryDirectory(), env: cluster.env };
  const args = [
    'filelock',
    '--directory-path',
    '/records',
    '--retention',
    '7y',
    '--interval',
    '0',
    '--state-dir',
    'state',
    '--existing',
    'lock',
  ];

  const no = startOnTerminal(args, place);
  await no.until(question);
  expect(no.stdout).toMatch(/watch \/records[^]*retention period of 7y[^]*ALREADY THERE/);
  expect(no.stdout).not.toContain('Listening');
  no.type('n\r');
  expect(await no.finished()).toMatchObject({ code: 1, stdout: expect.stringContaining('Not started') });

  const interrupted = startOnTerminal(args, place);
  await interrupted.until(question);
  interrupted.type('\u0003');
  expect((await interrupted.finished()).code).toBe(130);

  const yes = startOnTerminal(args, place);
  await yes.until(question);
  yes.type('y\r');
  await yes.until('Listening for change notifications');
  yes.type('\u0003');
  expect(await yes.finished()).toMatchObject({ code: 0, stdout: expect.stringContaining('Summary after') });

  const again = startOnTerminal(args, place);
  await again.until('Listening for change notifications');
  expect(again.stdout).not.toMatch(question);
  again.type('\u0003');
  await again.finished();

  const changed = startOnTerminal([...args, '--legal-hold'], place);
  await changed.until(question);
  changed.type('\u0003');
  await changed.finished();

  const told = startOnTerminal([...args, '--legal-hold', '--yes'], place);
  await told.until('Listening for change notifications');
  const id = await makeFile(cluster.client, '/records', 'x');
  await told.until('Successfully locked file: /records/x');
  told.type('\u0003');
  expect((await told.finished()).stdout).not.toMatch(question);
  expect(await lockOf(cluster.client, id)).toMatchObject({ legal_hold: true });
});
