import { expect, test } from 'vitest';
import { QumuloApiError } from '@qwarden/qumulo-client';
import { type Cluster, type FilelockRun, startCluster, startFilelock } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { qwarden, temporaryDirectory } from './support/qwarden.ts';
import { type Random, seeded } from './support/seeded.ts';

/**
 * The invariant of the whole product, with everything real: random file operations, random faults of the cluster, kills and
 * restarts; at rest every file that policy covers is locked and nothing else is. QWARDEN_CHAOS_SEEDS=1,2,3 tries other seeds.
 */
const seeds = (process.env.QWARDEN_CHAOS_SEEDS ?? '1,2').split(',').map(Number);
const OPERATIONS = 260;
/** So many while the first walk goes. What was moved about before it came by, while nobody watched, cannot be told from what came. */
const CALM = 40;

type Expected = 'locked' | 'unlocked';

class World {
  readonly #cluster: Cluster;
  readonly #random: Random;
  /** Every file by id, and what must be true of it at the end. */
  readonly files = new Map<string, { path: string; expected: Expected; existing: boolean }>();
  /** Directories inside the watch. */
  readonly #directories = ['/records'];
  #next = 0;

  constructor(cluster: Cluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  get #client() {
    return this.#cluster.client;
  }

  #name(suffix = ''): string {
    this.#next += 1;
    return `${this.#random.pick(['report', 'Größe', 'a b', 'x%2Fy', '日本'])}-${this.#next}${suffix}`;
  }

  async prepare(): Promise<void> {
    await this.#client.files.createDirectory('/', 'staging');
    for (let n = 0; n < 5; n += 1) {
      const id = await this.#add('/records', this.#name(), 'unlocked', true);
      await this.#client.files.setAttributes(id, { creation_time: '2020-02-29T00:00:00Z' });
    }
    // No step is for it, so that there is one for the first walk to tell of.
    await this.#client.files.createFile('/records', 'untouched');
  }

  async #add(directory: string, name: string, expected: Expected, existing = false): Promise<string> {
    const { data } = await this.#client.files.createFile(directory, name);
    this.files.set(data.id, { path: `${directory}/${name}`, expected, existing });
    return data.id;
  }

  readonly #steps: readonly [weight: number, step: () => Promise<void>][] = [
    [6, async () => void (await this.#add(this.#random.pick(this.#directories), this.#name(), 'locked'))],
    [2, async () => void (await this.#add(this.#random.pick(this.#directories), this.#name('.tmp'), 'unlocked'))],
    [2, () => this.#write()],
    [3, () => this.#intoPlace()],
    [2, () => this.#moveIn()],
    [2, () => this.#moveDirectoryIn()],
    [2, () => this.#newDirectory()],
    [2, () => this.#renameWithin()],
    [2, () => this.#moveOut()],
    [1, () => this.#linkIn()],
    [2, () => this.#remove()],
    [1, () => this.#renameDirectory()],
  ];

  async step(): Promise<void> {
    const total = this.#steps.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#random.next() * total;
    for (const [weight, run] of this.#steps) {
      at -= weight;
      if (at < 0) return await run();
    }
  }

  #someFile(accept: (file: { path: string; expected: Expected; existing: boolean }) => boolean): string | undefined {
    const ids = [...this.files].filter(([, file]) => accept(file)).map(([id]) => id);
    return ids.length > 0 ? this.#random.pick(ids) : undefined;
  }

  /** What a retention lock forbids is refused: then the file stays as and where it is. */
  async #unlessLocked(change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (error) {
      if (error instanceof QumuloApiError && error.status === 403) return false;
      throw error;
    }
  }

  async #write(): Promise<void> {
    const id = this.#someFile((file) => file.path.startsWith('/records'));
    if (id !== undefined) await this.#unlessLocked(() => this.#client.files.writeData(id, Buffer.from(this.#name())));
  }

  async #intoPlace(): Promise<void> {
    const directory = this.#random.pick(this.#directories);
    const temporary = this.#name('.tmp');
    const id = await this.#add(directory, temporary, 'unlocked');
    const name = this.#name('.pdf');
    await this.#client.files.rename(directory, name, `${directory}/${temporary}`);
    this.files.set(id, { path: `${directory}/${name}`, expected: 'locked', existing: false });
  }

  async #moveIn(): Promise<void> {
    const name = this.#name();
    const id = await this.#add('/staging', name, 'unlocked');
    const directory = this.#random.pick(this.#directories);
    await this.#client.files.rename(directory, name, `/staging/${name}`);
    this.files.set(id, { path: `${directory}/${name}`, expected: 'locked', existing: false });
  }

  async #moveDirectoryIn(): Promise<void> {
    const name = this.#name('.d');
    await this.#client.files.createDirectory('/staging', name);
    await this.#client.files.createDirectory(`/staging/${name}`, 'inner');
    const inside = [`/staging/${name}`, `/staging/${name}/inner`];
    const ids = await Promise.all(inside.map((directory) => this.#add(directory, this.#name(), 'unlocked')));
    await this.#client.files.rename('/records', name, `/staging/${name}`);
    for (const id of ids) this.#relocate(id, `/staging/${name}`, `/records/${name}`, 'locked');
    this.#directories.push(`/records/${name}`, `/records/${name}/inner`);
  }

  #relocate(id: string, from: string, to: string, expected?: Expected): void {
    const file = this.files.get(id);
    if (file === undefined) return;
    this.files.set(id, { ...file, path: file.path.replace(from, to), expected: expected ?? file.expected });
  }

  async #newDirectory(): Promise<void> {
    const parent = this.#random.pick(this.#directories);
    const name = this.#name('.d');
    await this.#client.files.createDirectory(parent, name);
    await this.#add(`${parent}/${name}`, this.#name(), 'locked');
    this.#directories.push(`${parent}/${name}`);
  }

  async #renameWithin(): Promise<void> {
    const id = this.#someFile((file) => file.path.startsWith('/records'));
    const file = id === undefined ? undefined : this.files.get(id);
    if (id === undefined || file === undefined) return;
    const directory = this.#random.pick(this.#directories);
    const name = this.#name('.renamed');
    if (!(await this.#unlessLocked(() => this.#client.files.rename(directory, name, file.path)))) return;
    // A file that was there before stays as it is; any other has now got a name that the policy covers.
    this.files.set(id, { ...file, path: `${directory}/${name}`, expected: file.existing ? 'unlocked' : 'locked' });
  }

  async #moveOut(): Promise<void> {
    const id = this.#someFile((file) => file.path.startsWith('/records') && file.expected === 'locked');
    const file = id === undefined ? undefined : this.files.get(id);
    if (id === undefined || file === undefined) return;
    const name = this.#name();
    if (await this.#unlessLocked(() => this.#client.files.rename('/staging', name, file.path)))
      this.files.set(id, { path: `/staging/${name}`, expected: 'unlocked', existing: false });
  }

  async #linkIn(): Promise<void> {
    const name = this.#name();
    const id = await this.#add('/staging', name, 'unlocked');
    await this.#client.files.createLink(this.#random.pick(this.#directories), this.#name(), `/staging/${name}`);
    // Under /staging, so that no other step takes one of its names away.
    this.files.set(id, { path: `/staging/${name}`, expected: 'locked', existing: false });
  }

  async #remove(): Promise<void> {
    const id = this.#someFile((file) => file.path.startsWith('/records'));
    if (id !== undefined && (await this.#unlessLocked(() => this.#client.files.delete(id)))) this.files.delete(id);
  }

  async #renameDirectory(): Promise<void> {
    const old = this.#random.pick(this.#directories);
    if (old === '/records') return;
    const parent = old.slice(0, old.lastIndexOf('/'));
    const name = this.#name('.moved');
    await this.#client.files.rename(parent, name, old);
    const now = `${parent}/${name}`;
    for (const [n, directory] of this.#directories.entries())
      if (directory === old || directory.startsWith(`${old}/`))
        this.#directories[n] = now + directory.slice(old.length);
    for (const [id, file] of this.files)
      if (file.path.startsWith(`${old}/`)) this.files.set(id, { ...file, path: now + file.path.slice(old.length) });
  }
}

function misfortune(cluster: Cluster, random: Random): void {
  const { emulator } = cluster;
  const some = 1 + Math.floor(random.next() * 4);
  const operation = random.pick([
    'PATCH /v1/files/{ref}/file-lock',
    'GET /v1/files/{ref}/info/attributes',
    'GET /v1/files/{ref}/entries/',
    'GET /v1/files/{ref}/notify',
  ]);
  const kinds: (() => unknown)[] = [
    () => emulator.streams.drop('all', 'abruptly'),
    () => emulator.streams.drop('all', 'cleanly'),
    () => emulator.streams.overflow('all'),
    () => emulator.expireSessions(),
    () => emulator.faults.add({ operation, times: some, fail: { status: 503 } }),
    () => emulator.faults.add({ operation, times: some, fail: { status: 500, errorClass: 'internal_error' } }),
    () => emulator.faults.add({ operation: 'PATCH *', times: some, fail: { status: 429, retryAfter: 1 } }),
    () => emulator.faults.add({ operation: 'PATCH /v1/files/{ref}/file-lock', times: some, drop: 'after' }),
    () => emulator.faults.add({ operation: 'PATCH /v1/files/{ref}/file-lock', times: some, drop: 'before' }),
  ];
  random.pick(kinds)();
}

test.each(seeds)(
  'chaos, seed %i: at rest every file that policy covers is locked, and no other',
  { timeout: 240_000 },
  async (seed) => {
    const random = seeded(seed);
    const cluster = await startCluster();
    const world = new World(cluster, random);
    await world.prepare();
    /** As a service manager does: when the cluster does not let it start, again. */
    const start = async (cwd = temporaryDirectory(), tries = 4): Promise<FilelockRun> => {
      try {
        return await startFilelock(cluster, { env: { QWARDEN_INTERVAL: '1' }, cwd });
      } catch (error) {
        if (tries === 0) throw error;
        return await start(cwd, tries - 1);
      }
    };
    let run = await start();
    for (let n = 0; n < OPERATIONS; n += 1) {
      await world.step();
      if (n < CALM) continue;
      if (n === CALM) await run.running.until('were there before');
      if (random.next() < 0.06) misfortune(cluster, random);
      if (random.next() < 0.012) {
        run.running.process.kill(random.pick(['SIGKILL', 'SIGTERM'] as const));
        await run.running.finished();
        for (let down = 0; down < 8; down += 1) await world.step();
        run = await start(run.cwd);
      }
    }
    cluster.emulator.faults.clear();
    await eventually(async () => {
      const wrong: string[] = [];
      for (const [id, { path, expected }] of world.files) {
        const { data } = await cluster.client.files.getAttributes(id, { retrieveFileLock: true });
        const actual = data.lock?.retention_period ? 'locked' : 'unlocked';
        if (actual !== expected) wrong.push(`${data.path} (${id}, believed ${path}) is ${actual}, must be ${expected}`);
      }
      expect(wrong).toEqual([]);
    });
    const ended = await run.running.stop();
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const verified = await qwarden(['locks', 'verify'], run);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  },
);
