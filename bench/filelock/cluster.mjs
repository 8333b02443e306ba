// A cluster to measure against: `./qwarden emulator` over TLS in a process of its own, and its control API.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { Client } from 'undici';
import { nodePath, root } from '../../scripts/toolchain.mjs';
import { cpuSeconds, endProcess, watchOver } from './process.mjs';

// As root the SDK takes privileged source ports towards 127.0.0.1 (api/FACTS.md 11); only Linux has the rest of 127/8.
const HOST = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

/** Starts one. `nodeOptions`: for example a CPU profile. */
export async function startCluster({ nodeOptions = '' } = {}) {
  const args = [join(root, 'qwarden'), 'emulator', '--host', HOST, '--port', '0', '--json'];
  const child = watchOver(
    spawn(nodePath(), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: nodeOptions },
    }),
  );
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`./qwarden emulator ended with exit code ${code}`))),
  ]);
  return new BenchCluster(child, JSON.parse(line[0]));
}

class BenchCluster {
  constructor(child, coordinates) {
    this.child = child;
    this.at = coordinates;
    this.http = new Client(coordinates.url, {
      connect: { rejectUnauthorized: false },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  get cpuSeconds() {
    return cpuSeconds(this.child.pid);
  }

  /** One call of the control API, or of the REST API as the administrator. */
  async call(method, path, body) {
    const answer = await this.http.request({
      method,
      path,
      headers: { authorization: `Bearer ${this.at.accessToken}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async makeDirectory(name, parent = '/') {
    const path = `/v1/files/${encodeURIComponent(parent)}/entries/`;
    await this.call('POST', path, { name, action: 'CREATE_DIRECTORY' });
    return `${parent === '/' ? '' : parent}/${name}`;
  }

  /** `{ ids, createdMs }`, made in the cluster's process. */
  createFiles(directory, count, more = {}) {
    return this.call('POST', '/_emulator/files/create', { directory, count, ...more });
  }

  /** `{ files, locked }` of everything below. */
  countFiles(directory) {
    return this.call('POST', '/_emulator/files/count', { directory });
  }

  /** Adds so much latency to every call of the REST API; 0 = none. */
  async delay(milliseconds) {
    await this.call('DELETE', '/_emulator/faults');
    if (milliseconds > 0) await this.call('POST', '/_emulator/faults', { delayMs: milliseconds });
  }

  forgetCalls() {
    return this.call('DELETE', '/_emulator/stats');
  }

  stats() {
    return this.call('GET', '/_emulator/stats');
  }

  async lockCalls() {
    return (await this.call('GET', '/_emulator/lock-calls')).calls;
  }

  async stop() {
    await this.http.destroy();
    await endProcess(this.child);
  }
}
