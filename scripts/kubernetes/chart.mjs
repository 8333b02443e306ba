// Step of `npm run test:kubernetes`: the chart without a cluster, and that each of its checkers finds errors.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chart, mustRun, one, parse, podSpecs, print, render, tool, valueFiles, valuesOf } from './render.mjs';
import { ensureChartTools, lackOf } from './tools.mjs';

/** `kubeVersion` in Chart.yaml, and the newest that kubernetes-validate knows. */
const VERSIONS = ['1.25', '1.37'];
/** Kinds that are not Kubernetes' own, which the chart makes only when asked to. */
const FOREIGN = ['ServiceMonitor', 'PrometheusRule'];

export const title =
  'the chart without a cluster: Helm, the schemas of the oldest and the newest Kubernetes, and what the values mean';

export function missing() {
  return lackOf(ensureChartTools);
}

export async function run(test) {
  const tools = ensureChartTools();
  for (const { name, path } of valueFiles) await checkValues(test, tools, name, path);
  await checkMeaning(test, tools);
  await checkRefusals(test, tools);
  await checkPackage(test, tools);
  await checkPlants(test, tools);
}

async function checkValues(test, tools, name, path) {
  await test(`helm lint --strict: ${name}`, () => mustRun(tools.helm, ['lint', '--strict', chart, '-f', path]));
  for (const version of VERSIONS) {
    await test(`Kubernetes ${version} takes ${name}`, () => {
      const problems = validate(tools, render(tools, ['--kube-version', version, '-f', path]), version);
      assert.deepEqual(problems, []);
    });
  }
  await test(`Helm 3 makes the same of ${name}`, () => {
    const text = mustRun(tools.helm3, ['template', 'r', chart, '--namespace', 'storage', '-f', path]);
    assert.deepEqual(unordered(parse(tools, text)), unordered(parse(tools, render(tools, ['-f', path]))));
  });
  await test(`restricted pods, no token, secrets only in Secrets: ${name}`, () =>
    checkPods(parse(tools, render(tools, ['-f', path]))));
}

