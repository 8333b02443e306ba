import {
  type Answer,
  type CallOptions,
  type EntriesPage,
  type FileAttributes,
  type FileLockPatch,
  type FileType,
  type NotifyEnd,
  type NotifyEvent,
  QumuloApiError,
  QumuloConnectionError,
  type WalkOptions,
} from '@qwarden/qumulo-client';
import type { Cluster } from '../../src/cluster.ts';
import type { FakeClock } from './fake-clock.ts';
import { FakeStream } from './fake-stream.ts';
import { FakeTree, type Node } from './fake-tree.ts';

export type Operation = 'getAttributes' | 'patchFileLock' | 'notify' | 'walk' | 'openFiles' | 'listLocks' | 'nodeState';

interface Watcher {
  readonly directory: string;
  readonly recursive: boolean;
  readonly filter: ReadonlySet<string> | undefined;
  readonly stream: FakeStream;
}

/** A small cluster in memory that keeps the rules the engine relies on, with faults on demand. Events leave at once, one batch each. */
export class FakeCluster implements Cluster {
  readonly tree: FakeTree;
  readonly calls: { operation: Operation; ref: string; body?: unknown }[] = [];
  /** May throw, or return a promise that the call waits for. */
  fault: (operation: Operation, ref: string) => Promise<void> | void = () => undefined;
  /** The cluster's clock minus the local one. */
  skew = 0;
  openFilesOf = new Set<string>();
  clusterId = 'fake-cluster';
  /** Runs between the first reading of a PATCH's file and its effect. */
  beforePatch: (node: Node) => void = () => undefined;
  /** Runs between the effect of a PATCH and its answer: what throws here loses the answer only. */
  afterPatch: () => Promise<void> | void = () => undefined;
  readonly #clock: FakeClock;
  #watchers: Watcher[] = [];

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.tree = new FakeTree(clock.now());
  }

  now(): number {
    return this.#clock.now() + this.skew;
  }

  readonly clusterClock = {
    latestMs: () => this.now() + 1000,
    uncertaintyMs: () => 0,
    nowMs: () => this.now(),
    skewMs: () => this.skew,
  };

  // What people do on the cluster.

  create(path: string, options: { size?: number; type?: FileType } = {}): Node {
    const type = options.type ?? 'FS_FILE_TYPE_FILE';
    const node = this.tree.add(path, type, this.now());
    node.size = options.size ?? 0;
    this.#tell(type === 'FS_FILE_TYPE_DIRECTORY' ? 'child_dir_added' : 'child_file_added', node, path);
    return node;
  }

  mkdir(path: string): Node {
    return this.create(path, { type: 'FS_FILE_TYPE_DIRECTORY' });
  }

  /** False when the retention lock forbids it. */
  write(path: string, size = 1): boolean {
    const node = this.tree.get(path);
    if (this.isLocked(node)) return false;
    node.data += 1;
    node.size += size;
    node.mtime = this.now();
    node.ctime = this.now();
    node.etag += 1;
    this.#tell('child_data_written', node, path);
    this.#tell('child_size_changed', node, path);
    return true;
  }

  rename(from: string, to: string): boolean {
    const node = this.tree.get(from);
    const target = this.tree.find(to);
    if (this.isLocked(node) || (target !== undefined && this.isLocked(target))) return false;
    if (target !== undefined) this.remove(to);
    const kind = node.type === 'FS_FILE_TYPE_DIRECTORY' ? 'dir' : 'file';
    const [fromDirectory, fromName] = this.tree.split(from);
    const [toDirectory, toName] = this.tree.split(to);
    this.#tell(`child_${kind}_moved_from`, node, from);
    fromDirectory.children.delete(fromName);
    node.names = node.names.filter(([parent, name]) => parent !== fromDirectory.id || name !== fromName);
    this.tree.linkTo(node, toDirectory, toName);
    node.ctime = this.now();
    node.etag += 1;
    this.#tell(`child_${kind}_moved_to`, node, to);
    return true;
  }

  link(existing: string, to: string): void {
    const node = this.tree.get(existing);
    const [directory, name] = this.tree.split(to);
    this.tree.linkTo(node, directory, name);
    node.ctime = this.now();
    this.#tell('child_file_added', node, to);
  }

  remove(path: string): boolean {
    const node = this.tree.get(path);
    if (this.isLocked(node)) return false;
    for (const name of node.children.keys()) if (!this.remove(`${path}/${name}`)) return false;
    const kind = node.type === 'FS_FILE_TYPE_DIRECTORY' ? 'dir' : 'file';
    this.#tell(`child_${kind}_removed`, node, path);
    const watched = this.#watchers.filter(({ directory }) => directory === node.id);
    this.tree.unlink(path);
    for (const { stream } of watched) stream.end({ reason: 'self-removed' });
    return true;
  }

  isLocked(node: Node): boolean {
    const { legal_hold: held, retention_period: until } = node.lock;
    return held || (until !== null && Date.parse(until) > this.now());
  }

  endStreams(end: NotifyEnd = { reason: 'closed' }): void {
    for (const { stream } of this.#watchers) stream.end(end);
    this.#watchers = [];
  }

  get openStreams(): number {
    return this.#watchers.filter(({ stream }) => stream.open).length;
  }

  /** Sends events as they are, to whoever watches. */
  tellRaw(events: NotifyEvent[]): void {
    for (const { stream } of this.#watchers) stream.push(events);
  }

  #tell(type: string, node: Node, path: string): void {
    for (const watcher of this.#watchers) {
      if (!watcher.stream.open || watcher.filter?.has(type) === false) continue;
      const root = this.tree.nodes.get(watcher.directory);
      if (root === undefined) continue;
      const prefix = root.id === '2' ? '/' : `${this.tree.path(root)}/`;
      if (!path.startsWith(prefix)) continue;
      const below = path.slice(prefix.length);
      if (!watcher.recursive && below.includes('/')) continue;
      watcher.stream.push([
        { type, path: below, spine: [...this.#directories(root, below), node.id], stream_name: null },
      ]);
    }
  }

  /** Ids from the watched directory down to the one that the object is in. */
  #directories(root: Node, below: string): string[] {
    const ids = [root.id];
    let at: Node | undefined = root;
    for (const name of below.split('/').slice(0, -1)) {
      at = this.tree.nodes.get(at?.children.get(name) ?? '');
      if (at !== undefined) ids.push(at.id);
    }
    return ids;
  }

  // What the engine calls.

  readonly files = {
    getAttributes: async (ref: string, options: CallOptions & { retrieveFileLock?: boolean | undefined } = {}) => {
      await this.#enter('getAttributes', ref, options.signal);
      const node = this.#resolve(ref, 'GET attributes');
      const data = this.tree.attributes(node, ref.startsWith('/') ? ref.replace(/(.)\/$/, '$1') : undefined);
      return this.#answer(options.retrieveFileLock === true ? { ...data, lock: { ...node.lock } } : data, node);
    },
    patchFileLock: async (ref: string, patch: FileLockPatch, options: CallOptions = {}) => {
      await this.#enter('patchFileLock', ref, options.signal, patch);
      const node = this.#resolve(ref, 'PATCH file-lock');
      this.beforePatch(node);
      if (options.ifMatch !== undefined && options.ifMatch !== String(node.etag))
        throw apiError(412, 'fs_tag_mismatch_error', 'changed');
      if (node.type !== 'FS_FILE_TYPE_FILE') throw apiError(400, 'fs_not_a_file_error', 'not a regular file');
      const { retention_period: until, legal_hold: hold } = patch;
      if (until !== undefined) {
        if (node.lock.retention_period !== null && Date.parse(until) < Date.parse(node.lock.retention_period)) {
          throw apiError(400, 'fs_invalid_retention_error', 'retention can only be extended');
        }
        node.lock.retention_period = until;
      }
      if (hold !== undefined) node.lock.legal_hold = hold;
      const answer = this.#answer({ ...this.tree.attributes(node), lock: { ...node.lock } }, node);
      await this.afterPatch();
      this.#checkSignal(options.signal);
      return answer;
    },
    notify: async (
      ref: string,
      options: CallOptions & { recursive: boolean; filter?: readonly string[] | undefined },
    ) => {
      await this.#enter('notify', ref, options.signal);
      const node = this.#resolve(ref, 'GET notify');
      const stream = new FakeStream(this.#clock);
      const filter = options.filter === undefined ? undefined : new Set(options.filter);
      this.#watchers.push({ directory: node.id, recursive: options.recursive, filter, stream });
      options.signal?.addEventListener('abort', () => stream.end({ reason: 'aborted' }), { once: true });
      stream.register();
      return stream;
    },
    walk: (ref: string, options: WalkOptions = {}) => this.#walk(ref, options),
    walkPages: (ref: string, options: WalkOptions = {}) => this.#walkPages(ref, options),
    listLocks: (ref: string) => this.#none('listLocks', ref),
  };

  readonly smb = {
    openFiles: (options: { fileNumber?: string | undefined } = {}) => this.#handles(options.fileNumber ?? ''),
  };

  readonly session = {
    whoAmI: () =>
      Promise.resolve(this.#plain({ id: '500', name: 'admin', privileges: ['PRIVILEGE_FS_FILE_LOCK_WRITE'] })),
  };

  readonly cluster = {
    nodeState: async () => {
      await this.#enter('nodeState', '');
      return this.#plain({ state: 'ACTIVE' as const, node_id: 1, cluster_id: this.clusterId });
    },
    settings: () => Promise.resolve(this.#plain({ cluster_name: 'fake' })),
    version: () => Promise.resolve(this.#plain({ revision_id: 'Qumulo Core 7.9.0' })),
  };

  readonly fileSystem = {
    getNotifySettings: () => Promise.resolve(this.#plain({ recursive_mode: 'ENABLED' as const })),
  };

  warm(): Promise<void> {
    return Promise.resolve();
  }

  async *#walk(ref: string, options: WalkOptions): AsyncGenerator<FileAttributes> {
    for await (const { files } of this.#walkPages(ref, options)) yield* files;
  }

  async *#walkPages(ref: string, options: WalkOptions): AsyncGenerator<EntriesPage> {
    await this.#enter('walk', ref, options.signal);
    const queue = [this.#resolve(ref, 'GET entries')];
    for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
      const path = this.tree.path(directory);
      const files: FileAttributes[] = [];
      for (const [name, id] of directory.children) {
        const node = this.tree.nodes.get(id);
        if (node === undefined) continue;
        if (node.type === 'FS_FILE_TYPE_DIRECTORY' && options.recursive !== false) queue.push(node);
        files.push(this.tree.attributes(node, `${path === '/' ? '' : path}/${name}`));
      }
      yield { path, id: directory.id, child_count: files.length, files };
      if (queue.length > 0) await this.#enter('walk', queue[0]?.id ?? '', options.signal);
    }
  }

  async *#none(operation: Operation, ref: string): AsyncGenerator<never> {
    await this.#enter(operation, ref);
    yield* [];
  }

  async *#handles(id: string): AsyncGenerator<{ file_number: string; handle_info: { location: string } }> {
    await this.#enter('openFiles', id);
    if (this.openFilesOf.has(id)) yield { file_number: id, handle_info: { location: '1.1' } };
  }

  async #enter(operation: Operation, ref: string, signal?: AbortSignal, body?: unknown): Promise<void> {
    this.#clock.activity += 1;
    this.calls.push(body === undefined ? { operation, ref } : { operation, ref, body: structuredClone(body) });
    await this.fault(operation, ref);
    this.#checkSignal(signal);
    this.#clock.activity += 1;
  }

  #checkSignal(signal: AbortSignal | undefined): void {
    if (signal?.aborted === true)
      throw new QumuloConnectionError({ kind: 'aborted', message: 'given up', retryable: false });
  }

  #resolve(ref: string, operation: string): Node {
    const node = ref.startsWith('/') ? this.tree.find(ref) : this.tree.nodes.get(ref);
    if (node === undefined) throw apiError(404, 'fs_no_such_entry_error', `${operation}: no such entry ${ref}`);
    return node;
  }

  #answer(data: FileAttributes, node: Node): Answer<FileAttributes> {
    return { ...this.#plain(data), etag: String(node.etag) };
  }

  #plain<T>(data: T): Answer<T> {
    const clusterTimeMs = Math.floor(this.now() / 1000) * 1000;
    return { data, etag: undefined, status: 200, clusterTimeMs, receivedAtMs: this.#clock.now(), roundTripMs: 1 };
  }
}

export function apiError(
  status: number,
  errorClass: string,
  description: string,
  retryAfterMs?: number,
): QumuloApiError {
  return new QumuloApiError({
    status,
    errorClass,
    description,
    operation: 'fake',
    retryAfterMs,
    retryable: status === 429 || status >= 502,
  });
}

export function connectionError(kind: 'reset' | 'refused' | 'timeout' = 'reset'): QumuloConnectionError {
  return new QumuloConnectionError({ kind, message: `connection ${kind}`, retryable: true });
}
