// Sides (b), (c) and (d): each a process of its own that is given the ids of files that are there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePath, root } from '../../scripts/toolchain.mjs';
import { watchOver } from './process.mjs';

const RETENTION_MS = 7 * 86_400_000;

/** Runs one to its end. Throws when it fails. */
export async function runPeer(cluster, { command, script, extra = [] }, ids) {
  const home = mkdtempSync(join(tmpdir(), 'qwarden-bench-'));
  try {
    const list = join(home, 'ids');
    writeFileSync(list, ids.join('\n'));
    const { host, port, username, password } = cluster.at;
    const until = `${new Date(Date.now() + RETENTION_MS).toISOString().slice(0, 19)}Z`;
    const args = [join(root, 'bench', 'peers', script), host, port, username, password, list, until, ...extra];
    const child = watchOver(spawn(command, args.map(String), { stdio: ['ignore', 'ignore', 'inherit'] }));
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`bench/peers/${script} ended with exit code ${code}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export const ceiling = (inFlight) => ({ command: nodePath(), script: 'ceiling.mjs', extra: [inFlight] });
export const aiohttp = (python) => ({ command: python, script: 'aiohttp_lock.py' });
export const serialSdk = (python) => ({ command: python, script: 'serial_sdk.py' });
