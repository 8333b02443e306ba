// Memory of the qwarden process after a million files that it has seen and locked, one by one.
import { startCluster } from '../cluster.mjs';
import { say, tick } from '../progress.mjs';
import { startQwarden } from '../qwarden.mjs';
import { waitFor } from '../wait.mjs';

const PER_DIRECTORY = 10_000;
/** qwarden may be so many files behind: as if a mover filled the directory faster than they can be locked. */
const AHEAD = 100_000;

export async function memory({ memoryFiles }) {
  const cluster = await startCluster();
  try {
    const root = await cluster.makeDirectory('million');
    const directories = [];
    for (let n = 0; n * PER_DIRECTORY < memoryFiles; n += 1)
      directories.push(await cluster.makeDirectory(`d${n}`, root));
    const qwarden = await startQwarden(cluster, root);
    try {
      const startMb = qwarden.peakMegabytes;
      const started = performance.now();
      await cluster.forgetCalls();
      const locked = async () => (await cluster.stats()).requests['PATCH /v1/files/{ref}/file-lock']?.[200] ?? 0;
      let made = 0;
      for (const directory of directories) {
        const count = Math.min(PER_DIRECTORY, memoryFiles - made);
        await cluster.createFiles(directory, count, { prefix: 'invoice 2026-' });
        made += count;
        await waitFor('qwarden to keep up', async () => made - (await locked()) < AHEAD || qwarden.failIfEnded());
        const line = `memory: ${made} of ${memoryFiles} files, ${qwarden.residentMegabytes.toFixed(0)} MB resident`;
        if (made % (PER_DIRECTORY * 20) === 0) say(line);
        else tick(line);
      }
      await waitFor('the last retention lock', async () => (await locked()) >= memoryFiles || qwarden.failIfEnded());
      const seconds = (performance.now() - started) / 1000;
      const { files, locked: onCluster } = await cluster.countFiles(root);
      const result = { files, locked: onCluster, startMb, peakMb: qwarden.peakMegabytes, seconds };
      say(`memory: ${onCluster} of ${files} files locked, peak ${result.peakMb.toFixed(0)} MB`);
      const summary = await qwarden.finish();
      return { ...result, perSecond: memoryFiles / seconds, streamRestarts: summary.streamRestarts };
    } finally {
      await qwarden.kill();
    }
  } finally {
    await cluster.stop();
  }
}
