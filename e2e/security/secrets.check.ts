import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFile, startCluster } from '../support/cluster.ts';
import { echoingHook, echoingMailServer, echoingRedis } from '../support/echoing.ts';
import { commandLinesIn, contentsBelow, Planted } from '../support/planted.ts';
import { type Finished, start, temporaryDirectory } from '../support/qwarden.ts';

/** So many processes on a small machine that does other things too. */
const PATIENCE_MS = 180_000;

/** Files that a test has put secrets into. */
const PLANTED_FILES = /\/(?:plant-[^/]*)$/;

test('what looks for secrets finds them, however they are written', () => {
  const planted = new Planted();
  const secret = planted.plant('it', { before: 'a"&', after: '%/é' });
  const buried = (text: string) => planted.foundIn(`before ${text} after`);
  expect(buried('nothing')).toEqual([]);
  expect(buried(secret.slice(4, 20))).toEqual([]);
  for (const form of [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(`user:${secret}`).toString('base64'),
    Buffer.from(`\0me\0${secret}`).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ])
    expect(buried(form), form).toEqual(['it']);
  expect(planted.foundIn(Buffer.from(`\0\xff${secret}`, 'latin1'))).toEqual(['it']);
});

test('no secret of a monitor at work is in what it says, keeps, measures or hands to a helper', async () => {
  const planted = new Planted();
  const password = planted.plant('password of the cluster', { after: '"%&é' });
  const cluster = await startCluster({ password });
  const [hook, mail, redis] = await Promise.all([echoingHook(), echoingMailServer(), echoingRedis()]);
  const cwd = temporaryDirectory();
  const write = (name: string, text: string) => {
    writeFileSync(join(cwd, name), text, { mode: 0o600 });
    return join(cwd, name);
  };
  const listenToken = planted.plant('listen token');
  const secrets = {
    HOOK: `http://127.0.0.1:${hook}/services/${planted.plant('URL of a webhook in a variable')}?k=1`,
    BUSY: `http://127.0.0.1:${hook}/busy/${planted.plant('URL of a webhook that is busy')}`,
    AUTH: `Bearer ${planted.plant('bearer token of a webhook')}`,
    KEY: planted.plant('signing key in a variable'),
    MAIL: planted.plant('password of the mail server', { after: '+/"' }),
    REDIS: `redis://me:${planted.plant('password of a Redis', { after: '%2F%22' })}@127.0.0.1:${redis}`,
    TOKEN: planted.plant('variable of a program'),
  };
  const hookFile = write('plant-hook', `http://127.0.0.1:${hook}/${planted.plant('URL of a webhook in a file')}\n`);
  const keyFile = write('plant-key', `${planted.plant('signing key in a file')}\n`);
  const written = planted.plant('URL in the rule file');
  write(
    'plant-rules.yml',
    `version: 1
defaults: { on: [created], settle: 0s }
rules:
  - { name: variable, do: [{ webhook: { url_env: HOOK, headers_env: { Authorization: AUTH }, secret_env: KEY } }] }
  - { name: literal, do: [{ webhook: { url: "http://127.0.0.1:${hook}/in/${written}" } }] }
  - { name: busy, do: [{ webhook: { url_env: BUSY, headers_env: { X-Key: AUTH } } }] }
  - { name: file, do: [{ webhook: { url_file: ${hookFile}, secret_file: ${keyFile}, format: slack } }] }
  - { name: mail, do: [{ email: { to: a@b.test, from: c@d.test, batch: 0s, server: { host: 127.0.0.1, port: ${mail}, security: none, user: me, password_env: MAIL } } }] }
  - { name: publish, do: [{ publish: { url_env: REDIS, stream: s } }] }
  - { name: program, do: [{ run: { command: [sh, -c, 'echo "$TOKEN" >&2; echo "x $TOKEN"; exit 1'], environment_from: [TOKEN] } }] }
`,
  );
  const env = {
    ...cluster.env,
    ...secrets,
    QWARDEN_RULES: 'plant-rules.yml',
    QWARDEN_STORE: 'sqlite:state',
    QWARDEN_OUTPUT: 'monitor.log',
    QWARDEN_DEBUG: '1',
    QWARDEN_LISTEN: '0',
    QWARDEN_LISTEN_TOKEN_FILE: write('plant-listen-token', listenToken),
  };
  const running = start(['monitor', '--debug', '--password', password], { cwd, env });
  await running.until(/Listening for change notifications/);
  await makeFile(cluster.client, '/records', 'a.txt');
  for (const rule of ['variable', 'literal', 'file', 'mail', 'publish', 'program'])
    await running.until(new RegExp(`ERROR .*"?${rule}"?`));
  await running.until(/WARNING .*busy/);

  const url = /Metrics and health: (\S+)/.exec(running.stdout)?.[1] ?? '';
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${listenToken}` } });
  const pages = [await metrics.text()];
  expect(metrics.status).toBe(200);
  for (const path of ['/metrics', '/readyz', `/${listenToken}`])
    pages.push(await (await fetch(url + path, { headers: { authorization: `Bearer wrong` } })).text());

  const look = async (...args: string[]) => await start(args, { cwd, env }).finished(PATIENCE_MS);
  const said: Finished[] = [];
  for (const batch of [
    [['status'], ['status', '--json'], ['jobs', 'list', '--json'], ['dead', 'list', '--json']],
    [
      ['why', '/records/a.txt'],
      ['events', 'list', '--json'],
      ['rules', 'check', 'plant-rules.yml', '--json'],
      ['dead', 'retry', '--all', '--yes'],
    ],
    [
      ['monitor', '--show-config'],
      ['doctor', '--json', '--send-test'],
      ['doctor', '--send-test'],
      ['support-bundle', 'bundle.tar.gz'],
    ],
  ])
    said.push(...(await Promise.all(batch.map((args) => look(...args)))));
  const commandLines = commandLinesIn(cwd);
  expect(commandLines.join('\n')).toContain('monitor --debug --password');
  const bundled = await look('support-bundle', 'after');
  said.push(bundled, await running.stop());

  const found = new Map<string, string[]>();
  const search = (where: string, content: string | Uint8Array) => {
    const names = planted.foundIn(content);
    if (names.length > 0) found.set(where, names);
  };
  said.forEach(({ stdout, stderr }, index) => search(`output ${index}`, stdout + stderr));
  for (const page of pages) search('HTTP', page);
  for (const line of commandLines) search('process list', line);
  const looked: string[] = [];
  for (const [path, bytes] of contentsBelow(cwd, (file) => PLANTED_FILES.test(file))) {
    looked.push(path.slice(cwd.length + 1));
    search(path, bytes);
  }
  // A rule set is kept as it was written, so that its jobs can be done: hence the warning.
  expect(running.stdout).toMatch(/WARNING .*"literal": webhook has what looks like a secret in "url"/);
  for (const [where, names] of found)
    if (where.startsWith(join(cwd, 'state')) && names.join() === 'URL in the rule file') found.delete(where);
  expect(Object.fromEntries(found)).toEqual({});
  // What was to be looked at was there.
  expect(looked).toEqual(
    expect.arrayContaining([
      'monitor.log',
      'state/qwarden.sqlite',
      'bundle.tar.gz',
      'after/log.txt',
      'after/rules.yml',
    ]),
  );
  expect(readFileSync(join(cwd, 'monitor.log'), 'utf8')).toContain('•••');
  expect(said.map(({ stdout, stderr }) => stdout + stderr).join('\n')).toMatch(/answered 400[^]*•••/);
});

test('no secret is in what a command says that fails, however it was given', async () => {
  const planted = new Planted();
  const cluster = await startCluster();
  const redis = await echoingRedis();
  const cwd = temporaryDirectory();
  await makeFile(cluster.client, '/records', 'a.txt');
  const { QWARDEN_USERNAME: _user, QWARDEN_PASSWORD: _password, ...place } = cluster.env;
  const closed = { ...place, QWARDEN_PORT: '1' };
  const write = (name: string, text: string) => {
    writeFileSync(join(cwd, `plant-${name}`), text, { mode: 0o600 });
    return `plant-${name}`;
  };
  const plant = (name: string, text: (secret: string) => string) => write(name, text(planted.plant(name)));
  const ini = (name: string, key: string, value: (secret: string) => string = (secret) => secret) =>
    plant(`${name}.ini`, (secret) => `[DEFAULT]\nUSERNAME = admin\n${key} = ${value(secret)}\n`);
  const rules = (name: string, steps: readonly ((secret: string) => string)[]) => {
    const written = steps.map((step, index) => step(planted.plant(`${name} ${index}`)));
    const text = written.map((step, index) => `  - name: r${index}\n    on: [created]\n    do:\n      - ${step}\n`);
    return write(`${name}.yml`, `version: 1\nrules:\n${text.join('')}`);
  };
  const login = { ...place, QWARDEN_USERNAME: 'admin' };
  const password = planted.plant('wrong password on the command line', { after: '"%' });
  const store = (address: string) => ['monitor', '--store', address];
  const at = (port: number, from: string) => `redis://me:${planted.plant(from)}@127.0.0.1:${port}/0`;

  type Failure = [args: string[], env: Record<string, string>];
  const failures: Failure[] = [
    // A login that is refused, a cluster that is not there, a configuration that cannot be read.
    [['filelock', '--legal-hold', '--directory-path', '/records', '--debug', '--password', password], login],
    [['monitor', '--debug', '--password-file', plant('password', (secret) => `${secret}\n`)], login],
    [['monitor', '--debug'], { ...login, QWARDEN_PASSWORD: planted.plant('wrong password in a variable') }],
    [['monitor', '--config-file', ini('wrong', 'PASSWORD'), '--debug'], place],
    [['monitor', '--config-file', ini('cut', 'PASSWORD', (secret) => `a%${secret}`)], place],
    [['monitor', '--config-file', ini('reference', 'PASSWORD', (secret) => `a%(${secret})s`)], place],
    [['monitor', '--config-file', ini('broken', 'PASSWORD', (secret) => `a\n${secret}`)], place],
    [['monitor', '--config-file', ini('token', 'ACCESS_TOKEN', (secret) => `${secret} b`)], place],
    [['monitor', '--debug', '--access-token', planted.plant('access token on the command line')], place],
    [['monitor', '--debug'], { ...place, QWARDEN_ACCESS_TOKEN: `${planted.plant('access token that is none')} é` }],
    [['monitor', '--debug'], { ...closed, QWARDEN_ACCESS_TOKEN: planted.plant('access token to nobody') }],
    [
      ['monitor', '--listen', '0', '--listen-token', planted.plant('listen token that is none', { after: ' é' })],
      place,
    ],
    [
      ['quarantine', 'list', '/quarantine', '--debug'],
      { ...closed, ...login, QWARDEN_PORT: '1', QWARDEN_PASSWORD: planted.plant('password to nobody') },
    ],
    [['doctor', 'monitor', '--json'], { ...login, QWARDEN_PASSWORD: planted.plant('password for doctor') }],
    [
      ['support-bundle', 'bundle.tar.gz', 'monitor'],
      {
        ...closed,
        QWARDEN_USERNAME: 'admin',
        QWARDEN_PASSWORD: planted.plant('password for the bundle'),
        QWARDEN_STORE: at(redis, 'password of a Redis for the bundle'),
      },
    ],
    // A Redis that refuses, is not there, or has an address that cannot be read.
    [store(at(redis, 'password of a Redis that refuses')), cluster.env],
    [store(at(1, 'password of a Redis that is not there')), cluster.env],
    [store(`redis://me:a/${planted.plant('password with a slash')}@127.0.0.1:1`), cluster.env],
    [store(`redis://me:a#${planted.plant('password with a hash')}@127.0.0.1:1`), cluster.env],
    [store(`redis://me:1?${planted.plant('password with a question mark')}@127.0.0.1:1`), cluster.env],
    [['jobs', 'list'], { QWARDEN_STORE: at(1, 'password of a Redis to look into') }],
    [['status'], { QWARDEN_STORE: at(redis, 'password of a Redis for status') }],
    // Rules with a secret where none belongs.
    [
      [
        'rules',
        'check',
        rules('wrong', [
          (secret) => `webhook: { url: "ftp://a.test/${secret}" }`,
          (secret) => `webhook: { url_env: A, headers_env: { Authorization: "Bearer ${secret}" } }`,
          (secret) => `webhook: { url_env: A, headers_env: "Bearer ${secret}" }`,
          (secret) => `webhook: { url_env: A, secret: ${secret} }`,
          (secret) => `webhook: { url_env: "https://a.test/${secret}" }`,
          (secret) => `webhook: { url_file: [${secret}] }`,
          (secret) =>
            `email: { to: a@b.test, from: c@d.test, server: { host: a, security: tls, user: u, password: ${secret} } }`,
          (secret) => `email: { to: a@b.test, from: c@d.test, server: "smtp://me:${secret}@a" }`,
          (secret) => `webhook: { url_env: A, headers: { X: "${secret} {{nothing}}" } }`,
        ]),
      ],
      {},
    ],
    [['rules', 'check', rules('broken', [(secret) => `webhook: { url: "https://a.test/${secret}`])], {}],
    [['rules', 'check', rules('tab', [(secret) => `webhook: { url: https://a.test/${secret}\n\t}`])], {}],
  ];
  const said: [string, Finished][] = [];
  const waiting = failures.map((failure) => failure);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [args, env] = next;
      const ended = start(args, { cwd, env: { ...env, QWARDEN_DEBUG: '1' } });
      ended.process.stdin?.end();
      said.push([args.join(' '), await ended.finished(PATIENCE_MS)]);
    }
  };
  await Promise.all([work(), work()]);
  expect(said).toHaveLength(failures.length);
  const found = said.flatMap(([command, { stdout, stderr }]) => {
    const names = planted.foundIn(stdout + stderr);
    return names.length === 0 ? [] : [{ command, names, said: stdout + stderr }];
  });
  for (const [path, bytes] of contentsBelow(cwd, (file) => PLANTED_FILES.test(file)))
    expect(planted.foundIn(bytes), path).toEqual([]);
  expect(found).toEqual([]);
  // Each of them has failed, and has said so.
  const content = said.filter(([, { code, stderr, stdout }]) => code === 0 || stdout + stderr === '');
  expect(content.map(([command]) => command)).toEqual([]);
});
