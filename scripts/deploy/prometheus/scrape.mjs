// A real Prometheus scrapes a real monitor on the emulator: what it reads, what the dashboard shows, and an alert that fires when the stream is cut.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { nodePath, root } from '../../toolchain.mjs';
import { alerts } from './alerts.mjs';
import { queries } from './dashboard.mjs';
import { home, promtool, promtoolOk, writeIn } from './promtool.mjs';

const PATIENCE_MS = 60_000;
const TOKEN = 'scraper-7d1f';
const STREAM = 'GET /v1/files/{ref}/notify';
/** Nobody waits for minutes here: each alert waits for two seconds. */
const FOR = '2s';

const RULES = `
version: 1
rules:
  - name: lock records
    on: [created]
    where: { under: /records }
    settle: 0s
    do: [{ lock: { retention: 7d } }]
`;

/** Waits until it is so; says what was seen last when it never is. */
async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  let last;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`never: ${what}${last === undefined ? '' : ` (${last.message})`}`);
    await sleep(200);
  }
}

/** A program that is ended by `stop`; `text` is what it has said. */
function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const running = { text: '', stop: undefined };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (running.text += chunk));
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => undefined);
  running.stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(late);
  };
  return running;
}

/** Prometheus has to be told its port, and does not say which one it was given. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startMonitor(emulator) {
  const state = join(home, 'state');
  rmSync(state, { recursive: true, force: true });
  const clean = Object.entries(process.env).filter(([name]) => !/^(QWARDEN|OTEL)_/.test(name));
  const env = {
    ...Object.fromEntries(clean),
    HOME: home,
    QWARDEN_HOST: emulator.host,
    QWARDEN_PORT: String(emulator.port),
    QWARDEN_USERNAME: emulator.username,
    QWARDEN_PASSWORD: emulator.password,
    QWARDEN_TLS_FINGERPRINT: emulator.fingerprint256,
    QWARDEN_RULES: writeIn(home, 'rules.yml', RULES),
    QWARDEN_STORE: `sqlite:${state}`,
    QWARDEN_LISTEN: '127.0.0.1:0',
    QWARDEN_LISTEN_TOKEN: TOKEN,
  };
  const main = join(root, 'packages', 'cli', 'dist', 'main.js');
  const running = start(nodePath(), [main, 'monitor'], { cwd: home, env });
  const url = await until('the monitor listens', () =>
    running.text.includes('Listening for change notifications')
      ? /Metrics and health: (http\S+)/.exec(running.text)?.[1]
      : undefined,
  );
  return { ...running, url };
}

async function startPrometheus({ prometheus }, target) {
  const rules = { groups: [{ name: 'qwarden', rules: alerts().map((rule) => ({ ...rule, for: FOR })) }] };
  writeIn(home, 'quick.yml', stringify(rules));
  const example = parse(readFileSync(join(root, 'deploy', 'prometheus', 'prometheus.yml'), 'utf8'));
  const [job] = example.scrape_configs;
  const config = {
    ...example,
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['quick.yml'],
    scrape_configs: [
      {
        ...job,
        authorization: { credentials_file: writeIn(home, 'token', `${TOKEN}\n`) },
        static_configs: [{ targets: [new URL(target).host] }],
      },
    ],
  };
  const file = writeIn(home, 'config.yml', stringify(config));
  const data = join(home, 'data');
  rmSync(data, { recursive: true, force: true });
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=${listen}`];
  const running = start(prometheus, args, { cwd: home });
  const api = async (path, parameters = {}) => {
    const answer = await fetch(`http://${listen}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data: found, error } = await answer.json();
    if (status !== 'success') throw new Error(error);
    return found;
  };
  return { ...running, api, query: async (query) => (await api('query', { query })).result };
}

export async function testScrape(test, programs) {
  const { startEmulator } = await import('../../../packages/qumulo-emulator/dist/index.js');
  const { createClient } = await import('../../../packages/qumulo-client/dist/index.js');
  const emulator = await startEmulator({ initial: { files: { '/records/first.txt': 'old' } } });
  const { host, port, accessToken, fingerprint256 } = emulator;
  const client = createClient({ host, port, credentials: { accessToken }, tls: { fingerprint256 } });
  const stops = [() => client.close(), () => emulator.stop()];
  try {
    const monitor = await startMonitor(emulator);
    stops.unshift(() => monitor.stop());
    await test('promtool check metrics is content with what a real monitor tells', () =>
      checkMetrics(programs, monitor));
    const prometheus = await startPrometheus(programs, monitor.url);
    stops.unshift(() => prometheus.stop());
    await scrape(test, { emulator, client }, prometheus);
  } finally {
    for (const stop of stops) await stop();
  }
}

async function checkMetrics(programs, { url }) {
  const refused = await fetch(`${url}/metrics`);
  if (refused.status !== 401) throw new Error(`without a token: ${refused.status}`);
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const input = await answer.text();
  if (!input.includes('qwarden_store_up 1')) throw new Error(`this is not what was expected:\n${input}`);
  promtoolOk(programs, ['check', 'metrics'], { input });
  const misnamed = input.replaceAll('qwarden_events_total', 'qwarden_events');
  if (promtool(programs, ['check', 'metrics'], { input: misnamed }).ok) throw new Error('promtool accepts anything');
}

async function scrape(test, { emulator, client }, { api, query }) {
  const valueOf = async (expr) => Number((await query(expr))[0]?.value[1]);
  const isFiring = async (name) =>
    (await api('alerts')).alerts.find(({ labels, state }) => labels.alertname === name && state === 'firing');

  await test('Prometheus scrapes it, and sees a file being locked', async () => {
    await until('up', async () => ((await valueOf('up{job="qwarden"}')) === 1 ? true : undefined));
    const before = await valueOf('qwarden_locks_total{result="locked"}');
    await client.files.createFile('/records', 'new.txt');
    await until('locked', async () =>
      (await valueOf('qwarden_locks_total{result="locked"}')) === before + 1 ? true : undefined,
    );
    await until('no alert', async () => ((await api('alerts')).alerts.length === 0 ? true : undefined));
  });
  await test('each query of the dashboard is answered', async () => {
    // A rate needs two scrapes. What is shown only when it happens has no series.
    const always = queries().filter(({ expr }) => !expr.endsWith('> 0'));
    await until('each has data', async () => {
      const results = await Promise.all(always.map(async (one) => ({ ...one, found: await query(one.expr) })));
      const empty = results.filter(({ found }) => found.length === 0);
      if (empty.length === 0) return true;
      throw new Error(`none of ${empty.map(({ title, expr }) => `${title}: ${expr}`).join('\n')}`);
    });
  });
  await test('QwardenStreamDown fires when the stream is cut, says so in words, and clears when it is back', async () => {
    const id = emulator.faults.add({ operation: STREAM, fail: { status: 503, errorClass: 'unavailable' } });
    emulator.streams.drop('all', 'abruptly');
    const alert = await until('it fires', () => isFiring('QwardenStreamDown'));
    if (!/^qwarden on 127\.0\.0\.1:\d+ does not hear of changes$/.test(alert.annotations.summary))
      throw new Error(`it says "${alert.annotations.summary}"`);
    emulator.faults.remove(id);
    await until('it clears', async () => ((await isFiring('QwardenStreamDown')) === undefined ? true : undefined));
    await until('the gap is closed', async () => ((await valueOf('qwarden_gap_open')) === 0 ? true : undefined));
  });
}
