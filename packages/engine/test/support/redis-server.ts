import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@redis/client';

const finder = fileURLToPath(new URL('../../../../scripts/redis.mjs', import.meta.url));
const HOST = '127.0.0.1';
const SLOTS = 16_384;

/**
 * True where there is no redis-server and none can be installed: then its tests are left out, with a word about it. Never in CI: there they
 * must run, and fail when they cannot.
 */
export function redisMissing(): boolean {
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') return false;
  const found = spawnSync(process.execPath, [finder], { encoding: 'utf8' });
  if (found.status !== 0) process.stderr.write(`The tests against Redis are left out: ${found.stderr}`);
  return found.status !== 0;
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, HOST);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A real redis-server of a test's own, on a free port of loopback, with its files in a directory of its own. */
export class RedisServer {
  readonly port: number;
  readonly directory: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.directory = mkdtempSync(join(tmpdir(), 'qwarden-redis-'));
    this.#options = options;
  }

  /** `options` as for the program: `--maxmemory`, `1mb`. AOF with `appendfsync always` unless they say otherwise. */
  static async open(...options: string[]): Promise<RedisServer> {
    for (let attempt = 1; ; attempt += 1) {
      const [port = 0] = await freePorts(1);
      const server = new RedisServer(port, options);
      try {
        await server.start();
        return server;
      } catch (error) {
        await server.close();
        // Another has taken the port meanwhile.
        if (attempt === 3) throw error;
      }
    }
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  /** Begins, or begins again with the files of before. Resolves when it takes connections. */
  async start(...more: string[]): Promise<void> {
    const found = spawnSync(process.execPath, [finder], { encoding: 'utf8' });
    if (found.status !== 0) throw new Error(found.stderr);
    const settings = ['--bind', HOST, '--port', String(this.port), '--dir', this.directory, '--save', ''];
    const kept = ['--appendonly', 'yes', '--appendfsync', 'always'];
    const child = spawn(found.stdout.trim(), [...settings, ...kept, ...this.#options, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
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

  /** One command, as a person with redis-cli. */
  async command(...args: string[]): Promise<unknown> {
    const asked = this.#options.indexOf('--requirepass');
    const password = asked === -1 ? undefined : this.#options[asked + 1];
    const client = createClient({ url: this.url, RESP: 2, ...(password === undefined ? {} : { password }) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  /** It hangs: its connections stand, and nothing is answered until it goes on. */
  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#process?.kill('SIGCONT');
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** One node of a cluster, which nothing has joined yet. Of its two ports another may have taken either meanwhile. */
async function openNode(options: readonly string[]): Promise<{ readonly node: RedisServer; readonly bus: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const [bus = 0] = await freePorts(1);
    try {
      const own = ['--cluster-enabled', 'yes', '--cluster-port', String(bus)];
      return { node: await RedisServer.open(...own, ...options), bus };
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** Three primaries that share the slots. */
export class RedisClusterServers {
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  static async open(...options: string[]): Promise<RedisClusterServers> {
    const buses = new Map<RedisServer, number>();
    const nodes = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { node, bus } = await openNode(options);
        buses.set(node, bus);
        return node;
      }),
    );
    const cluster = new RedisClusterServers(nodes);
    try {
      await cluster.#join(nodes.map((node) => buses.get(node) ?? 0));
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  get url(): string {
    return this.nodes[0]?.url ?? '';
  }

  async #join(buses: readonly number[]): Promise<void> {
    const share = Math.ceil(SLOTS / this.nodes.length);
    for (const [n, node] of this.nodes.entries()) {
      const last = Math.min(SLOTS, (n + 1) * share) - 1;
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(n + 1));
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(n * share), String(last));
      const [first] = this.nodes;
      if (n > 0 && first !== undefined)
        await node.command('CLUSTER', 'MEET', HOST, String(first.port), String(buses[0]));
    }
    for (const node of this.nodes) {
      for (;;) {
        const state = String(await node.command('CLUSTER', 'INFO'));
        const signs = [
          'cluster_state:ok',
          `cluster_known_nodes:${this.nodes.length}`,
          `cluster_slots_assigned:${SLOTS}`,
        ];
        if (signs.every((sign) => state.includes(sign))) break;
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }
}
