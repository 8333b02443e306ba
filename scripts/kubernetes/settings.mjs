// Step of `npm run test:kubernetes`: what the chart says to qwarden is what qwarden knows: variables, their values, commands, metrics.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliEntry, root } from '../toolchain.mjs';
import { PodFiles } from './pod-files.mjs';
import { chart, mustRun, one, parse, render, tool, valueFiles, valuesOf } from './render.mjs';
import { ensureChartTools, lackOf } from './tools.mjs';

export const title = 'every variable, command and metric that the chart names is one of qwarden';

/** In Secrets and ConfigMaps that are not the chart's. */
const OTHERS = {
  url: 'redis://redis.example.com:6379',
  password: 'not-a-secret',
  'access-token': 'not-a-secret',
  token: 'not-a-secret-at-all',
  'ca.crt': '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
  'rules.yml': 'version: 1\nrules: []\n',
  hook: 'https://example.com/hook',
};

export function missing() {
  return lackOf(ensureChartTools);
}

export async function run(test) {
  const tools = ensureChartTools();
  const podsOf = (manifests) =>
    manifests
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => ({ name: metadata.name, spec: spec.template.spec }));
  for (const { name, path } of valueFiles) {
    await test(`qwarden takes every variable of ${name}`, () => {
      const manifests = parse(tools, render(tools, ['-f', path]));
      const pods = podsOf(manifests);
      assert.ok(pods.length > 0);
      for (const pod of pods) assert.deepEqual(refused(pod.spec, manifests), [], pod.name);
    });
    await test(`commands in the notes of ${name} exist`, () => checkNotes(tools, path));
    await test(`qwarden takes the rules of ${name}`, () => {
      for (const text of rulesOf(parse(tools, render(tools, ['-f', path])))) assert.deepEqual(against(text), []);
    });
  }
  await checkRules(test, tools);
  await checkPlants(test, tools);
  await checkMetrics(test, tools);
}

