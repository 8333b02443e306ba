// The chart as manifests.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../toolchain.mjs';

export const chart = join(root, 'deploy', 'helm', 'qwarden');
/** Realistic values: name and path. */
export const valueFiles = readdirSync(join(chart, 'ci')).map((file) => ({
  name: file.replace('-values.yaml', ''),
  path: join(chart, 'ci', file),
}));

/** Path of the values of that name. */
export function valuesOf(name) {
  const found = valueFiles.find((file) => file.name === name);
  if (found === undefined) throw new Error(`there are no values "${name}" in ${join(chart, 'ci')}`);
  return found.path;
}

/** Exit code and both outputs of a program. */
export function tool(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (done.error) throw done.error;
  return { code: done.status ?? 1, stdout: done.stdout, stderr: done.stderr, text: done.stdout + done.stderr };
}

/** What a program prints; throws with what it said when it fails. */
export function mustRun(command, args, options) {
  const done = tool(command, args, options);
  if (done.code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${done.code}\n${done.text}`);
  return done.stdout;
}

/** Manifests as text. */
export function render(tools, args) {
  return mustRun(tools.helm, ['template', 'r', chart, '--namespace', 'storage', ...args]);
}

const TO_JSON =
  'import json, sys, yaml; print(json.dumps([d for d in yaml.safe_load_all(sys.stdin) if d], default=str))';
const TO_YAML = 'import json, sys, yaml; print(yaml.safe_dump_all(json.load(sys.stdin)))';

/** Manifests as objects. */
export function parse(tools, text) {
  return JSON.parse(mustRun(tools.python, ['-c', TO_JSON], { input: text }));
}

export function print(tools, manifests) {
  return mustRun(tools.python, ['-c', TO_YAML], { input: JSON.stringify(manifests) });
}

/** The one manifest of a kind whose name ends so. */
export function one(manifests, kind, ending = '') {
  const found = manifests.filter((each) => each.kind === kind && each.metadata.name.endsWith(ending));
  if (found.length !== 1) throw new Error(`there are ${found.length} of ${kind} …${ending}, and not one`);
  return found[0];
}

/** Pod specifications in manifests, with the name of what makes them. */
export function podSpecs(manifests) {
  return manifests
    .filter(({ spec }) => spec?.template?.spec)
    .map(({ kind, metadata, spec }) => ({ name: `${kind} ${metadata.name}`, spec: spec.template.spec }));
}
