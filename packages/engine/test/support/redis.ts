import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const finder = fileURLToPath(new URL('../../../../scripts/redis.mjs', import.meta.url));

/** A Redis of a test's own, on a socket in a directory of its own: no port, nothing saved. */
export class RedisServer {
  readonly directory = mkdtempSync(join(tmpdir(), 'qwarden-redis-'));
  readonly socket = join(this.directory, 'redis.sock');
  #process: ChildProcess | undefined;

  static async open(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer();
    await server.start(...options);
    return server;
  }

  get url(): string {
    return `unix://${this.socket}`;
  }

  async start(...options: string[]): Promise<void> {
    const found = spawnSync(process.execPath, [finder], { encoding: 'utf8' });
    if (found.status !== 0) throw new Error(found.stderr);
    const args = [
      '--port',
      '0',
      '--unixsocket',
      this.socket,
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.directory,
    ];
    const child = spawn(found.stdout.trim(), [...args, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        if (/ready to accept connections/i.test(said)) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
    });
  }

  /** Stops it in its tracks, as a machine that hangs. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
