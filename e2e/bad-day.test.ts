import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RedisServer, redisMissing } from '../packages/engine/test/support/redis-server.ts';
import { makeFile, startCluster } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { startMonitor } from './support/monitor.ts';
import { qwarden, start, temporaryDirectory } from './support/qwarden.ts';

const ONE_HUNDRED_MB = 100 * 1024 * 1024;

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Answers as its path says, and remembers who asked for what. */
async function receiver() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    response.on('error', () => undefined);
    if (request.url === '/500') response.writeHead(500).end('sorry');
    else if (request.url === '/301') response.writeHead(301, { location: `http://localhost/elsewhere` }).end();
    else if (request.url === '/large') response.writeHead(200).end(Buffer.alloc(ONE_HUNDRED_MB, 'x'));
    else response.writeHead(204).end();
  });
  const port = await portOf(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, port };
}

/** Takes connections and never says a word. */
async function silence(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return await portOf(server);
}

test('nothing that goes wrong outside, or with a file, holds up the rest or is lost', async () => {
  const cluster = await startCluster();
  const { client } = cluster;
  for (const name of ['in', 'out', 'full']) await client.files.createDirectory('/', name);
  await makeFile(client, '/', 'a-file');
  cluster.emulator.fs.quotas.create((await client.files.getAttributes('/full')).data.id, '1');
  const { asked, port } = await receiver();
  const mute = await silence();
  const cwd = temporaryDirectory();
  const rule = (name: string, step: string, more = 'settle: 0s') =>
    `  - { name: "${name}", on: created, where: { under: /in, name: "${name}*" }, ${more}, do: [${step}] }\n`;
  const webhook = (path: string) => `{ webhook: { url: "http://127.0.0.1:${port}/${path}" } }`;
  const mail = `{ email: { from: q@example.com, to: [a@example.com], server: { host: 127.0.0.1, port: ${mute}, security: none } } }`;
  const rules = `version: 1\nrules:\n${[
    rule('mail', mail),
    rule('500', webhook('500')),
    rule('301', webhook('301')),
    rule('large', webhook('large')),
    rule('fine', webhook('fine')),
    rule('endless', `{ run: { command: [sh, -c, "env > ${cwd}/seen; sleep 1000"], timeout: 1s } }`),
    rule('slow', `{ run: { command: [sh, -c, "until test -e ${cwd}/enough; do sleep 0.1; done"], timeout: 60s } }`),
    rule('full', '{ copy: { to: /full } }'),
    rule('nowhere', '{ quarantine: { to: /a-file } }'),
    rule('moved', '{ move: { to: /out } }', 'settle: 1s'),
  ].join('')}`;
  const { running, json } = await startMonitor(cluster, rules, cwd);
  for (const name of ['slow', 'mail', '500', '301', 'large', 'endless', 'nowhere']) await makeFile(client, '/in', name);
  await client.files.writeData(await makeFile(client, '/in', 'full'), 'more than the quota');
  // Gone, renamed, and another one of that name, between the event and the action.
  const gone = await makeFile(client, '/in', 'moved gone');
  await makeFile(client, '/in', 'moved renamed');
  const first = await makeFile(client, '/in', 'moved replaced');
  await client.files.delete(gone);
  await client.files.rename('/in', 'other', '/in/moved renamed');
  await client.files.delete(first);
  const second = await makeFile(client, '/in', 'moved replaced');
  await makeFile(client, '/in', 'fine');
  await running.until('Done "fine"');
  await running.until(/Gone "moved", move: \/in\/moved gone/);
  await running.until(/Done "moved", move: \/in\/moved replaced/);
  await running.until(/moved from \/in\/other to \/out\/other/);
  expect((await client.files.getAttributes(second)).data.path).toBe('/out/moved replaced');
  await running.until(/Done "large", webhook: .* \(200\)/);
  await running.until(/Will try again in .* "500", webhook: .* answered 500: sorry/);
  await running.until(/Will try again in .* "endless", run: .* took longer than 1s and was ended/);
  await running.until(/Failed "301".* Redirects are not followed/);
  await running.until(/Failed "full".* quota/);
  await running.until(/Failed "nowhere".* \/a-file is there, but it is no directory/);
  expect(asked).not.toContain('/elsewhere');
  expect(readFileSync(join(cwd, 'seen'), 'utf8')).not.toMatch(/QWARDEN_(?:PASSWORD|USERNAME|HOST|STORE|TLS)/);
  const runs = await json<{ rule: string }[]>('jobs', 'list', '--state', 'running');
  expect(runs.map((job) => job.rule)).toContain('slow');
  writeFileSync(join(cwd, 'enough'), '');
  await running.until('Done "slow"');
  const dead = await json<{ rule: string }[]>('dead', 'list');
  expect(dead.map((job) => job.rule).sort()).toEqual(['301', 'full', 'nowhere']);
  const left = await json<{ rule: string; state: string }[]>('jobs', 'list');
  expect(left.filter(({ state }) => state !== 'dead').map((job) => job.rule)).toEqual(
    expect.arrayContaining(['500', 'endless', 'mail']),
  );
  const ended = await running.stop();
  expect([ended.code, ended.stderr]).toEqual([3, '']);
});

test.skipIf(redisMissing())(
  'Redis: a wrong password, away in the middle, and full in the middle; each is said, and nothing is lost',
  async () => {
    const cluster = await startCluster();
    const server = await RedisServer.open('--requirepass', 'secret');
    onTestFinished(() => server.close());
    const cwd = temporaryDirectory();
    const rules =
      'version: 1\nrules: [{ name: note, on: created, where: { under: /records }, settle: 0s, do: [log] }]\n';
    writeFileSync(join(cwd, 'rules.yml'), rules.replace('[log]', '[{ log: { text: "seen {{name}}" } }]'));
    const at = (password: string) => server.url.replace('//', `//:${password}@`);
    const env = { ...cluster.env, QWARDEN_STORE: at('secret') };
    const wrong = await qwarden(['monitor', '--rules', 'rules.yml', '--store', at('other')], { cwd, env });
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/^qwarden: Redis at .* refuses us\. Check user/),
    ]);
    const running = start(['monitor', '--rules', 'rules.yml'], { cwd, env });
    await running.until('Listening for change notifications');
    await server.kill();
    await makeFile(cluster.client, '/records', 'while it is away');
    await running.until(/WARNING - Redis at .* cannot be reached.* Everything waits until it is back/);
    const status = await qwarden(['status'], { cwd, env });
    expect([status.code, status.stderr]).toEqual([1, expect.stringMatching(/cannot be reached.*Everything waits/)]);
    await server.start();
    await running.until('seen while it is away');
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await makeFile(cluster.client, '/records', 'while it is full');
    const ended = await running.finished();
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringMatching(/^qwarden: Redis at .* is full\..*maxmemory/),
    ]);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    const again = start(['monitor', '--rules', 'rules.yml'], { cwd, env });
    await eventually(() => expect(again.stdout).toContain('seen while it is full'));
    expect((await again.stop()).code).toBe(0);
    for (const { stdout, stderr } of [wrong, status, running, again]) {
      expect(stdout + stderr).not.toMatch(/secret|\n\s+at /);
    }
  },
);
