// From the creation of a file to its confirmed retention lock, at a steady 500 files a second and 5 ms added latency.
import { Client } from 'undici';
import { calm } from '../calm.mjs';
import { startCluster } from '../cluster.mjs';
import { say } from '../progress.mjs';
import { startQwarden } from '../qwarden.mjs';
import { median, percentile, spread } from '../statistics.mjs';
import { judgeCalls, waits } from '../timeline.mjs';
import { waitFor } from '../wait.mjs';

const DELAY_MS = 5;
const PER_SECOND = 500;
const SECONDS = 8;
const PROBES = 200;

export async function latency({ rounds }) {
  const cluster = await startCluster();
  try {
    const results = [];
    const roundTrips = [];
    for (let round = 0; round < rounds; round += 1) {
      await calm();
      roundTrips.push(await roundTrip(cluster, round));
      const result = await measure(cluster, round);
      results.push(result);
      const [p50, p99] = [result.p50, result.p99].map((ms) => ms.toFixed(1));
      say(`event to retention lock, round ${round + 1} of ${rounds}: p50 ${p50} ms, p99 ${p99} ms`);
    }
    const roundTripMs = median(roundTrips);
    const of = (field) => spread(results.map((result) => result[field]));
    const [p50, p99, most] = [of('p50'), of('p99'), of('most')];
    return {
      delayMs: DELAY_MS,
      perSecond: PER_SECOND,
      files: PER_SECOND * SECONDS,
      roundTripMs,
      p50,
      p99,
      most,
      p50RoundTrips: p50.median / roundTripMs,
      p99RoundTrips: p99.median / roundTripMs,
      aims: { p50Ms: 3 * roundTripMs + 2, p99Ms: 5 * roundTripMs },
    };
  } finally {
    await cluster.stop();
  }
}

/** Median time of one PATCH over an idle, warm connection, as its client sees it, ms. */
async function roundTrip(cluster, round) {
  const directory = await cluster.makeDirectory(`probe-${round}`);
  const { ids } = await cluster.createFiles(directory, PROBES);
  await cluster.delay(DELAY_MS);
  const client = new Client(cluster.at.url, { connect: { rejectUnauthorized: false } });
  const times = [];
  for (const id of ids) {
    const started = performance.now();
    const answer = await client.request({
      method: 'PATCH',
      path: `/v1/files/${id}/file-lock`,
      headers: { authorization: `Bearer ${cluster.at.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ retention_period: '2099-01-01T00:00:00Z' }),
    });
    await answer.body.dump();
    times.push(performance.now() - started);
  }
  await client.close();
  await cluster.delay(0);
  return median(times);
}

async function measure(cluster, round) {
  const directory = await cluster.makeDirectory(`paced-${round}`);
  await cluster.delay(DELAY_MS);
  const qwarden = await startQwarden(cluster, directory);
  try {
    await cluster.forgetCalls();
    const created = await cluster.createFiles(directory, PER_SECOND * SECONDS, { perSecond: PER_SECOND });
    const { ids } = created;
    await waitFor(
      'all files to be locked',
      async () => (await cluster.stats()).lockCalls >= ids.length || qwarden.failIfEnded(),
    );
    const calls = await cluster.lockCalls();
    judgeCalls(calls, ids);
    await cluster.delay(0);
    await qwarden.finish();
    const times = waits(calls, created);
    return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), most: Math.max(...times) };
  } finally {
    await qwarden.kill();
  }
}
