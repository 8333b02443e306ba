// 2,000 files in one second, made through the API by several clients at once while each call takes 5 ms more: is any lost?
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { calm } from '../calm.mjs';
import { startCluster } from '../cluster.mjs';
import { say } from '../progress.mjs';
import { startQwarden } from '../qwarden.mjs';
import { spread } from '../statistics.mjs';
import { waitFor } from '../wait.mjs';

const DELAY_MS = 5;
const FILES = 2_000;
const CLIENTS = 20;
const LONGEST_MS = 60_000;

export async function burst({ rounds }) {
  const cluster = await startCluster();
  try {
    const results = [];
    for (let round = 0; round < rounds; round += 1) {
      await calm();
      const result = await measure(cluster, round);
      results.push(result);
      say(
        `burst, round ${round + 1} of ${rounds}: ${result.lost} of ${FILES} lost, all locked after ${result.ms.toFixed(0)} ms`,
      );
    }
    return {
      files: FILES,
      clients: CLIENTS,
      delayMs: DELAY_MS,
      writtenMs: spread(results.map(({ writtenMs }) => writtenMs)),
      lockedMs: spread(results.map(({ ms }) => ms)),
      lost: results.reduce((sum, { lost }) => sum + lost, 0),
    };
  } finally {
    await cluster.stop();
  }
}

async function measure(cluster, round) {
  const directory = await cluster.makeDirectory(`burst-${round}`);
  await cluster.delay(DELAY_MS);
  const qwarden = await startQwarden(cluster, directory);
  try {
    const started = performance.now();
    await Promise.all(Array.from({ length: CLIENTS }, (_, n) => write(cluster, directory, n, started)));
    const writtenMs = performance.now() - started;
    // `locked` of the tree itself counts; whoever has lost one waits in vain.
    const count = async () => (await cluster.countFiles(directory)).locked;
    let locked = 0;
    await waitFor('the burst', async () => (locked = await count()) === FILES || qwarden.failIfEnded(), {
      withinMs: LONGEST_MS,
    }).catch(() => undefined);
    const ms = performance.now() - started;
    await cluster.delay(0);
    await qwarden.finish();
    return { writtenMs, ms, lost: FILES - locked };
  } finally {
    await qwarden.kill();
  }
}

/** One client's share, spread over the second. */
async function write(cluster, directory, client, started) {
  const http = new Client(cluster.at.url, { connect: { rejectUnauthorized: false } });
  const share = FILES / CLIENTS;
  for (let n = 0; n < share; n += 1) {
    await sleep(Math.max(0, started + (n * 1000) / share - performance.now()));
    const answer = await http.request({
      method: 'POST',
      path: `/v1/files/${encodeURIComponent(directory)}/entries/`,
      headers: { authorization: `Bearer ${cluster.at.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `client ${client} file ${n}.pdf`, action: 'CREATE_FILE' }),
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`creating a file: ${answer.statusCode}`);
  }
  await http.close();
}
