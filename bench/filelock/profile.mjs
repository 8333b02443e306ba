// Where the CPU goes: V8's own profiles of qwarden and of the cluster during one throughput run, by function.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/toolchain.mjs';
import { startCluster } from './cluster.mjs';
import { say } from './progress.mjs';
import { startQwarden } from './qwarden.mjs';
import { waitFor } from './wait.mjs';

const TOP = 25;

/** Text that names the functions with the most time of their own; the profiles stay in `directory` for DevTools. */
export async function profile({ directory, files, delayMs }) {
  const where = resolve(directory);
  mkdirSync(where, { recursive: true });
  const options = (name) =>
    `--cpu-prof --cpu-prof-interval 500 --cpu-prof-dir=${where} --cpu-prof-name=${name}-${delayMs}ms.cpuprofile`;
  const cluster = await startCluster({ nodeOptions: options('emulator') });
  try {
    say(`profiling, ${delayMs} ms`);
    const target = await cluster.makeDirectory('profiled');
    const qwarden = await startQwarden(cluster, target, { nodeOptions: options('qwarden') });
    try {
      await cluster.delay(delayMs);
      await cluster.createFiles(target, files);
      await waitFor(
        'all files to be locked',
        async () => (await cluster.stats()).lockCalls >= files || qwarden.failIfEnded(),
      );
      await cluster.delay(0);
      await qwarden.finish();
    } finally {
      await qwarden.kill();
    }
  } finally {
    await cluster.stop();
  }
  return readdirSync(where)
    .filter((name) => name.endsWith(`-${delayMs}ms.cpuprofile`))
    .map((name) => `${name}\n${topFunctions(JSON.parse(readFileSync(join(where, name), 'utf8')))}`)
    .join('\n\n');
}

function topFunctions({ nodes, samples, timeDeltas }) {
  const own = new Map();
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  let busy = 0;
  samples.forEach((id, n) => {
    const frame = byId.get(id);
    const ms = timeDeltas[n] / 1000;
    if (frame.functionName === '(idle)') return;
    busy += ms;
    const name = `${frame.functionName || '(anonymous)'} ${placeOf(frame)}`;
    own.set(name, (own.get(name) ?? 0) + ms);
  });
  const rows = [...own].toSorted((a, b) => b[1] - a[1]).slice(0, TOP);
  return rows.map(([name, ms]) => `${((100 * ms) / busy).toFixed(1).padStart(6)} %  ${name}`).join('\n');
}

function placeOf({ url, lineNumber }) {
  if (url === '') return '';
  const path = url.startsWith('file:') ? fileURLToPath(url).replace(root, '') : url;
  return `${path}:${lineNumber + 1}`;
}
