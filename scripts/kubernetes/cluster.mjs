// Step of `npm run test:kubernetes`: the chart on a real API server, its pods as real processes, against an emulated Qumulo cluster.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, finished, startControlPlane } from './control-plane.mjs';
import { httpGet, Kubelet } from './kubelet.mjs';
import { chart, one, parse, print, render, valueFiles, valuesOf } from './render.mjs';
import { powersOf, refusesEverything } from './rights.mjs';
import { ensureChartTools, ensureControlPlane, ensureRedis, lackOf } from './tools.mjs';

export const title = 'the chart on a real API server: installed, upgraded, rolled back, with its pods at work';

const NAMESPACE = 'storage';
const RULES = `version: 1
rules:
  - name: lock records
    on: [created]
    where: { under: /records }
    settle: 0s
    do: [{ lock: { retention: 7d } }]
`;

export function missing() {
  return lackOf(ensureChartTools) ?? lackOf(ensureRedis) ?? lackOf(ensureControlPlane);
}

export async function run(test) {
  const tools = ensureChartTools();
  const directory = mkdtempSync(join(tmpdir(), 'qwk-'));
  const { startEmulator } = await import('../../packages/qumulo-emulator/dist/index.js');
  const { createClient } = await import('../../packages/qumulo-client/dist/index.js');
  const emulator = await startEmulator({});
  const { host, port, username, password, fingerprint256 } = emulator;
  const client = createClient({ host, port, credentials: { username, password }, tls: { fingerprint256 } });
  await client.files.createDirectory('/', 'records');
  const plane = await startControlPlane(join(directory, 'plane'), ensureControlPlane(), tools);
  const redis = ensureRedis();
  const kubelet = new Kubelet(plane.api, NAMESPACE, { directory: join(directory, 'pods'), redis });
  try {
    const world = { test, tools, plane, kubelet, client, emulator, directory };
    await prepare(plane);
    kubelet.start();
    await checkServerSide(world);
    await checkRedis(world);
    await checkOnePod(world);
    await test('nothing went wrong on the way', () => assert.deepEqual(kubelet.errors, []));
  } finally {
    await kubelet.stop();
    await plane.close();
    await client.close();
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A namespace in which only restricted pods may be, and the kinds of the Prometheus operator. */
async function prepare(plane) {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  await must(plane.api('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE, labels } }), 201);
  await must(plane.api('POST', '/api/v1/namespaces', { metadata: { name: 'bare' } }), 201);
  await eventually('the namespace has its service account', async () => {
    const { status } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`);
    return status === 200;
  });
}

async function must(answer, status) {
  const { status: got, body } = await answer;
  assert.equal(got, status, JSON.stringify(body));
  return body;
}

async function helm(plane, ...args) {
  const done = await plane.helm(args);
  assert.equal(done.code, 0, `helm ${args.join(' ')}\n${done.text}`);
  return done.stdout;
}

async function operatorKinds(plane) {
  for (const [kind, plural] of [
    ['ServiceMonitor', 'servicemonitors'],
    ['PrometheusRule', 'prometheusrules'],
  ]) {
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    await must(
      plane.api('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        metadata: { name: `${plural}.monitoring.coreos.com` },
        spec: {
          group: 'monitoring.coreos.com',
          scope: 'Namespaced',
          names: { kind, plural },
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      }),
      201,
    );
    await eventually(`${kind} is served`, async () => {
      const path = `/apis/monitoring.coreos.com/v1/namespaces/${NAMESPACE}/${plural}`;
      return (await plane.api('GET', path)).status === 200;
    });
  }
}

/** What the server itself takes and refuses, before anything is there. */
async function checkServerSide({ test, tools, plane }) {
  const install = (path) =>
    plane.helm(['install', 'r', chart, '--namespace', NAMESPACE, '--dry-run=server', '-f', path]);
  await test('without the Prometheus operator its kinds are refused in words', async () => {
    const done = await install(valuesOf('redis'));
    assert.notEqual(done.code, 0);
    assert.match(done.text, /no matches for kind "(ServiceMonitor|PrometheusRule)"/);
  });
  await operatorKinds(plane);
  for (const { name, path } of valueFiles) {
    await test(`the server would install ${name}`, async () => {
      const done = await install(path);
      assert.equal(done.code, 0, done.text);
    });
    await test(`the server takes ${name} by kubectl, every field of it`, async () => {
      const done = await apply(plane, render(tools, ['-f', path]));
      assert.equal(done.code, 0, done.text);
      assert.doesNotMatch(done.text, /warning/i);
    });
  }
  const plants = {
    'an unknown field': [/replicass/, (manifests) => (worker(manifests).spec.replicass = 2)],
    'a wrong type': [/replicas/, (manifests) => (worker(manifests).spec.replicas = 'two')],
    'an unknown kind': [/no matches for kind "Deploymentt"/, (manifests) => (worker(manifests).kind = 'Deploymentt')],
    'a selector of other pods': [
      /selector.*does not match template/s,
      (manifests) => (worker(manifests).spec.selector.matchLabels.other = 'yes'),
    ],
    'a pod that may become root': [
      /would violate PodSecurity "restricted/,
      (manifests) => (worker(manifests).spec.template.spec.securityContext.runAsNonRoot = false),
    ],
  };
  for (const [what, [expected, plant]] of Object.entries(plants)) {
    await test(`the server finds ${what}`, async () => {
      const manifests = parse(tools, render(tools, ['-f', valuesOf('trial')]));
      plant(manifests);
      const done = await apply(plane, print(tools, manifests));
      assert.match(done.text, expected);
    });
  }
}

function worker(manifests) {
  return one(manifests, 'Deployment', '-worker');
}

function apply(plane, text) {
  const args = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-n', NAMESPACE, '-f', '-'];
  return plane.kubectl(args, text);
}

/** `-f FILE` with these values, and those that lead the chart to the emulator. */
function withValues({ emulator, directory }, name, values) {
  const { host, port, username, password, fingerprint256 } = emulator;
  const file = join(directory, `${name}.json`);
  const all = {
    cluster: { host, port, username, password, tls: { fingerprint: fingerprint256, insecure: false } },
    dryRun: false,
    maxConcurrency: 8,
    // A probe each second: nobody wants to wait here.
    probes: { startup: { periodSeconds: 1 } },
    ...values,
  };
  writeFileSync(file, JSON.stringify(all));
  return ['-f', file];
}

async function checkRedis(world) {
  const { test, plane, kubelet, client, directory } = world;
  const rules = join(directory, 'rules.yml');
  writeFileSync(rules, RULES);
  // Passwords that the chart makes up.
  const made = withValues(world, 'redis', { redis: { bundled: { password: '' } }, listen: { token: '' } });
  const values = ['-f', valuesOf('trial'), ...made, '--set-file', `rules.text=${rules}`];
  const base = ['r', chart, '--namespace', NAMESPACE, '--wait', '--timeout', '4m', ...values];
  const release = (verb, ...more) => helm(plane, verb, ...base, ...more);
  const watcher = () => kubelet.podsOf('watcher', 'r')[0];
  const words = () =>
    [...kubelet.podsOf('watcher', 'r'), ...kubelet.podsOf('worker', 'r'), ...kubelet.podsOf('redis', 'r')]
      .map((pod) => `--- ${pod.name} ${pod.waiting ?? ''}\n${Kubelet.logOf(pod).slice(-1500)}`)
      .join('\n') + kubelet.errors.join('\n');
  const locked = (name) => isLocked(client, `/records/${name}`);
  const create = (name) => client.files.createFile('/records', name);
  const secret = async (name, key) => {
    const body = await must(plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/secrets/${name}`), 200);
    return Buffer.from(body.data[key], 'base64').toString();
  };

  const installed = await test('mode redis: installed, every pod is ready (helm install --wait)', async () => {
    await release('install').catch((error) => {
      throw new Error(`${error.message}\n${words()}`);
    });
    assert.equal(kubelet.podsOf('watcher', 'r').length, 1);
    assert.equal(kubelet.podsOf('worker', 'r').length, 2);
    assert.equal(kubelet.podsOf('redis', 'r').length, 1);
  });
  if (!installed) return;

  await test('a new file is locked by a worker', async () => {
    await create('a');
    await eventually('it is locked', () => locked('a'), { about: words });
    const isDone = (pod) => /"kind":"done"/.test(Kubelet.logOf(pod));
    await eventually('a worker says so', () => kubelet.podsOf('worker', 'r').some(isDone), { about: words });
  });

  await test('probes need no token, metrics do, and the token is that of the Secret', async () => {
    const token = await secret('r-qwarden-listen', 'token');
    assert.match(token, /^[A-Za-z0-9]{40}$/);
    for (const pod of [watcher(), ...kubelet.podsOf('worker', 'r')]) {
      for (const path of ['/healthz', '/readyz'])
        assert.deepEqual(await httpGet(Kubelet.urlOf(pod, path)), { status: 200, text: 'ok\n' });
      assert.equal((await httpGet(Kubelet.urlOf(pod, '/metrics'))).status, 401);
      const metrics = await httpGet(Kubelet.urlOf(pod, '/metrics'), { authorization: `Bearer ${token}` });
      assert.equal(metrics.status, 200);
      assert.match(metrics.text, /^qwarden_jobs\{state="due"\} \d+$/m);
    }
  });

  await test('the commands of the notes work in the pod', async () => {
    const notes = await plane.helm(['get', 'notes', 'r', '--namespace', NAMESPACE]);
    const commands = [...notes.stdout.matchAll(/ -- qwarden (.+)$/gm)].map((match) => match[1].split(' '));
    assert.ok(commands.length >= 2, notes.text);
    for (const command of commands) {
      const done = await kubelet.exec(watcher(), command);
      assert.equal(done.code, 0, `qwarden ${command.join(' ')}\n${done.text}`);
    }
    const health = await kubelet.exec(watcher(), ['health']);
    assert.equal(health.code, 0, health.text);
  });

  await checkRights(world);

  const before = kubelet.history.length;
  const metric = async (name) => {
    const authorization = `Bearer ${await secret('r-qwarden-listen', 'token')}`;
    const { text } = await httpGet(Kubelet.urlOf(watcher(), '/metrics'), { authorization });
    return new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1];
  };

  await test('rules of an upgrade are in force without a restart', async () => {
    writeFileSync(rules, RULES.replace('under: /records', 'under: /records, name: "*.pdf"'));
    await release('upgrade');
    await eventually(
      'two rule sets were loaded',
      () => /"kind":"rules-loaded".*"kind":"rules-loaded"/s.test(Kubelet.logOf(watcher())),
      { about: words },
    );
    await create('b.tmp');
    await create('b.pdf');
    await eventually('it is locked', () => locked('b.pdf'), { about: words });
    assert.equal(await locked('b.tmp'), false);
    assert.equal(kubelet.history.length, before, 'a container was started or ended');
  });

  await test('a broken rule file in the ConfigMap changes nothing: ready, at work, and told', async () => {
    const patch = { data: { 'rules.yml': 'version: 1\nrules: [{ nam: oops }]\n' } };
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/r-qwarden-rules`;
    await must(plane.api('PATCH', path, patch, 'application/merge-patch+json'), 200);
    await eventually('it is told', () => /"kind":"rules-broken"/.test(Kubelet.logOf(watcher())), { about: words });
    assert.equal(await metric('qwarden_rules_last_load_successful'), '0');
    assert.equal((await httpGet(Kubelet.urlOf(watcher(), '/readyz'))).status, 200);
    await create('c.pdf');
    await eventually('it is locked', () => locked('c.pdf'), { about: words });
    // Helm takes the key over again: it is what the release says.
    await release('upgrade', '--force-conflicts');
    await eventually('it is whole again', async () => (await metric('qwarden_rules_last_load_successful')) === '1', {
      about: words,
    });
    assert.equal(kubelet.history.length, before, 'a container was started or ended');
  });

  await test('an upgrade makes pods anew, one watcher at a time, keeps what the chart made up, and loses nothing', async () => {
    const kept = await Promise.all([secret('r-qwarden-listen', 'token'), secret('r-qwarden-redis', 'password')]);
    const uid = watcher().uid;
    const old = watcher().process;
    // A file that comes while nobody watches.
    await Promise.all([release('upgrade', '--set', 'image.tag=0.2.0'), old.ended.then(() => create('d.pdf'))]);
    assert.notEqual(watcher().uid, uid);
    assert.equal(watcher().spec.containers[0].image, 'qwarden:0.2.0');
    await eventually('it is locked', () => locked('d.pdf'), { about: words });
    assert.deepEqual(
      await Promise.all([secret('r-qwarden-listen', 'token'), secret('r-qwarden-redis', 'password')]),
      kept,
    );
    assert.equal(mostAtOnce(kubelet.history, 'watcher'), 1);
    assert.equal(kubelet.history.filter(({ what, component }) => what === 'end' && component === 'redis').length, 0);
    const ends = () => kubelet.history.filter(({ what }) => what === 'end').map(({ outcome }) => outcome);
    // The last of the old workers may still be finishing what it had begun.
    await eventually('watcher and both workers have ended', () => ends().length === 3, { about: words });
    assert.deepEqual(ends(), [0, 0, 0]);
  });

  await test('an upgrade that cannot start is not ready, keeps the workers at work, and is rolled back', async () => {
    const args = [...base, '--timeout', '15s', '--set', 'image.tag=0.3.0,cluster.port=1'];
    const done = await plane.helm(['upgrade', ...args]);
    assert.notEqual(done.code, 0);
    const workers = kubelet.podsOf('worker', 'r').filter(({ spec }) => spec.containers[0].image === 'qwarden:0.2.0');
    assert.equal(workers.length, 2);
    await helm(plane, 'rollback', 'r', '--namespace', NAMESPACE, '--wait', '--timeout', '4m');
    assert.equal(watcher().spec.containers[0].image, 'qwarden:0.2.0');
    await create('e.pdf');
    await eventually('it is locked', () => locked('e.pdf'), { about: words });
    const history = JSON.parse(await helm(plane, 'history', 'r', '--namespace', NAMESPACE, '-o', 'json'));
    assert.match(history.at(-1).description, /Rollback to \d+/);
  });

  await test('a worker that is killed loses nothing, and is started again', async () => {
    const [victim] = kubelet.podsOf('worker', 'r');
    const names = Array.from({ length: 20 }, (_, index) => `k${index}.pdf`);
    const making = Promise.all(names.map((name) => create(name)));
    victim.process.kill('SIGKILL');
    await making;
    for (const name of names) await eventually(`${name} is locked`, () => locked(name), { seconds: 120, about: words });
    await eventually('it is up again', () => victim.restarts === 1 && victim.started, { about: words });
  });

  await test('the Redis of the chart keeps what it was told: AOF with every write, no eviction, the same queue after kill -9', async () => {
    const [redis] = kubelet.podsOf('redis', 'r');
    const env = { ...redis.environment, REDISCLI_AUTH: await secret('r-qwarden-redis', 'password') };
    const ask = async (...args) => (await finished('valkey-cli', args, { env })).stdout.trim().split('\n');
    for (const [name, value] of [
      ['appendonly', 'yes'],
      ['appendfsync', 'always'],
      ['maxmemory', String(300 * 2 ** 20)],
      ['maxmemory-policy', 'noeviction'],
    ])
      assert.deepEqual(await ask('CONFIG', 'GET', name), [name, value]);
    assert.match((await finished('valkey-cli', ['DBSIZE'], { env: redis.environment })).text, /NOAUTH/);
    const [size] = await ask('DBSIZE');
    assert.ok(Number(size) > 0);
    const killed = redis.process.ended;
    redis.process.kill('SIGKILL');
    await killed;
    await create('r.pdf');
    await eventually('Redis is up again', () => redis.restarts === 1 && redis.started, { about: words });
    await eventually('it is locked', () => locked('r.pdf'), { seconds: 120, about: words });
    const others = [watcher(), ...kubelet.podsOf('worker', 'r')];
    for (const pod of others)
      await eventually(
        `${pod.name} is ready`,
        async () => (await httpGet(Kubelet.urlOf(pod, '/readyz'))).status === 200,
        { about: words },
      );
  });

  await test('the budget of disruptions lets one worker go, and not two', async () => {
    const path = `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets/r-qwarden-worker`;
    await eventually('both are healthy', async () => {
      const { status } = await must(plane.api('GET', path), 200);
      return status.currentHealthy === 2 && status.disruptionsAllowed === 1;
    });
    const evict = (pod) =>
      plane.api('POST', `/api/v1/namespaces/${NAMESPACE}/pods/${pod.name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: pod.name },
      });
    const [first, second] = kubelet.podsOf('worker', 'r');
    await must(evict(first), 201);
    assert.equal((await evict(second)).status, 429);
    await eventually(
      'another one took its place',
      () => kubelet.podsOf('worker', 'r').filter(({ started }) => started).length === 2,
      { about: words },
    );
  });

  await test('uninstalled: everything goes but what holds data', async () => {
    await helm(plane, 'uninstall', 'r', '--namespace', NAMESPACE);
    await eventually(
      'no pod is left',
      async () => {
        const { body } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods`);
        return body.items.length === 0;
      },
      { seconds: 120, about: () => JSON.stringify(kubelet.history.slice(-8)) },
    );
    const left = await plane.kubectl([
      '-n',
      NAMESPACE,
      'get',
      'all,secret,pvc,networkpolicy,pdb,serviceaccount',
      '-o',
      'name',
    ]);
    assert.deepEqual(left.stdout.trim().split('\n').sort(), [
      'persistentvolumeclaim/data-r-qwarden-redis-0',
      'serviceaccount/default',
    ]);
  });
}

/** How many containers of a component ran at the same time, at most. */
function mostAtOnce(history, component) {
  let now = 0;
  let most = 0;
  for (const each of history.filter((one) => one.component === component)) {
    now += each.what === 'start' ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

async function isLocked(client, path) {
  const { data } = await client.files.getAttributes(path, { retrieveFileLock: true });
  return Boolean(data.lock?.retention_period);
}

/** The service account of the chart may do nothing, and its pods do not even have its token. */
async function checkRights({ test, plane }) {
  const account = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/r-qwarden`;
  const tokenOf = async (path) =>
    (await must(plane.api('POST', `${path}/token`, { spec: { expirationSeconds: 600 } }), 201)).status.token;
  const nobody = plane.as(await tokenOf('/api/v1/namespaces/bare/serviceaccounts/default'));
  const chartToken = await tokenOf(account);
  await test('the service account of the chart may do what every account may, and nothing else', async () => {
    const own = plane.as(chartToken);
    assert.equal((await own('GET', '/version')).status, 200);
    assert.deepEqual(await powersOf(own, NAMESPACE), await powersOf(nobody, 'bare'));
    assert.deepEqual(await refusesEverything(own, NAMESPACE), []);
  });
  await test('found: a right that nobody needs', async () => {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
    const rules = [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list'] }];
    await must(plane.api('POST', `${rbac}/roles`, { metadata: { name: 'planted' }, rules }), 201);
    const binding = {
      metadata: { name: 'planted' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'planted' },
      subjects: [{ kind: 'ServiceAccount', name: 'r-qwarden', namespace: NAMESPACE }],
    };
    await must(plane.api('POST', `${rbac}/rolebindings`, binding), 201);
    try {
      const own = plane.as(chartToken);
      await eventually('it is found', async () => (await refusesEverything(own, NAMESPACE)).length > 0);
      assert.deepEqual(await refusesEverything(own, NAMESPACE), ['GET leases: 200']);
      assert.notDeepEqual(await powersOf(own, NAMESPACE), await powersOf(nobody, 'bare'));
    } finally {
      await must(plane.api('DELETE', `${rbac}/rolebindings/planted`), 200);
      await must(plane.api('DELETE', `${rbac}/roles/planted`), 200);
    }
  });
  await test('no pod has a token of Kubernetes in it; one that asks for it would', async () => {
    const { items } = await must(plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods`), 200);
    assert.equal(items.length, 4);
    for (const pod of items) assert.deepEqual(tokensIn(pod), [], pod.metadata.name);
    const { spec } = items.find(({ metadata }) => metadata.name.includes('-worker-'));
    const asking = { ...spec, automountServiceAccountToken: true, nodeName: undefined };
    const path = `/api/v1/namespaces/${NAMESPACE}/pods?dryRun=All`;
    const planted = await must(plane.api('POST', path, { metadata: { name: 'planted' }, spec: asking }), 201);
    assert.equal(tokensIn(planted).length, 1);
  });
}

function tokensIn({ spec }) {
  return spec.volumes.filter(({ projected }) => projected?.sources.some((source) => source.serviceAccountToken));
}

/** The two modes with one pod and a volume. */
async function checkOnePod(world) {
  const { test, plane, kubelet, client } = world;
  await client.files.createDirectory('/', 'archive');
  const words = (release) => () =>
    kubelet
      .podsOf('watcher', release)
      .map((pod) => Kubelet.logOf(pod).slice(-2000))
      .join('\n');
  const watch = { directory: '/archive', recursive: true };
  const modes = {
    filelock: { mode: 'filelock', watch, filelock: { retention: '7d', interval: 0 } },
    sqlite: { mode: 'sqlite', watch, rules: { text: RULES.replaceAll('/records', '/archive') } },
  };
  for (const [mode, values] of Object.entries(modes)) {
    await test(`mode ${mode}: installed, and at work again where it was after its pod was replaced`, async () => {
      const file = (name) => `/archive/${mode}-${name}`;
      const create = (name) => client.files.createFile('/archive', `${mode}-${name}`);
      const wait = ['--namespace', NAMESPACE, '--wait', '--timeout', '4m'];
      await helm(plane, 'install', mode, chart, ...wait, ...withValues(world, mode, values)).catch((error) => {
        throw new Error(`${error.message}\n${words(mode)()}`);
      });
      await create('a');
      await eventually('it is locked', () => isLocked(client, file('a')), { about: words(mode) });
      const [first] = kubelet.podsOf('watcher', mode);
      await must(plane.api('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/${first.name}`), 200);
      await eventually('it has ended', () => first.process.isOver);
      await create('b');
      await eventually(
        'another one is at work',
        () => kubelet.podsOf('watcher', mode).some(({ uid, started }) => started && uid !== first.uid),
        { about: words(mode) },
      );
      await eventually('it is locked', () => isLocked(client, file('b')), { about: words(mode) });
      const [second] = kubelet.podsOf('watcher', mode);
      const listed = await kubelet.exec(second, ['locks', 'list', '--json']);
      assert.equal(listed.code, 0, listed.text);
      for (const name of ['a', 'b']) assert.ok(listed.stdout.includes(file(name)), listed.stdout);
      await helm(plane, 'uninstall', mode, '--namespace', NAMESPACE);
      const claims = await plane.kubectl(['-n', NAMESPACE, 'get', 'pvc', '-o', 'name']);
      assert.ok(claims.stdout.includes(`persistentvolumeclaim/${mode}-qwarden-state`), claims.text);
    });
  }
}
