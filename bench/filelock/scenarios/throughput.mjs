// Retention locks a second: qwarden and three peers, one after the other in every round, order rotating.
import { startCluster } from '../cluster.mjs';
import { calm } from '../calm.mjs';
import { aiohttp, ceiling, runPeer, serialSdk } from '../peers.mjs';
import { say } from '../progress.mjs';
import { startQwarden } from '../qwarden.mjs';
import { median, spread } from '../statistics.mjs';
import { judgeCalls } from '../timeline.mjs';
import { waitFor } from '../wait.mjs';

const WARM_UP = 8_000;

/**
 * The sides at one added latency, with how many files each gets: enough for seconds of work, not for minutes. Each has first locked
 * `warm` others in the same process, over the same connections: what is measured is a process at work, not its start.
 */
function sidesFor(delayMs, files, python) {
  const near = delayMs === 0;
  return [
    { key: 'qwarden', name: '(a) qwarden filelock', files, warm: 30_000 },
    {
      key: 'serial',
      name: '(b) serial loop, official SDK',
      files: near ? 1_500 : 300,
      warm: 100,
      peer: serialSdk(python),
    },
    {
      key: 'aiohttp',
      name: '(c) aiohttp, 100 in flight',
      files: Math.ceil(files / 2),
      warm: 5_000,
      peer: aiohttp(python),
    },
    // A bare client serves a near server best over few connections, and a far one over many.
    { key: 'ceiling', name: '(d) bare load generator', files, warm: 30_000, peer: ceiling(near ? 32 : 128) },
  ];
}

/** Returns `{ delayMs, sides: { key: { name, perSecond, clientCpuUs?, clusterCpuUs } }, ratios }`. */
export async function throughput({ delayMs, rounds, files, python, only }) {
  const cluster = await startCluster();
  try {
    const sides = sidesFor(delayMs, files, python).filter(({ key }) => only.includes(key));
    const results = Object.fromEntries(sides.map(({ key }) => [key, []]));
    await warmUp(cluster);
    for (let round = 0; round < rounds; round += 1) {
      for (let turn = 0; turn < sides.length; turn += 1) {
        const side = sides[(turn + round) % sides.length];
        const directory = await cluster.makeDirectory(`${side.key}-${round}`);
        const busyBefore = await calm();
        const result = await measure(cluster, side, directory, delayMs);
        results[side.key].push({ ...result, busyBefore });
        say(`${delayMs} ms, round ${round + 1} of ${rounds}: ${side.name}: ${Math.round(result.perSecond)} locks/s`);
      }
    }
    return summarise(delayMs, sides, results);
  } finally {
    await cluster.stop();
  }
}

async function warmUp(cluster) {
  const directory = await cluster.makeDirectory('warm-up');
  const { ids } = await cluster.createFiles(directory, WARM_UP);
  await runPeer(cluster, ceiling(32), ids);
}

async function measure(cluster, side, directory, delayMs) {
  return side.peer === undefined
    ? measureQwarden(cluster, side, directory, delayMs)
    : measurePeer(cluster, side, directory, delayMs);
}

async function measurePeer(cluster, side, directory, delayMs) {
  const warm = await cluster.createFiles(directory, side.warm, { prefix: 'warm-up ' });
  const { ids } = await cluster.createFiles(directory, side.files);
  await cluster.forgetCalls();
  await cluster.delay(delayMs);
  const cpu = cluster.cpuSeconds;
  await runPeer(cluster, side.peer, [...warm.ids, ...ids]);
  const clusterCpuUs = ((cluster.cpuSeconds - cpu) * 1e6) / (side.warm + side.files);
  await cluster.delay(0);
  return { perSecond: judgeCalls(callsFor(ids, await cluster.lockCalls()), ids).perSecond, clusterCpuUs };
}

/** qwarden is not given ids: it hears of the files while they appear, and records every outcome durably. */
async function measureQwarden(cluster, side, directory, delayMs) {
  const qwarden = await startQwarden(cluster, directory);
  const locked = (count) => async () => (await cluster.stats()).lockCalls >= count || qwarden.failIfEnded();
  try {
    await cluster.forgetCalls();
    await cluster.delay(delayMs);
    await cluster.createFiles(directory, side.warm, { prefix: 'warm-up ' });
    await waitFor('the warm-up', locked(side.warm));
    const [cpu, ownCpu] = [cluster.cpuSeconds, qwarden.cpuSeconds];
    const { ids, createdMs } = await cluster.createFiles(directory, side.files);
    await waitFor('all files to be locked', locked(side.warm + side.files));
    const clusterCpuUs = ((cluster.cpuSeconds - cpu) * 1e6) / ids.length;
    const cpuUs = ((qwarden.cpuSeconds - ownCpu) * 1e6) / ids.length;
    const { peakInFlight } = await cluster.stats();
    await cluster.delay(0);
    const { perSecond, lastMs } = judgeCalls(callsFor(ids, await cluster.lockCalls()), ids);
    const summary = await qwarden.finish();
    if (summary.locked !== side.warm + ids.length)
      throw new Error(`qwarden says that it locked ${summary.locked} files`);
    const fromFirstFile = (ids.length * 1000) / (lastMs - createdMs[0]);
    return { perSecond, fromFirstFile, cpuUs, clusterCpuUs, peakInFlight };
  } finally {
    await qwarden.kill();
  }
}

function callsFor(ids, calls) {
  const ours = new Set(ids);
  return calls.filter(({ fileId }) => ours.has(fileId));
}

function summarise(delayMs, sides, results) {
  const of = (key, field) => spread(results[key].map((result) => result[field]));
  const ratio = (other) => median(results.qwarden.map(({ perSecond }, n) => perSecond / results[other][n].perSecond));
  const summary = {
    delayMs,
    busyBefore: spread(Object.values(results).flatMap((list) => list.map(({ busyBefore }) => busyBefore))),
    sides: Object.fromEntries(
      sides.map(({ key, name, files }) => [
        key,
        { name, files, perSecond: of(key, 'perSecond'), clusterCpuUs: of(key, 'clusterCpuUs') },
      ]),
    ),
  };
  if (results.qwarden === undefined) return summary;
  return {
    ...summary,
    qwarden: {
      cpuUs: of('qwarden', 'cpuUs'),
      fromFirstFile: of('qwarden', 'fromFirstFile'),
      peakInFlight: of('qwarden', 'peakInFlight'),
    },
    ratios: Object.fromEntries(sides.filter(({ peer }) => peer !== undefined).map(({ key }) => [key, ratio(key)])),
  };
}
