import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../toolchain.mjs';

/** Everything that these tests make stands below this directory. */
export const home = join(root, '.cache', 'deploy', 'prometheus');

/** Runs promtool to its end. */
export function promtool({ promtool: program }, args, { cwd = home, input } = {}) {
  mkdirSync(home, { recursive: true });
  const done = spawnSync(program, args, { cwd, input, encoding: 'utf8' });
  if (done.error !== undefined) throw done.error;
  return { ok: done.status === 0, text: `${done.stdout}${done.stderr}` };
}

/** Throws with what promtool printed unless it is content. */
export function promtoolOk(programs, args, options) {
  const { ok, text } = promtool(programs, args, options);
  if (!ok) throw new Error(`promtool ${args.join(' ')}:\n${text}`);
}

export function writeIn(directory, name, text) {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Names of the metrics that a PromQL expression reads, as far as they are qwarden's. */
export function metricsOf(expr) {
  return [...expr.matchAll(/\bqwarden_[a-z_]+/g)].map(([name]) => name);
}

/** What the series of a metric of the table are called. */
export function seriesNames({ name, type }) {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
