import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HttpReceiver } from '../../packages/engine/test/support/http-receiver.ts';
import { SmtpReceiver } from '../../packages/engine/test/support/smtp.ts';
import { makeFile, startCluster } from '../support/cluster.ts';
import { type Finished, start, temporaryDirectory } from '../support/qwarden.ts';

const NAMES: readonly string[] = [
  '$(touch pwned); `touch pwned` && touch pwned',
  'line\nbreak\r\nBcc: eve@evil.test',
  'quotes \' " and \\ backslashes, ünïcödé \u{1F600}',
  '<!here> <!channel> <@U1|me> & co',
  '\u202egnp.exe',
  '\u001b]0;title\u0007\u001b[2J\u001b[31m',
  '-rf',
  '=cmd|calc!A1',
];

/** Drives a terminal, or makes text look like what it is not. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const DANGEROUS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

test('names that strangers choose stay names: to programs, mails, webhooks, logs and tables', async () => {
  const cluster = await startCluster();
  const hook = await HttpReceiver.open();
  const mail = await SmtpReceiver.open();
  onTestFinished(async () => {
    await Promise.all([hook.close(), mail.close()]);
  });
  const cwd = temporaryDirectory();
  const program = join(cwd, 'program');
  writeFileSync(program, '#!/bin/sh\nprintf "%s\\0" "$@" >> "$1"\n', { mode: 0o700 });
  const seen = join(cwd, 'seen');
  writeFileSync(
    join(cwd, 'rules.yml'),
    `version: 1
defaults: { on: [created], settle: 0s }
rules:
  - name: tell
    where: { under: /records }
    do:
      - run: { command: [${program}, ${seen}, "{{path}}", --, "{{name}}"], concurrency: 1 }
      - webhook: { url_env: HOOK, format: slack, headers: { X-Path: "{{path}}" } }
      - webhook: { url_env: HOOK, format: template, body: '{"path": "{{path}}"}' }
      - email: { to: a@b.test, from: c@d.test, batch: 0s, server: { host: 127.0.0.1, port: ${mail.port}, security: none } }
      - run: { command: ["false"] }
`,
  );
  const env = {
    ...cluster.env,
    HOOK: `http://${hook.host}/`,
    QWARDEN_RULES: 'rules.yml',
    QWARDEN_STORE: 'sqlite:state',
    QWARDEN_OUTPUT: 'logs/monitor.log',
    QWARDEN_PID_FILE: 'monitor.pid',
    QWARDEN_ALLOW_TARGET: `127.0.0.1\nrun:${program}`,
    QWARDEN_DEBUG: '1',
  };
  const running = start(['monitor', '--debug'], { cwd, env });
  await running.until(/Listening for change notifications/);
  for (const name of NAMES) await makeFile(cluster.client, '/records', name);
  await running.until(new RegExp(`(?:ERROR - Failed[^\\n]*\\n[^]*){${NAMES.length}}`));

  const look = async (...args: string[]) => await start(args, { cwd, env }).finished(180_000);
  const said: Finished[] = [];
  for (const args of [['dead', 'list'], ['jobs', 'list'], ['events', 'list'], ['why', '/records'], ['status']])
    said.push(await look(...args));
  expect(said[0]?.stdout).toContain('run:false is not one of the targets that are allowed (--allow-target)');
  const csv = await look('events', 'list', '--csv');
  const bundle = await look('support-bundle', 'bundle.tar.gz');
  expect(bundle.code).toBe(0);
  const modes = [cwd, join(cwd, 'state'), join(cwd, 'logs')].flatMap((place) =>
    readdirSync(place)
      .filter((name) => /^(?:state$|qwarden|control|monitor|bundle)/.test(name))
      .map((name) => [name, (statSync(join(place, name)).mode % 0o1000).toString(8)] as const),
  );
  expect(modes.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'state',
      'qwarden.sqlite',
      'qwarden.sqlite-wal',
      'monitor.log',
      'monitor.pid',
      'bundle.tar.gz',
    ]),
  );
  expect(modes.filter(([name, mode]) => mode !== (name === 'state' ? '700' : '600'))).toEqual([]);
  said.push(await running.stop());

  // A program gets each name as one argument, and no shell has read it.
  const given = readFileSync(seen, 'utf8').split('\0').slice(0, -1);
  expect(given).toHaveLength(NAMES.length * 4);
  for (const name of NAMES) expect(given).toEqual(expect.arrayContaining([`/records/${name}`, name]));
  expect(readdirSync(cwd)).not.toContain('pwned');
  // Slack sees no mention, HTTP no further header, JSON no further key.
  const bodies = hook.received.map(({ body }): { text?: string; path?: string } => JSON.parse(body));
  expect(bodies.flatMap(({ path }) => path ?? []).toSorted()).toEqual(
    NAMES.map((name) => `/records/${name}`).toSorted(),
  );
  const texts = bodies.flatMap(({ text }) => text ?? []);
  expect(texts).toHaveLength(NAMES.length);
  for (const text of texts) expect(text).not.toMatch(/[<>\n\r]|&(?!amp;|lt;|gt;)/);
  for (const { headers } of hook.received) expect(Object.keys(headers).join(' ')).not.toMatch(/bcc/i);
  // A mail has the receivers of its rule, and one line for the file.
  expect(mail.mails).toHaveLength(NAMES.length);
  for (const { to, source } of mail.mails) {
    expect(to).toEqual(['a@b.test']);
    expect(source).not.toMatch(/^Bcc:/im);
  }
  // Nothing that is printed for people drives a terminal, and nobody forges a line of the log.
  for (const { stdout, stderr } of said) expect(stdout + stderr).not.toMatch(DANGEROUS);
  const log = readFileSync(join(cwd, 'logs/monitor.log'), 'utf8');
  expect(log).not.toMatch(DANGEROUS);
  expect(
    log.split('\n').filter((line) => line !== '' && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - [A-Z]+ - /.test(line)),
  ).toEqual([]);
  // A spreadsheet computes nothing.
  expect(csv.stdout).not.toMatch(/(?:^|,)"?[=+@]/m);
});
