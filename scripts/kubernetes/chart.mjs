// The chart without a cluster: lint, schemas of the oldest and the newest Kubernetes, kube-score; and that each of these finds errors.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chart, mustRun, one, parse, podSpecs, print, render, tool, valueFiles } from './render.mjs';

/** `kubeVersion` in Chart.yaml, and the newest that kubernetes-validate knows. */
const VERSIONS = ['1.25', '1.37'];
/** Kinds that are not Kubernetes' own, which the chart makes only when asked to. */
const FOREIGN = ['ServiceMonitor'];
/** What kube-score would have otherwise, and why it is not so. */
const SCORE = [
  // A limit of CPU slows a pod down in the moment when it is needed most.
  '--ignore-container-cpu-limit',
  // The tag is a version, which does not change; who wants Always sets it.
  '--ignore-test=container-image-pull-policy',
];

/** Everything that needs no cluster. */
export async function checkChart(checks, tools) {
  const good = (name) => valueFiles.find((file) => file.name === name).path;
  for (const { name, path } of valueFiles) {
    await checks.check(`helm lint --strict: ${name}`, () =>
      mustRun(tools.helm, ['lint', '--strict', chart, '-f', path]),
    );
    for (const version of VERSIONS) {
      await checks.check(`Kubernetes ${version} takes ${name}`, () => {
        const problems = validate(tools, render(tools, ['--kube-version', version, '-f', path]), version);
        assert.deepEqual(problems, []);
      });
    }
    await checks.check(`Helm 3 makes the same of ${name}`, () => {
      const text = mustRun(tools.helm3, ['template', 'r', chart, '--namespace', 'storage', '-f', path]);
      assert.deepEqual(unordered(parse(tools, text)), unordered(parse(tools, render(tools, ['-f', path]))));
    });
    await checks.check(`restricted pods, no token, secrets only in Secrets: ${name}`, () =>
      checkPods(parse(tools, render(tools, ['-f', path]))),
    );
  }
  await checkMeaning(checks, tools, good);
  await checkRefusals(checks, tools, good);
  await checkPlants(checks, tools, good);
}

/** kube-score, when there is Go. */
export async function checkScore(checks, tools, kubeScore) {
  for (const { name, path } of valueFiles) {
    await checks.check(`kube-score: ${name}`, () => {
      const scored = score(kubeScore, render(tools, ['-f', path]));
      assert.equal(scored.code, 0, scored.text);
    });
  }
  const plants = {
    'a root file system that can be written': [
      /CRITICAL\] Container Security Context ReadOnlyRootFilesystem/,
      (pod) => {
        pod.containers[0].securityContext.readOnlyRootFilesystem = false;
      },
    ],
    'no limit of memory': [
      /CRITICAL\] Container Resources/,
      (pod) => {
        delete pod.containers[0].resources.limits.memory;
      },
    ],
    'an image called latest': [
      /CRITICAL\] Container Image Tag/,
      (pod) => {
        pod.containers[0].image = 'qwarden:latest';
      },
    ],
    'the same probe for alive and ready': [
      /CRITICAL\] Pod Probes/,
      (pod) => {
        pod.containers[0].readinessProbe = pod.containers[0].livenessProbe;
      },
    ],
  };
  for (const [what, [expected, plant]] of Object.entries(plants)) {
    await checks.check(`kube-score finds ${what}`, () => {
      const manifests = parse(tools, render(tools, ['-f', valueFiles.find(({ name }) => name === 'trial').path]));
      plant(one(manifests, 'Deployment', '-worker').spec.template.spec);
      const scored = score(kubeScore, print(tools, manifests));
      assert.equal(scored.code, 1, scored.text);
      assert.match(scored.text, expected);
    });
  }
}

function score(kubeScore, text) {
  return tool(kubeScore, ['score', '--kubernetes-version', 'v1.25', ...SCORE, '-'], { input: text });
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

async function checkMeaning(checks, tools, good) {
  const of = (name, ...args) => parse(tools, render(tools, ['-f', good(name), ...args]));
  const variables = (manifests, ending) =>
    Object.fromEntries(
      one(manifests, 'Deployment', ending).spec.template.spec.containers[0].env.map(({ name, value }) => [name, value]),
    );
  await checks.check('there is one watcher, and never two', () => {
    for (const { name } of valueFiles) {
      const { spec } = one(of(name), 'Deployment', '-watcher');
      assert.deepEqual([spec.replicas, spec.strategy], [1, { type: 'Recreate' }]);
    }
  });
  await checks.check('roles: all; watcher and worker; filelock without rules', () => {
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
  await checks.check('a change of the rules changes no pod', () => {
    const before = of('sqlite');
    const after = of('sqlite', '--set', 'rules.text=version: 1');
    assert.notDeepEqual(one(before, 'ConfigMap'), one(after, 'ConfigMap'));
    assert.deepEqual(one(before, 'Deployment'), one(after, 'Deployment'));
  });
  await checks.check('autoscaling is off by default; with it nothing else says how many', () => {
    assert.ok(!of('trial').some(({ kind }) => kind === 'HorizontalPodAutoscaler'));
    const manifests = of('redis');
    const { spec } = one(manifests, 'HorizontalPodAutoscaler');
    const worker = one(manifests, 'Deployment', '-worker');
    assert.equal(spec.scaleTargetRef.name, worker.metadata.name);
    assert.equal(worker.spec.replicas, undefined);
    assert.equal(spec.metrics[0].external.target.averageValue, '50');
  });
  await checks.check('selectors choose the pods that they are for', () => {
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
  await checks.check(
    'egress that is restricted leads to the name servers, the Redis of the chart, and what is named',
    () => {
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
    },
  );
}

/** Values that cannot be right are refused in words, before anything is installed. */
async function checkRefusals(checks, tools, good) {
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
    ['nothing to lock with', ['--set', 'mode=filelock'], /needs filelock\.retention/],
    ['a Kubernetes that is too old', ['--kube-version', '1.24.0'], /requires kubeVersion: >=1\.25/],
  ];
  for (const [what, args, expected] of refusals) {
    await checks.check(`refused: ${what}`, () => {
      const done = tool(tools.helm, ['template', 'r', chart, '-f', good('sqlite'), ...args]);
      assert.notEqual(done.code, 0, done.text);
      assert.match(done.text, expected);
    });
  }
}

/** What lint does not see must be found by the schemas. */
async function checkPlants(checks, tools, good) {
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
    await checks.check(`the schemas find ${what}`, () => {
      const manifests = parse(tools, render(tools, ['-f', good('trial')]));
      plant(manifests);
      const problems = validate(tools, print(tools, manifests), VERSIONS[1]);
      assert.equal(problems.length, 1, problems.join('\n'));
    });
  }
}
