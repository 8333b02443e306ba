import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '@qwarden/qumulo-client';
import { makeFile, startCluster } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { recordLoaded } from './support/loaded.ts';
import { qwarden, start, temporaryDirectory } from './support/qwarden.ts';
import { documentedMetrics, Scraper } from './support/scraper.ts';

/** Stands wherever a user's text can stand. */
const PRIVATE = 'Takeover-of-ACME';
const TOKEN = 'scraper-3c9';

const rule = (name: string, on: string, does: string, settle = '0s', more = '') =>
  `  - { name: ${PRIVATE} ${name}, on: [${on}], where: { under: /${name}${more} }, settle: ${settle}, do: [${does}] }`;

const rulesIn = (cwd: string) => `
version: 1
rules:
${rule('records', 'created', '{ lock: { retention: 7d } }')}
${rule('later', 'created', '{ log: {} }', '1h')}
${rule('broken', 'created', `{ run: { command: [test, -e, ${JSON.stringify(join(cwd, 'nothing'))}] } }`)}
${rule('slow', 'created', `{ run: { command: [sh, -c, 'until test -e ${join(cwd, 'go')}; do sleep 0.05; done'] } }`)}
${rule('loop', 'permissions', "{ permissions: { mode: '0640' } }")}
${rule('moved', 'created', '{ move: { to: /later } }')}
${rule('sized', 'created', '{ log: {} }', '0s', ", size: '>= 0'")}
${rule('hooked', 'created', '{ webhook: { url: "http://127.0.0.1:9/" } }')}
`;

/** What this test cannot bring about, and why. */
const ELSEWHERE = new Map([
  ['qwarden_watch_paused', 'the log has room for a million batches'],
  ['qwarden_store_outages_total', 'SQLite is no service that goes away'],
  ['qwarden_events_told_twice_total', 'a race of stream and walk: engine/test/inventory'],
  ['qwarden_build_info', 'it is what it is'],
  ['qwarden_store_up', 'it may be up before anybody looks'],
]);

// Long, for it waits for many things; each of them alone is quick.
const PATIENCE = { timeout: 240_000 };

