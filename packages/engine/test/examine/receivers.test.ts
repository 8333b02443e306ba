import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, systemClock } from '@qwarden/qumulo-client';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import type { Finding } from '../../src/examine/finding.ts';
import { createOutside, examineReceivers, loadRuleFile } from '../../src/index.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { SmtpReceiver } from '../support/smtp.ts';

const SECRET = 'geheim-4711-und-laenger';
const MARK = 'TEST by qwarden doctor';
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});

function opened<T extends { close(): Promise<void> }>(one: T): T {
  closing.push(one);
  return one;
}

/** What doctor finds about the receivers of one rule with these actions. */
async function look(
  steps: readonly object[],
  { sendTest = false, environment = {} }: { sendTest?: boolean; environment?: Record<string, string> } = {},
): Promise<Finding[]> {
  const text = JSON.stringify({ version: 1, rules: [{ name: 'tell', on: ['created'], do: steps }] });
  const loaded = loadRuleFile(text, { source: 'rules.yml', actions: builtinActions });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const client = opened(createClient({ host: 'cluster.example', credentials: { accessToken: 'x' } }));
  const outside = opened(createOutside({ environment, clock: systemClock }));
  const signal = new AbortController().signal;
  const found = await examineReceivers(loaded.ruleSet.rules, sendTest, {
    client,
    outside,
    clock: systemClock,
    environment,
    signal,
  });
  expect(JSON.stringify(found)).not.toContain(SECRET);
  return found;
}

const webhook = (receiver: HttpReceiver, more: object = {}) => ({
  webhook: { url: `http://${receiver.host}/hooks/${SECRET}`, ...more },
});

it('a webhook is reached and told nothing, until a test is asked for: that says in all of it that it is one', async () => {
  const receiver = opened(await HttpReceiver.open());
  const steps = [webhook(receiver), webhook(receiver, { format: 'slack', text: 'Look: {{path}}' })];
  const quiet = await look(steps);
  expect(quiet).toMatchObject([
    { check: 'webhook', verdict: 'ok', message: expect.stringContaining('--send-test') },
    { verdict: 'ok' },
  ]);
  expect(receiver.received).toEqual([]);
  const told = await look(steps, { sendTest: true });
  expect(told).toMatchObject([{ verdict: 'ok', message: expect.stringContaining(MARK) }, { verdict: 'ok' }]);
  expect(receiver.received).toHaveLength(2);
  for (const { headers, body, path } of receiver.received) {
    expect(headers['qwarden-test']).toBe('true');
    expect(body).toContain('TEST');
    expect(path).toBe(`/hooks/${SECRET}`);
  }
  expect(receiver.received[1]?.body).toContain(MARK);
});

it('the same webhook of several steps is told once', async () => {
  const receiver = opened(await HttpReceiver.open());
  const found = await look([webhook(receiver), webhook(receiver)], { sendTest: true });
  expect(found).toHaveLength(1);
  expect(receiver.received).toHaveLength(1);
});

it('a webhook that refuses, one that nobody listens at, and one whose address is not there', async () => {
  const receiver = opened(await HttpReceiver.open());
  receiver.answerWith((response) => response.writeHead(403).end(`no such token: ${SECRET}`));
  expect(await look([webhook(receiver)], { sendTest: true })).toMatchObject([
    { verdict: 'failed', message: expect.stringMatching(/403/), remedy: expect.any(String) },
  ]);
  const gone = await HttpReceiver.open();
  const step = webhook(gone);
  await gone.close();
  expect(await look([step])).toMatchObject([
    {
      verdict: 'failed',
      message: expect.stringMatching(/cannot be reached.*127\.0\.0\.1/),
      remedy: expect.any(String),
    },
  ]);
  expect(await look([{ webhook: { url_env: 'HOOK' } }])).toMatchObject([
    { verdict: 'failed', message: expect.stringContaining('HOOK'), remedy: expect.stringMatching(/variable/) },
  ]);
  expect(await look([{ webhook: { url_file: '/nowhere/hook' } }])).toMatchObject([
    { verdict: 'failed', message: expect.stringContaining('/nowhere/hook') },
  ]);
});

it('a mail server, with a mail that is marked, and a login that is wrong', async () => {
  const receiver = opened(
    await SmtpReceiver.open({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (auth, _session, callback) => {
        if (auth.password === SECRET) callback(null, { user: auth.username ?? '' });
        else callback(Object.assign(new Error(`bad ${auth.password}`), { responseCode: 535 }));
      },
    }),
  );
  const server = { host: '127.0.0.1', port: receiver.port, security: 'none', user: 'ann', password_env: 'MAIL_PASS' };
  const email = { email: { to: 'ops@example.com', from: 'q@example.com', server } };
  const environment = { MAIL_PASS: SECRET };
  expect(await look([email], { environment })).toMatchObject([{ check: 'mail', verdict: 'ok' }]);
  expect(receiver.mails).toEqual([]);
  expect(await look([email], { environment, sendTest: true })).toMatchObject([{ verdict: 'ok' }]);
  expect(receiver.mails).toHaveLength(1);
  expect(receiver.mails[0]?.source).toMatch(new RegExp(`Subject: \\[${MARK}\\]`));
  expect(await look([email], { environment: { MAIL_PASS: 'wrong' }, sendTest: true })).toMatchObject([
    { verdict: 'failed', message: expect.stringMatching(/did not take the test/) },
  ]);
  expect(await look([email])).toMatchObject([{ verdict: 'failed', message: expect.stringContaining('MAIL_PASS') }]);
});

it('a program that is there, one that is not, one that may not be run; none is run', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'qwarden-programs-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const ran = join(directory, 'ran');
  writeFileSync(join(directory, 'tell'), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  writeFileSync(join(directory, 'plain'), '', { mode: 0o644 });
  chmodSync(join(directory, 'plain'), 0o644);
  const run = (command: string) => ({ run: { command: [command, SECRET] } });
  const environment = { PATH: directory };
  const found = await look([run('tell'), run('nothing'), run(join(directory, 'plain'))], {
    environment,
    sendTest: true,
  });
  expect(found).toMatchObject([
    { check: 'program', verdict: 'ok', message: expect.stringContaining(join(directory, 'tell')) },
    { verdict: 'failed', message: expect.stringContaining('there is no such program') },
    { verdict: 'failed', message: expect.stringContaining('may not run it') },
  ]);
  expect(() => rmSync(ran)).toThrow(/ENOENT/);
});