/** What qwarden says against the environment of a pod's container, in lines; variables that it does not look at are named too. */
function refused(spec, manifests) {
  const directory = mkdtempSync(join(tmpdir(), 'qwarden-chart-'));
  try {
    const contentOf = (kind, name) => {
      const own = manifests.find((each) => each.kind === kind && each.metadata.name === name);
      return own === undefined ? OTHERS : (own.stringData ?? own.data);
    };
    const [container] = spec.containers;
    const files = new PodFiles(spec, directory, { claims: join(directory, 'claims'), contentOf });
    files.write();
    const variables = files.environment(container);
    const done = tool(process.execPath, [cliEntry, ...container.args, '--show-config', '--format', 'json'], {
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: directory, ...variables },
    });
    if (done.code !== 0) return [`exit code ${done.code}: ${done.text}`];
    const from = new Set(JSON.parse(done.stdout).map((each) => each.from));
    // What begins otherwise is for the actions of rules, or for programs everywhere.
    return Object.keys(variables).filter((name) => name.startsWith('QWARDEN_') && !from.has(`environment ${name}`));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Rule files in the ConfigMaps of the chart. */
function rulesOf(manifests) {
  return manifests.filter(({ kind }) => kind === 'ConfigMap').flatMap(({ data }) => data['rules.yml'] ?? []);
}

/** What `qwarden rules check` says against a rule file, in lines; warnings are said too. */
function against(text) {
  const done = tool(process.execPath, [cliEntry, 'rules', 'check', '-'], { input: text });
  const lines = done.stderr.split('\n').filter(Boolean);
  return done.code === 0 || lines.length > 0 ? lines : [`exit code ${done.code}`];
}

async function checkRules(test, tools) {
  const rendered = (...args) => rulesOf(parse(tools, render(tools, args)));
  await test('the rules of the chart itself can be used, and there are none', () => {
    const [text, ...more] = rendered('--set', 'cluster.host=q.example.com,cluster.existingSecret=login');
    assert.deepEqual(more, []);
    assert.equal(against(text).length, 1);
    assert.match(against(text)[0], /warning: .*There are no rules/);
  });
  await test('the rule files of compose can be used', () => {
    for (const name of ['cluster', 'first-look'])
      assert.deepEqual(against(readFileSync(join(root, 'deploy', 'compose', name, 'rules', 'rules.yml'), 'utf8')), []);
  });
  await test('values with rules are looked at; found: a parameter that is none, a doubt', () => {
    for (const name of ['sqlite', 'trial']) assert.equal(rendered('-f', valuesOf(name)).length, 1, name);
    const [text] = rendered('-f', valuesOf('trial'));
    const broken = against(text.replace('text:', 'message:'));
    assert.match(broken.join('\n'), /"message" is not a keyword of the action "log"/);
    assert.match(against(text.replace(', renamed', '')).join('\n'), /warning: .*"moved-in" is only/);
  });
}

function checkNotes(tools, path) {
  const args = ['install', 'r', chart, '--namespace', 'storage', '--dry-run=client', '-f', path];
  const notes = mustRun(tools.helm, args).split('\nNOTES:\n')[1];
  const commands = [...notes.matchAll(/ -- qwarden (.+)$/gm)].map((match) => match[1].split(' '));
  assert.ok(commands.length > 0, notes);
  for (const command of commands) mustRun(process.execPath, [cliEntry, ...command, '--help']);
}

async function checkPlants(test, tools) {
  const plants = {
    'a variable that is none': ['QWARDEN_ROLLE', { name: 'QWARDEN_ROLLE', value: 'worker' }],
    'a role that is none': [/must be all, watcher or worker, not "helper"/, { name: 'QWARDEN_ROLE', value: 'helper' }],
    'a Secret at another place': [
      /QWARDEN_LISTEN_TOKEN_FILE/,
      { name: 'QWARDEN_LISTEN_TOKEN_FILE', value: '/run/secrets/qwarden/token' },
    ],
  };
  for (const [what, [expected, variable]] of Object.entries(plants)) {
    await test(`found: ${what}`, () => {
      const manifests = parse(tools, render(tools, ['-f', valuesOf('trial')]));
      const { spec } = one(manifests, 'Deployment', '-worker').spec.template;
      const [container] = spec.containers;
      container.env = [...container.env.filter(({ name }) => name !== variable.name), variable];
      const found = refused(spec, manifests);
      assert.equal(found.length, 1, found.join('\n'));
      if (typeof expected === 'string') assert.equal(found[0], expected);
      else assert.match(found[0], expected);
    });
  }
}

/** Metric names in docs/reference/metrics.md, each with the rest of its line. */
function knownMetrics() {
  const text = readFileSync(join(root, 'docs', 'reference', 'metrics.md'), 'utf8');
  return new Map([...text.matchAll(/^\| `(qwarden_\w+)` \| (.*) \|$/gm)].map((match) => [match[1], match[2]]));
}

function unknownMetrics(hpa) {
  const known = knownMetrics();
  assert.ok(known.size > 20);
  return hpa.spec.metrics.flatMap(({ external, pods }) => {
    const { name, selector } = (external ?? pods).metric;
    const about = known.get(name);
    if (about === undefined) return [name];
    const { state } = selector?.matchLabels ?? {};
    return state === undefined || about.includes(`\`${state}\``) ? [] : [`${name}{state="${state}"}`];
  });
}

async function checkMetrics(test, tools) {
  const hpaOf = (values, ...args) =>
    one(parse(tools, render(tools, ['-f', valuesOf(values), ...args])), 'HorizontalPodAutoscaler');
  await test('autoscaling follows metrics that qwarden has', () => {
    for (const values of ['redis', 'openshift']) assert.deepEqual(unknownMetrics(hpaOf(values)), []);
    assert.equal(hpaOf('redis').spec.metrics[0].external.metric.selector.matchLabels.state, 'due');
  });
  await test('found: a metric that is none, a state that is none', () => {
    const metric = 'workers.autoscaling.metric';
    assert.deepEqual(unknownMetrics(hpaOf('redis', '--set', `${metric}.name=qwarden_jobs_due`)), ['qwarden_jobs_due']);
    assert.deepEqual(unknownMetrics(hpaOf('redis', '--set', `${metric}.matchLabels.state=late`)), [
      'qwarden_jobs{state="late"}',
    ]);
  });
}