test(
  'a real run makes each metric that the reference has: none of them stands still, and none tells what is private',
  PATIENCE,
  async () => {
    const cluster = await startCluster();
    const { emulator } = cluster;
    // Sessions end on the way; this one is none.
    const { host, port, accessToken, fingerprint256 } = emulator;
    const client = createClient({ host, port, credentials: { accessToken }, tls: { fingerprint256 } });
    onTestFinished(() => client.close());
    for (const name of ['later', 'broken', 'slow', 'loop', 'moved', 'sized', 'hooked'])
      await client.files.createDirectory('/', name);
    const looped = await makeFile(client, '/loop', PRIVATE);
    const cwd = temporaryDirectory();
    const rules = join(cwd, 'rules.yml');
    writeFileSync(rules, rulesIn(cwd));
    const loads = recordLoaded(cwd);
    const env = {
      ...cluster.env,
      ...loads.env,
      QWARDEN_RULES: 'rules.yml',
      QWARDEN_STORE: 'sqlite:state',
      QWARDEN_LISTEN: '0',
      QWARDEN_LISTEN_TOKEN: TOKEN,
    };
    const running = start(['monitor'], { cwd, env });
    const scraper = await Scraper.of(running, TOKEN);
    const first = scraper.samples();
    const series = async (name: string, holds = (value: number) => value > 0) =>
      scraper.until(`qwarden_${name}`, holds);
    await series('catch_ups_total{reason="baseline",result="done"}');

    await makeFile(client, '/records', PRIVATE);
    await makeFile(client, '/later', PRIVATE);
    await makeFile(client, '/broken', PRIVATE);
    await makeFile(client, '/slow', PRIVATE);
    await makeFile(client, '/moved', `${PRIVATE} moved`);
    for (let n = 0; n < 8; n += 1) await makeFile(client, '/hooked', `${PRIVATE} ${n}`);
    await series('locks_total{result="locked"}');
    await series('jobs_settling');
    await series('jobs{state="dead"}');
    await series('jobs_in_flight');
    await series('breakers_open{target="other"}');
    await series('retries_total');
    writeFileSync(join(cwd, 'go'), '');
    // Somebody undoes what the rule does, until it leaves it at that.
    const isTripped = () => (scraper.samples().get('qwarden_loop_guard_trips_total') ?? 0) > 0;
    while (!isTripped()) {
      await client.files.setAttributes(looped, { mode: '0600' });
      await eventually(async () => {
        const { data } = await client.files.getAttributes(looped);
        if (data.mode !== '0640' && !isTripped()) throw new Error(`the mode is ${data.mode}`);
      });
    }
    await series('own_effects_total');

    // The cluster is busy: the breaker, and jobs that are late.
    const busy = emulator.faults.add({ operation: 'PATCH /v1/files/{ref}/file-lock', fail: { status: 429 } });
    await makeFile(client, '/records', `${PRIVATE} 2`);
    await series('breakers_open{target="cluster"}');
    await makeFile(client, '/records', `${PRIVATE} 3`);
    await series('jobs_due_age_seconds');
    emulator.faults.remove(busy);

    // The stream is cut, the login refused meanwhile, and the first walk that looks for what was missed fails.
    const refused = emulator.faults.add({ operation: 'POST /v1/session/login', fail: { status: 401 } });
    const walk = emulator.faults.add({ operation: 'GET /v1/files/{ref}/entries/', times: 4, fail: { status: 503 } });
    emulator.expireSessions();
    emulator.streams.drop('all', 'abruptly');
    await series('stream_state{state="down"}');
    await series('refusals_total{what="login"}');
    await makeFile(client, '/later', `${PRIVATE} 2`);
    emulator.faults.remove(refused);
    await series('catch_ups_total{reason="gap",result="failed"}');
    emulator.faults.remove(walk);
    await series('catch_ups_total{reason="gap",result="done"}');
    await series('catch_up_changes_total');

    // A rule asks about a file (not the root, which is 2) and gets no answer: what is behind it waits in the log.
    const silent = emulator.faults.add({ operation: 'GET /v1/files/10*/info/attributes', fail: { status: 503 } });
    await makeFile(client, '/sized', PRIVATE);
    await series('log_lag_events');
    await series('log_lag_seconds');
    emulator.faults.remove(silent);
    await series('log_lag_seconds', (value) => value === 0);

    // Clocks that disagree.
    emulator.clock.move(3_600_000);
    await series('clock_skew_seconds', (value) => Math.abs(value - 3600) < 60);
    await running.until(/The cluster's clock is 3\d\d\d(\.\d)? s ahead of this machine's/);

    // A broken rule file: the old set stays, and so does readiness.
    const [hash] = /hash="\w+"/.exec(scraper.text) ?? [];
    writeFileSync(rules, 'version: 1\nrules: [{ name: r, on: [creatd], do: [{ log: {} }] }]\n');
    await series('rules_load_failures_total');
    await series('rules_last_load_successful', (value) => value === 0);
    await running.until(/The rule file .* is broken\. The rules in force stay/);
    expect(await (await fetch(`${scraper.url}/readyz`)).text()).toBe('ok\n');
    expect(scraper.text).toContain(`qwarden_rule_set_info{${hash}} 1`);
    writeFileSync(rules, rulesIn(cwd).replace(/ {2}- .* under: \/hooked .*\n/, ''));
    await series('rules', (value) => value === 7);
    expect(scraper.samples().get('qwarden_rules_last_load_successful')).toBe(1);

    const moved = scraper.moved(first);
    const still = documentedMetrics().filter((name) => !moved.has(name) && !ELSEWHERE.has(name));
    expect(still).toEqual([]);
    expect(scraper.samples().get('qwarden_store_up')).toBe(1);
    for (const secret of [PRIVATE, TOKEN, '/records', cwd, ...Object.values(cluster.env)])
      expect(scraper.text.includes(secret), secret).toBe(false);
    expect((await running.stop()).code).toBe(3);
    expect(loads.loaded()).toContain('@qwarden/engine');
    // Nobody asks for traces. The library of the metrics has a use of its own for the interface.
    const ofTraces = loads
      .loaded()
      .split('\n')
      .filter((name) => /opentelemetry|tracing\/make/.test(name));
    expect(ofTraces.filter((name) => name !== '@opentelemetry/api')).toEqual([]);
  },
);

test('a port that is in use ends the start before anything is watched', async () => {
  const cluster = await startCluster();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const address = other.address();
  const listen = String(typeof address === 'object' ? address?.port : '');
  const env = { ...cluster.env, QWARDEN_RULES: 'rules.yml', QWARDEN_STORE: 'sqlite:state', QWARDEN_LISTEN: listen };
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'rules.yml'), rulesIn(cwd));
  const { code, stderr } = await qwarden(['monitor'], { cwd, env });
  expect([code, stderr]).toEqual([1, expect.stringContaining('another program listens there already')]);
  expect(cluster.emulator.streams.all()).toEqual([]);
});
