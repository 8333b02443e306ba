import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { makeFile, startCluster } from './support/cluster.ts';
import { qwarden, start, temporaryDirectory } from './support/qwarden.ts';

/** All that must stay where it is. */
const SECRETS = {
  password: 'Pl4nted!pass"word',
  listenToken: 'planted-listen-token-0123456789',
  hookPath: 'T00PLANTED/B00PLANTED/xoxPLANTEDx',
  hookQuery: 'planted-query-key-4711',
  header: 'planted-header-0815',
  headerFromVariable: 'planted-header-of-a-variable',
  signingKey: 'planted signing key, with a space',
  mailPassword: 'planted:mail/pass@word',
  argument: 'planted-argument-of-a-program',
  environment: 'planted-environment-of-a-program',
  other: 'planted-aws-secret-key/+=',
};

function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ];
}

function planted(text: string): string[] {
  return Object.entries(SECRETS).flatMap(([name, secret]) =>
    formsOf(secret).some((form) => text.includes(form)) ? [name] : [],
  );
}

/** Takes nothing, and repeats what it was told, as some do. */
async function startRudeReceiver(): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response
        .writeHead(403)
        .end(`refused: ${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks).toString('utf8')}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

test('the bundle of a monitor with secrets everywhere has what a helper needs, and none of them', async () => {
  const cluster = await startCluster({ password: SECRETS.password });
  const receiver = await startRudeReceiver();
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'signing-key'), `${SECRETS.signingKey}\n`);
  const url = `http://${receiver}/services/${SECRETS.hookPath}?key=${SECRETS.hookQuery}`;
  writeFileSync(
    join(cwd, 'rules.yml'),
    `# the password is ${SECRETS.password}
version: 1
rules:
  - name: tell
    on: [created]
    do:
      - webhook: { url: "${url}", secret_file: ${join(cwd, 'signing-key')}, headers: { Authorization: "Bearer ${SECRETS.header}" }, headers_env: { X-Key: HOOK_KEY } }
  - name: run
    on: [created]
    do:
      - run: { command: [sh, -c, 'echo "$0 $KEY" >&2; exit 1', "${SECRETS.argument}"], environment: { KEY: "${SECRETS.environment}" } }
  - name: mail
    enabled: false
    on: [created]
    do:
      - email: { to: a@example.com, from: q@example.com, server: { host: 127.0.0.1, port: 9, security: none, user: q, password_env: MAIL_PASSWORD } }
`,
  );
  const env = {
    ...cluster.env,
    QWARDEN_RULES: 'rules.yml',
    QWARDEN_STORE: 'sqlite:state',
    QWARDEN_OUTPUT: 'monitor.log',
    QWARDEN_LISTEN: '127.0.0.1:0',
    QWARDEN_LISTEN_TOKEN: SECRETS.listenToken,
    HOOK_KEY: SECRETS.headerFromVariable,
    MAIL_PASSWORD: SECRETS.mailPassword,
    AWS_SECRET_ACCESS_KEY: SECRETS.other,
  };
  const running = start(['monitor'], { cwd, env });
  await running.until(/Listening for change notifications/);
  await makeFile(cluster.client, '/records', 'a');
  await running.until(/ended with exit code 1[^]*403|403[^]*ended with exit code 1/);
  // Whatever another program, or a person, has put into the log.
  appendFileSync(join(cwd, 'monitor.log'), Object.values(SECRETS).flatMap(formsOf).join('\n'));

  const made = await qwarden(['support-bundle', 'help.tar.gz'], { cwd, env });
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(statSync(join(cwd, 'help.tar.gz')).mode % 0o1000).toBe(0o600);
  const archive = gunzipSync(readFileSync(join(cwd, 'help.tar.gz'))).toString('latin1');
  expect(planted(archive)).toEqual([]);
  // Arguments of programs are no secrets: every user of the machine sees them.
  const everywhere = `${running.stdout}${running.stderr}${made.stdout}`;
  expect(planted(everywhere)).toEqual(['argument']);

  expect(spawnSync('tar', ['-xzf', 'help.tar.gz'], { cwd }).status).toBe(0);
  const files = Object.fromEntries(
    readdirSync(join(cwd, 'help')).map((name) => [name, readFileSync(join(cwd, 'help', name), 'utf8')]),
  );
  expect(Object.keys(files)).toEqual([
    'README.txt',
    'about.json',
    'configuration.json',
    'coverage.json',
    'doctor.json',
    'log.txt',
    'open-jobs.json',
    'rules.yml',
    'state-files.json',
    'status.json',
    'store.json',
  ]);
  expect(files['open-jobs.json']).toMatch(/"rule": "tell"[^]*403/);
  expect(files['doctor.json']).toMatch(/"check": "login",\s+"verdict": "ok"/);
  expect(files['coverage.json']).toContain('"epochs"');
  expect(files['rules.yml']).toContain('name: tell');
  expect(files['log.txt']).toContain('Listening for change notifications');
  expect(files['configuration.json']).toContain('rules.yml');
  expect(planted(Object.values(files).join('\n'))).toEqual([]);

  const again = await qwarden(['support-bundle', 'help.tar.gz'], { cwd, env });
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')]);
});

test('with a configuration that cannot be read the bundle says so, and repeats nothing of it', async () => {
  const cwd = temporaryDirectory();
  writeFileSync(
    join(cwd, 'qfs_filelock_config.ini'),
    `[DEFAULT]\nAPI_HOST = h\nAPI_PORT = "${SECRETS.header}"\nPASSWORD\n`,
  );
  const env = { QWARDEN_PASSWORD: SECRETS.argument };
  const { code, stdout, stderr } = await qwarden(['support-bundle', 'help'], { cwd, env });
  expect([code, stdout]).toEqual([3, expect.stringContaining('is made')]);
  const told = readdirSync(join(cwd, 'help')).map((name) => readFileSync(join(cwd, 'help', name), 'utf8'));
  expect(told.join('\n')).toMatch(/configuration: /);
  expect(planted(`${told.join('\n')}${stderr}`)).toEqual([]);
});