/** Errors and warnings; one that is about a foreign kind is none. */
function validate(tools, text, version) {
  const directory = mkdtempSync(join(tmpdir(), 'qwarden-chart-'));
  try {
    const file = join(directory, 'manifests.yaml');
    writeFileSync(file, text);
    const done = tool(tools.validate, ['--strict', '-k', version, file]);
    const lines = done.text.split('\n').filter((line) => line !== '');
    // A line for each resource, or nothing was looked at.
    const looked = lines.filter((line) => /passed for resource/.test(line)).length;
    const problems = lines.filter(
      (line) =>
        !/^INFO .*passed for resource/.test(line) && !FOREIGN.some((kind) => line.includes(`schema for kind ${kind} `)),
    );
    if (done.code !== 0 && problems.length === 0) problems.push(`exit code ${done.code}`);
    if (looked === 0) problems.push('nothing was looked at');
    return problems;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function unordered(manifests) {
  return manifests.map((each) => JSON.stringify(each)).sort();
}

/** Pod Security "restricted", and more: what Kubernetes itself enforces is tried on a real API server. */
function checkPods(manifests) {
  const pods = podSpecs(manifests);
  assert.ok(pods.length > 0);
  for (const { name, spec } of pods) {
    assert.equal(spec.automountServiceAccountToken, false, name);
    assert.equal(spec.securityContext.runAsNonRoot, true, name);
    assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' }, name);
    for (const container of spec.containers) {
      assert.deepEqual(
        container.securityContext,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        name,
      );
      const literal = (container.env ?? []).filter(
        (one) => /PASSWORD|TOKEN|SECRET/.test(one.name) && one.value && !one.name.endsWith('_FILE'),
      );
      assert.deepEqual(literal, [], name);
      // What Kubernetes would never change in a running pod.
      assert.ok(!container.volumeMounts.some((mount) => mount.subPath), name);
    }
  }
  const kinds = new Set(manifests.map(({ kind }) => kind));
  for (const kind of ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']) assert.ok(!kinds.has(kind), kind);
  const others = JSON.stringify(manifests.filter(({ kind }) => kind !== 'Secret'));
  for (const secret of ['change-me-please', 'only-for-a-trial']) assert.ok(!others.includes(secret), secret);
}

async function checkMeaning(test, tools) {
  const of = (name, ...args) => parse(tools, render(tools, ['-f', valuesOf(name), ...args]));
  const variables = (manifests, ending) =>
    Object.fromEntries(
      one(manifests, 'Deployment', ending).spec.template.spec.containers[0].env.map(({ name, value }) => [name, value]),
    );
  await test('there is one watcher, and never two', () => {
    for (const { name } of valueFiles) {
      const { spec } = one(of(name), 'Deployment', '-watcher');
      assert.deepEqual([spec.replicas, spec.strategy], [1, { type: 'Recreate' }]);
    }
  });
  await test('roles: all; watcher and worker; filelock without rules', () => {
    assert.equal(variables(of('sqlite'), '-watcher')['QWARDEN_ROLE'], 'all');
    const redis = of('redis');
    assert.equal(variables(redis, '-watcher')['QWARDEN_ROLE'], 'watcher');
    assert.equal(variables(redis, '-worker')['QWARDEN_ROLE'], 'worker');
    assert.equal(variables(redis, '-worker')['QWARDEN_RULES'], undefined);
    const filelock = of('filelock');
    assert.deepEqual(one(filelock, 'Deployment', '-watcher').spec.template.spec.containers[0].args, ['filelock']);
    assert.equal(variables(filelock, '-watcher')['QWARDEN_INCLUDE'], '*.pdf\n*.xml');
    assert.ok(!filelock.some(({ kind }) => kind === 'ConfigMap'));
  });
  await test('a change of the rules changes no pod', () => {
    const before = of('sqlite');
    const after = of('sqlite', '--set', 'rules.text=version: 1');
    assert.notDeepEqual(one(before, 'ConfigMap'), one(after, 'ConfigMap'));
    assert.deepEqual(one(before, 'Deployment'), one(after, 'Deployment'));
  });
  await test('autoscaling is off by default; with it nothing else says how many', () => {
    assert.ok(!of('trial').some(({ kind }) => kind === 'HorizontalPodAutoscaler'));
    const manifests = of('redis');
    const { spec } = one(manifests, 'HorizontalPodAutoscaler');
    const worker = one(manifests, 'Deployment', '-worker');
    assert.equal(spec.scaleTargetRef.name, worker.metadata.name);
    assert.equal(worker.spec.replicas, undefined);
    assert.equal(spec.metrics[0].external.target.averageValue, '50');
  });
  await test('selectors choose the pods that they are for', () => {
    const manifests = of('trial');
    const chosen = (selector) =>
      manifests
        .filter(({ spec }) => spec?.template?.metadata)
        .filter(({ spec }) =>
          Object.entries(selector).every(([key, value]) => spec.template.metadata.labels[key] === value),
        )
        .map(({ metadata }) => metadata.name)
        .sort();
    assert.deepEqual(chosen(one(manifests, 'PodDisruptionBudget').spec.selector.matchLabels), ['r-qwarden-worker']);
    assert.deepEqual(chosen(one(manifests, 'Service', '-redis').spec.selector), ['r-qwarden-redis']);
    assert.deepEqual(chosen(one(manifests, 'Service', '-metrics').spec.selector), [
      'r-qwarden-watcher',
      'r-qwarden-worker',
    ]);
    assert.deepEqual(chosen(one(manifests, 'NetworkPolicy', '-redis').spec.podSelector.matchLabels), [
      'r-qwarden-redis',
    ]);
    assert.deepEqual(chosen(one(manifests, 'NetworkPolicy', 'r-qwarden').spec.podSelector.matchLabels), [
      'r-qwarden-watcher',
      'r-qwarden-worker',
    ]);
  });
  await test('the bundled Redis is full before it is killed, and throws nothing away', () => {
    const manifests = of('trial');
    const settings = redisSettings(manifests);
    const { limits } = one(manifests, 'StatefulSet', '-redis').spec.template.spec.containers[0].resources;
    assert.equal(settings['maxmemory-policy'], 'noeviction');
    const part = bytes(settings['maxmemory']) / bytes(limits.memory);
    assert.ok(part > 0.5 && part <= 0.65, `maxmemory is ${part} of the limit`);
  });
  await test('maxmemory is what the values say, also where there is no limit of memory', () => {
    const bundled = 'redis.bundled';
    for (const limit of ['resources.limits.memory=4Gi', 'resources.limits.memory=null', 'resources.limits=null']) {
      const manifests = of('trial', '--set', `${bundled}.maxmemory=2gb,${bundled}.${limit}`);
      assert.equal(redisSettings(manifests)['maxmemory'], '2gb');
    }
  });
  await test('egress that is restricted leads to the name servers, the Redis of the chart, and what is named', () => {
    const { spec } = one(of('trial', '--set', 'networkPolicy.egress.restrict=true'), 'NetworkPolicy', 'r-qwarden');
    assert.deepEqual(
      spec.egress.map(({ ports }) => ports.map(({ port }) => port)),
      [[53, 53], [6379]],
    );
    assert.ok(spec.egress[1].to[0].podSelector);
    const named = one(of('redis'), 'NetworkPolicy').spec;
    assert.deepEqual(
      named.egress.map(({ ports }) => ports[0].port),
      [53, 8000, 6379],
    );
    assert.equal(named.ingress[0].from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'], 'monitoring');
  });
}

/** `redis.conf` of the bundled Redis: its settings, each with its value. */
function redisSettings(manifests) {
  const text = one(manifests, 'Secret', '-redis').stringData['redis.conf'];
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}

const MEMORY_UNITS = { mb: 2 ** 20, gb: 2 ** 30, Mi: 2 ** 20, Gi: 2 ** 30 };

function bytes(text) {
  const [, number, unit] = /^(\d+)(mb|gb|Mi|Gi)$/.exec(text) ?? [];
  assert.ok(unit !== undefined, `${text} is no size`);
  return Number(number) * MEMORY_UNITS[unit];
}

/** Values that cannot be right are refused in words, before anything is installed. */
async function checkRefusals(test, tools) {
  /** @type {[what: string, args: string[], expected: RegExp][]} */
  const refusals = [
    ['a mode that is none', ['--set', 'mode=sqlit'], /mode.*'sqlite', 'redis', 'filelock'/s],
    ['an unknown value', ['--set', 'replicaCount=3'], /additional properties 'replicaCount' not allowed/],
    ['an unknown value deep inside', ['--set', 'workers.autoscaling.maximum=3'], /'maximum' not allowed/],
    ['a number that is none', ['--set', 'workers.replicas=many'], /replicas.*got string, want integer/s],
    ['a port of the system', ['--set', 'listen.port=80'], /minimum: got 80, want 1,?024/],
    ['a wrong fingerprint', ['--set', 'cluster.tls.fingerprint=00:11'], /fingerprint/],
    ['no cluster', ['--set', 'cluster.host='], /cluster\.host is not set/],
    ['no login', ['--set', 'cluster.existingSecret='], /There is no login/],
    ['two logins', ['--set', 'cluster.accessToken=t'], /existingSecret is set, and .* as well/],
    ['a password without a user', ['--set', 'cluster.secretKey=password'], /cluster\.username is not set/],
    ['two ways of trust', ['--set', 'cluster.tls.insecure=true'], /give one of fingerprint, caConfigMap and insecure/],
    ['no Redis', ['--set', 'mode=redis'], /exactly one of redis\.existingSecret, redis\.url and redis\.bundled/],
    ['two of Redis', ['--set', 'mode=redis,redis.url=redis://r,redis.bundled.enabled=true'], /exactly one of redis/],
    ['a login in the address of Redis', ['--set', 'mode=redis,redis.url=redis://:p@r:6379'], /put it into a Secret/],
    [
      'a Redis that would be killed before it is full',
      ['--set', 'mode=redis,redis.bundled.enabled=true,redis.bundled.maxmemory=512mb'],
      /redis\.bundled\.maxmemory \(512mb\) is more than three quarters of .*\(512Mi\)/,
    ],
    [
      'a limit of memory below it',
      ['--set', 'mode=redis,redis.bundled.enabled=true,redis.bundled.resources.limits.memory=300000000'],
      /three quarters of .*300000000/,
    ],
    ['a maxmemory that is none', ['--set', 'redis.bundled.maxmemory=lots'], /maxmemory.*does not match pattern/is],
    ['alerts that are none', ['--set', 'prometheusRule.alerts=none'], /prometheusRule\.alerts/],
    ['nothing to lock with', ['--set', 'mode=filelock'], /needs filelock\.retention/],
    ['a Kubernetes that is too old', ['--kube-version', '1.24.0'], /requires kubeVersion: >=1\.25/],
  ];
  for (const [what, args, expected] of refusals) {
    await test(`refused: ${what}`, () => {
      const done = tool(tools.helm, ['template', 'r', chart, '-f', valuesOf('sqlite'), ...args]);
      assert.notEqual(done.code, 0, done.text);
      assert.match(done.text, expected);
    });
  }
}

/** What is handed on: an archive with all that is needed and nothing of the tests, and alerts from a file of their own. */
async function checkPackage(test, tools) {
  await test('the package gives the same as the directory, without the values of the tests', () => {
    const directory = mkdtempSync(join(tmpdir(), 'qwarden-chart-'));
    try {
      mustRun(tools.helm, ['package', chart, '--destination', directory]);
      const [archive] = readdirSync(directory).map((name) => join(directory, name));
      const args = ['--namespace', 'storage', '-f', valuesOf('trial')];
      const packed = mustRun(tools.helm, ['template', 'r', archive, ...args]);
      assert.deepEqual(parse(tools, packed), parse(tools, render(tools, ['-f', valuesOf('trial')])));
      const listed = mustRun('tar', ['-tzf', archive]).split('\n').filter(Boolean);
      assert.ok(listed.includes('qwarden/values.schema.json') && listed.includes('qwarden/templates/NOTES.txt'));
      assert.deepEqual(
        listed.filter((name) => name.startsWith('qwarden/ci/')),
        [],
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
  await test('alerts of a file are those of the PrometheusRule, braces and all', () => {
    const { spec } = one(parse(tools, render(tools, ['-f', valuesOf('redis')])), 'PrometheusRule');
    assert.deepEqual(
      spec.groups.map(({ name, rules }) => [name, rules[0].alert, rules[0].annotations.summary]),
      [['qwarden', 'QwardenStreamDown', '{{ $labels.instance }} hears of no changes.']],
    );
  });
}

/** What lint does not see must be found by the schemas. */
async function checkPlants(test, tools) {
  const plants = {
    'a wrong type': (manifests) => {
      one(manifests, 'Deployment', '-worker').spec.replicas = 'two';
    },
    'an unknown field': (manifests) => {
      one(manifests, 'Service', '-metrics').spec.ports[0].protcol = 'TCP';
    },
    'a field that is missing': (manifests) => {
      delete one(manifests, 'Deployment', '-watcher').spec.selector;
    },
    'an unknown kind': (manifests) => {
      one(manifests, 'PodDisruptionBudget').kind = 'PodDisruptionBudgett';
    },
    'a version of the API that is gone': (manifests) => {
      one(manifests, 'PodDisruptionBudget').apiVersion = 'policy/v1beta1';
    },
  };
  for (const [what, plant] of Object.entries(plants)) {
    await test(`the schemas find ${what}`, () => {
      const manifests = parse(tools, render(tools, ['-f', valuesOf('trial')]));
      plant(manifests);
      const problems = validate(tools, print(tools, manifests), VERSIONS[1]);
      assert.equal(problems.length, 1, problems.join('\n'));
    });
  }
}
