// Step of `npm run test:kubernetes`: good practice as kube-score has it, and that it finds errors.
import assert from 'node:assert/strict';
import { one, parse, print, render, tool, valueFiles, valuesOf } from './render.mjs';
import { ensureChartTools, ensureKubeScore, lackOf } from './tools.mjs';

/** What kube-score would have otherwise, and why it is not so. */
const SCORE = [
  // A limit of CPU slows a pod down in the moment when it is needed most.
  '--ignore-container-cpu-limit',
  // The tag is a version, which does not change; who wants Always sets it.
  '--ignore-test=container-image-pull-policy',
  // The bundled Redis is one pod that nobody calls by its own name; a Service with an address of its own outlives that pod.
  '--ignore-test=statefulset-has-servicename',
];

/** What one of the value files leaves to its platform, as it says. */
const ELSEWHERE = {
  openshift: ['--ignore-test=pod-networkpolicy', '--ignore-test=container-security-context-user-group-id'],
};

export const title = 'what kube-score says of the chart';

export function missing() {
  return lackOf(ensureChartTools) ?? lackOf(ensureKubeScore);
}

export async function run(test) {
  const tools = ensureChartTools();
  const kubeScore = ensureKubeScore();
  for (const { name, path } of valueFiles) {
    await test(`kube-score: ${name}`, () => {
      const scored = score(kubeScore, render(tools, ['-f', path]), ELSEWHERE[name]);
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
    await test(`kube-score finds ${what}`, () => {
      const manifests = parse(tools, render(tools, ['-f', valuesOf('trial')]));
      plant(one(manifests, 'Deployment', '-worker').spec.template.spec);
      const scored = score(kubeScore, print(tools, manifests));
      assert.equal(scored.code, 1, scored.text);
      assert.match(scored.text, expected);
    });
  }
}

function score(kubeScore, text, exceptions = []) {
  const args = ['score', '--kubernetes-version', 'v1.25', ...SCORE, ...exceptions, '-'];
  return tool(kubeScore, args, { input: text });
}
