// The stores that a monitor can have, opened as they are shipped; each in a fresh place that is gone afterwards.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../packages/qumulo-client/dist/index.js';
import { openSqliteQueue } from '../../packages/engine/dist/stores/sqlite/queue/open.js';
import { endProcess, watchOver } from '../filelock/process.mjs';
import { waitFor } from '../filelock/wait.mjs';

/** Undefined in a version that has it not yet. */
const { openRedisQueue } = await import('../../packages/engine/dist/index.js');

/** Why this store cannot be measured, or undefined. */
export function whyNot(store) {
  if (store !== 'redis') return undefined;
  if (openRedisQueue === undefined) return 'this version of @qwarden/engine has no openRedisQueue';
  if (spawnSync('redis-server', ['--version']).status !== 0) return 'there is no redis-server on this machine';
  return undefined;
}

/** Where a store of this kind may be kept: `{ store, home, url? }`, and how to end it. */
export async function makePlace(store) {
  const home = mkdtempSync(join(tmpdir(), 'qwarden-bench-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  if (store === 'sqlite') return { at: { store, home }, remove: () => Promise.resolve(remove()) };
  const port = await freePort();
  // Durable before it is decided about, as SQLite is.
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const server = watchOver(
    spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', home, ...durable], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const answers = () => spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout === 'PONG\n';
  await waitFor('redis-server', answers);
  return {
    at: { store, home, url: `redis://127.0.0.1:${port}` },
    async remove() {
      await endProcess(server);
      remove();
    },
  };
}

export function openStore({ store, home, url }, clock = systemClock) {
  return store === 'redis' ? openRedisQueue(url, { clock }) : openSqliteQueue(join(home, 'state'), { clock });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
