// Side (a): the real command, `./qwarden filelock`, in a process of its own with a fresh state directory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/toolchain.mjs';
import { openLedger } from '../../packages/engine/dist/index.js';
import { cpuSeconds, endProcess, peakMegabytes, residentMegabytes, watchOver } from './process.mjs';
import { waitFor } from './wait.mjs';

const LOG_END = 65_536;

/** Starts it and waits until it listens and has looked through the directory once. */
export async function startQwarden(cluster, directory, { nodeOptions = '', extra = [] } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'qwarden-bench-'));
  const { host, port, username, password, fingerprint256 } = cluster.at;
  const where = ['--host', host, '--port', String(port), '--tls-fingerprint', fingerprint256, '--username', username];
  const state = ['--state-dir', join(home, 'state')];
  const policy = ['--directory-path', directory, '--recursive', '--interval', '0', '--retention', '7d'];
  const args = ['filelock', ...where, ...state, ...policy, '--log-format', 'json', '--yes', ...extra];
  const log = openSync(join(home, 'log'), 'w');
  const child = watchOver(
    spawn(join(root, 'qwarden'), args, {
      // No configuration file of whoever runs the benchmark.
      cwd: home,
      stdio: ['ignore', log, log],
      env: { ...process.env, QWARDEN_PASSWORD: password, NODE_OPTIONS: nodeOptions },
    }),
  );
  closeSync(log);
  const qwarden = new BenchQwarden(child, home);
  const listens = () => qwarden.said('catch-up-finished') || qwarden.failIfEnded();
  try {
    await waitFor('qwarden to listen', listens, { everyMs: 20 });
  } catch (error) {
    await qwarden.kill();
    throw error;
  }
  return qwarden;
}

class BenchQwarden {
  constructor(child, home) {
    this.child = child;
    this.home = home;
  }

  get cpuSeconds() {
    return cpuSeconds(this.child.pid);
  }

  get peakMegabytes() {
    return peakMegabytes(this.child.pid);
  }

  get residentMegabytes() {
    return residentMegabytes(this.child.pid);
  }

  /** Its end: after a million files the whole is longer than a string may be. */
  #log() {
    const fd = openSync(join(this.home, 'log'), 'r');
    const { size } = fstatSync(fd);
    const piece = Buffer.alloc(Math.min(size, LOG_END));
    readSync(fd, piece, 0, piece.length, size - piece.length);
    closeSync(fd);
    return piece.toString('utf8');
  }

  said(kind) {
    return this.#log().includes(`"kind":"${kind}"`);
  }

  failIfEnded() {
    if (this.child.exitCode !== null) throw new Error(`./qwarden filelock ended: ${this.#log().slice(-2000)}`);
    return false;
  }

  /** Ends it as a person would and returns its summary, checked against its ledger as it is on disk. */
  async finish() {
    const code = await endProcess(this.child);
    const lines = this.#log()
      .split('\n')
      .filter((line) => line.includes('"kind":"summary"'));
    if (code !== 0 || lines.length !== 1)
      throw new Error(`./qwarden filelock: exit code ${code}\n${this.#log().slice(-2000)}`);
    const summary = JSON.parse(lines[0]);
    const ledger = await openLedger(join(this.home, 'state'));
    const { locked } = await ledger.counts();
    await ledger.close();
    if (locked !== summary.locked) throw new Error(`the ledger has ${locked} files, the summary ${summary.locked}`);
    rmSync(this.home, { recursive: true, force: true });
    return summary;
  }

  async kill() {
    if (this.child.exitCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}
