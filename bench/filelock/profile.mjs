// Where the CPU goes: V8's own profiles of qwarden and of the cluster during one throughput run, by function.
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startCluster } from './cluster.mjs';
import { say } from './progress.mjs';
import { startQwarden } from './qwarden.mjs';
import { topFunctions } from './top-functions.mjs';
import { waitFor } from './wait.mjs';

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
    .map((name) => `${name}\n${topFunctions(join(where, name))}`)
    .join('\n\n');
}
