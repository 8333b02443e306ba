/** The public face of the file system: every operation of api.ts over one core. */
import { type Unknowns, withUnknowns } from '../unknowns.ts';
import { posixIdentities } from './acl/posix-identities.ts';
import type { AclV1, AclV2, Identities } from './acl/types.ts';
import type * as api from './api.ts';
import { attributesOf, attributesWithLock, etagOf } from './attributes.ts';
import type { Caller, Clock, Ref } from './caller.ts';
import { blockBytes, Core } from './core.ts';
import { locate, type Window } from './lookup.ts';
import { may } from './acl/access.ts';
import { READ_ACL } from './acl/rights.ts';
import { accessDenied } from './errors.ts';
import * as aclOps from './ops/acl.ts';
import { aggregates, type AggregateOptions, recursiveAggregates, sample } from './ops/aggregates.ts';
import { copyChunk } from './ops/copy-chunk.ts';
import { createEntry } from './ops/create.ts';
import * as dataOps from './ops/data.ts';
import type { RightsRequest } from './acl/explain-types.ts';
import { explainPosixMode, explainRights, explainSetMode } from './ops/explain.ts';
import { fetchData } from './ops/fetch-data.ts';
import { list } from './ops/list.ts';
import { modifyFileLock } from './ops/lock.ts';
import * as metadataOps from './ops/metadata.ts';
import { deleteRef, unlink } from './ops/remove.ts';
import { idOf, resolve, tryResolve } from './ops/resolve.ts';
import { setAttributes } from './ops/set-attributes.ts';
import * as streamOps from './ops/streams.ts';
import { parseSize } from './numbers.ts';
import { quotasOf } from './quota.ts';
import { SnapshotDiffs } from './snapshots/diffs.ts';
import { SnapshotStore } from './snapshots/store.ts';
import { system, TreeDeletes } from './tree-delete.ts';
import { handleOf, openWatch } from './watch/open.ts';
import { WatchRegistry } from './watch/registry.ts';
import type { ChangeEvent, Scheduler, WatchApi, WatchHandle } from './watch/types.ts';

export type FileSystemOptions = {
  clock: Clock;
  /** Names of users and groups; POSIX numbers alone when absent. */
  identities?: Identities | undefined;
  unknowns?: Partial<Unknowns> | undefined;
  /** Runs deliveries to watchers in a later turn; `setImmediate` when absent. */
  schedule?: Scheduler | undefined;
  /** auth_ids that own `/`; admin (500) and Users (513) when absent. */
  rootOwner?: string | undefined;
  rootGroup?: string | undefined;
};

type Snap = { snapshot?: number | undefined };

/** What survives a restart. */
class State implements api.FsState {
  readonly kind = 'qumulo-emulator-fs-state';
  readonly core: Core;
  readonly snapshots: SnapshotStore;
  readonly treeDeletes: TreeDeletes;

  constructor(core: Core, snapshots: SnapshotStore, treeDeletes: TreeDeletes) {
    this.core = core;
    this.snapshots = snapshots;
    this.treeDeletes = treeDeletes;
  }
}

const stateFor = (options: FileSystemOptions, registry: WatchRegistry): State => {
  const core = new Core({
    unknowns: withUnknowns(options.unknowns),
    identities: options.identities ?? posixIdentities,
    clock: options.clock,
    sink: registry,
    rootOwner: options.rootOwner ?? '500',
    rootGroup: options.rootGroup ?? '513',
  });
  return new State(core, new SnapshotStore(core), new TreeDeletes(core));
};

export class FileSystem implements api.FileSystemApi {
  readonly watch: WatchApi;
  readonly quotas: api.FileSystemApi['quotas'];
  readonly treeDelete: api.FileSystemApi['treeDelete'];
  readonly snapshots: api.FileSystemApi['snapshots'];
  readonly #state: State;
  readonly #core: Core;
  readonly #registry: WatchRegistry;

  constructor(options: FileSystemOptions, restored?: api.FsState) {
    const schedule: Scheduler = options.schedule ?? ((task) => void setImmediate(task));
    const unknowns = restored instanceof State ? restored.core.unknowns : withUnknowns(options.unknowns);
    const registry = new WatchRegistry(unknowns, () => this.#core.settings, schedule);
    this.#registry = registry;
    this.#state = restored instanceof State ? restored : stateFor(options, registry);
    const { core, snapshots, treeDeletes } = this.#state;
    core.sink = registry;
    core.clock = options.clock;
    if (options.identities !== undefined) core.identities = options.identities;
    this.#core = core;
    this.quotas = quotasOf(core);
    this.treeDelete = {
      create: (_caller, ref) => treeDeletes.create(ref),
      list: () => treeDeletes.list(),
      get: (id) => treeDeletes.get(id),
      cancel: (id) => treeDeletes.cancel(id),
      restart: (id) => treeDeletes.restart(id),
      step: (budget = 1000) => treeDeletes.step(budget),
    };
    const diffs = new SnapshotDiffs(core, snapshots, system);
    this.snapshots = {
      create: (request) => snapshots.create(request),
      list: () => snapshots.list(),
      get: (id) => snapshots.get(id),
      modify: (id, change) => snapshots.modify(id, change),
      delete: (id) => snapshots.delete(id),
      lock: (id, lockKey) => snapshots.lock(id, lockKey),
      unlock: (id) => snapshots.unlock(id),
      treeDiff: (newer, older, page) => diffs.tree(newer, older, page),
      fileDiff: (newer, older, ref, page) => diffs.file(newer, older, ref, page),
      fileOperations: (newer, older, ref, page) => diffs.operations(newer, older, ref, page),
      totalUsedCapacity: () => String(snapshots.usedBlocks() * blockBytes),
    };
    this.watch = watchApi(core, registry);
  }

  /** The tree of another `FileSystem` after a restart: same ids, names, locks, snapshots, jobs; no watchers. */
  static restore(state: api.FsState, options: FileSystemOptions): FileSystem {
    return new FileSystem(options, state);
  }

  serialize(): api.FsState {
    return this.#state;
  }

  get settings(): api.FsSettings {
    return this.#core.settings;
  }

  #window(snapshot: number | undefined): Window {
    return snapshot === undefined ? null : this.#state.snapshots.window(snapshot);
  }

  // ---- attributes and names

  getAttributes(
    caller: Caller,
    ref: Ref,
    options: Snap & { retrieveFileLock?: boolean | undefined } = {},
  ): api.Tagged<api.FileAttributes> {
    const { node, view, entry } = locate(this.#core, caller, ref, this.#window(options.snapshot));
    const etag = etagOf(node);
    if (options.retrieveFileLock === true) {
      if (may(caller, node, READ_ACL)) return { value: attributesWithLock(this.#core, node, view, entry), etag };
      if (this.#core.unknowns.lockReadWithoutReadAcl === 'error') throw accessDenied(ref);
    }
    return { value: attributesOf(this.#core, node, view, entry), etag };
  }

  setAttributes(caller: Caller, ref: Ref, patch: api.AttributesPatch, options: api.IfMatch = {}) {
    return setAttributes(this.#core, caller, ref, patch, options.ifMatch);
  }

  createEntry(caller: Caller, directory: Ref, entry: api.CreateEntry) {
    return createEntry(this.#core, caller, directory, entry);
  }

  delete(caller: Caller, ref: Ref, options: api.IfMatch = {}): void {
    deleteRef(this.#core, caller, ref, options.ifMatch);
  }

  unlink(caller: Caller, directory: Ref, name: string, options: api.IfMatch = {}): void {
    unlink(this.#core, caller, directory, name, options.ifMatch);
  }

  list(caller: Caller, directory: Ref, options: api.ListOptions = {}) {
    return list(this.#core, caller, directory, options, this.#window(options.snapshot));
  }

  idOf(ref: Ref): string | null {
    return idOf(this.#core, ref, system);
  }

  resolve(caller: Caller, ids: readonly string[], snapshot?: number) {
    return resolve(this.#core, caller, ids, this.#window(snapshot));
  }

  tryResolve(caller: Caller, ids: readonly string[], snapshot?: number) {
    return tryResolve(this.#core, caller, ids, this.#window(snapshot));
  }

  // ---- data and streams

  readData(caller: Caller, ref: Ref, options: api.ReadOptions = {}): api.DataRead {
    return dataOps.readData(this.#core, caller, ref, options, this.#window(options.snapshot));
  }

  writeData(caller: Caller, ref: Ref, bytes: api.Bytes, options: Omit<api.WriteOptions, 'streamId'> = {}) {
    return dataOps.writeData(this.#core, caller, ref, bytes, options.offset, options.ifMatch);
  }

  writeStream(
    caller: Caller,
    ref: Ref,
    streamId: string,
    bytes: api.Bytes,
    options: Omit<api.WriteOptions, 'streamId'> = {},
  ) {
    return streamOps.writeStream(this.#core, caller, ref, streamId, bytes, options.offset, options.ifMatch);
  }

  punchHole(
    caller: Caller,
    ref: Ref,
    range: { offset: number; size: number },
    options: api.IfMatch & { streamId?: string | undefined } = {},
  ): api.Tagged<api.FileAttributes> {
    if (options.streamId === undefined || options.streamId === '0') {
      return dataOps.punchHole(this.#core, caller, ref, range, options.ifMatch);
    }
    streamOps.changeStream(this.#core, caller, ref, options.streamId, options.ifMatch, (data) =>
      data.punch(range.offset, range.size),
    );
    return this.getAttributes(caller, ref);
  }

  copyChunk(
    caller: Caller,
    ref: Ref,
    body: api.CopyChunk,
    options: api.IfMatch & { streamId?: string | undefined } = {},
  ) {
    return copyChunk(this.#core, caller, ref, body, this.#window(body.source_snapshot ?? undefined), options);
  }

  fetchData(caller: Caller, ref: Ref, range: { offset: number; length?: number | undefined }) {
    return fetchData(this.#core, caller, ref, range);
  }

  listStreams(caller: Caller, ref: Ref, options: Snap = {}) {
    return streamOps.listStreams(this.#core, caller, ref, this.#window(options.snapshot));
  }

  createStream(caller: Caller, ref: Ref, name: string, options: api.IfMatch = {}) {
    return streamOps.createStream(this.#core, caller, ref, name, options.ifMatch);
  }

  removeStream(caller: Caller, ref: Ref, streamId: string, options: api.IfMatch = {}): void {
    streamOps.removeStream(this.#core, caller, ref, streamId, options.ifMatch);
  }

  renameStream(caller: Caller, ref: Ref, streamId: string, name: string, options: api.IfMatch = {}) {
    return streamOps.renameStream(this.#core, caller, ref, streamId, name, options.ifMatch);
  }

  getStreamAttributes(caller: Caller, ref: Ref, streamId: string, options: Snap = {}) {
    return streamOps.getStream(this.#core, caller, ref, streamId, this.#window(options.snapshot));
  }

  setStreamAttributes(
    caller: Caller,
    ref: Ref,
    streamId: string,
    patch: api.AttributesPatch,
    options: api.IfMatch = {},
  ): api.Tagged<api.StreamAttributes> {
    if (patch.size === undefined || patch.size === null) return this.getStreamAttributes(caller, ref, streamId);
    const size = parseSize(patch.size, 'size');
    return streamOps.resizeStream(this.#core, caller, ref, streamId, size, options.ifMatch);
  }

  // ---- ACL, retention lock, user metadata

  getAcl(caller: Caller, ref: Ref, options: Snap = {}) {
    return aclOps.getAcl(this.#core, caller, ref, this.#window(options.snapshot));
  }

  setAcl(caller: Caller, ref: Ref, acl: AclV2, options: api.IfMatch = {}) {
    return aclOps.setAcl(this.#core, caller, ref, acl, options.ifMatch);
  }

  getAclV1(caller: Caller, ref: Ref, options: Snap = {}) {
    return aclOps.getAclV1(this.#core, caller, ref, this.#window(options.snapshot));
  }

  setAclV1(caller: Caller, ref: Ref, acl: AclV1, options: api.IfMatch = {}) {
    return aclOps.setAclV1(this.#core, caller, ref, acl, options.ifMatch);
  }

  explainPosixMode(caller: Caller, ref: Ref) {
    return explainPosixMode(this.#core, caller, ref);
  }

  explainSetMode(caller: Caller, ref: Ref, mode: string) {
    return explainSetMode(this.#core, caller, ref, mode);
  }

  explainRights(caller: Caller, ref: Ref, request: RightsRequest) {
    return explainRights(this.#core, caller, ref, request);
  }

  modifyFileLock(
    caller: Caller,
    ref: Ref,
    patch: { retention_period?: string | null; legal_hold?: boolean | null },
    options: api.IfMatch = {},
  ) {
    return modifyFileLock(this.#core, caller, ref, patch, options.ifMatch);
  }

  listUserMetadata(caller: Caller, ref: Ref, type: string | null, options: api.PageOptions & Snap = {}) {
    return metadataOps.listMetadata(this.#core, caller, ref, type, options, this.#window(options.snapshot));
  }

  getUserMetadata(caller: Caller, ref: Ref, type: string, key: string, options: Snap = {}) {
    return metadataOps.getMetadata(this.#core, caller, ref, type, key, this.#window(options.snapshot));
  }

  setUserMetadata(
    caller: Caller,
    ref: Ref,
    type: string,
    key: string,
    value: string,
    how: 'create' | 'upsert',
    options: api.IfMatch = {},
  ) {
    return metadataOps.setMetadata(this.#core, caller, ref, { type, key, value }, how, options.ifMatch);
  }

  deleteUserMetadata(caller: Caller, ref: Ref, type: string, key: string, options: api.IfMatch = {}): void {
    metadataOps.deleteMetadata(this.#core, caller, ref, type, key, options.ifMatch);
  }

  // ---- sums

  aggregates(caller: Caller, ref: Ref, options: Snap & AggregateOptions = {}) {
    return aggregates(this.#core, caller, ref, options, this.#window(options.snapshot));
  }

  recursiveAggregates(caller: Caller, ref: Ref, options: Snap & AggregateOptions = {}) {
    return recursiveAggregates(this.#core, caller, ref, options, this.#window(options.snapshot));
  }

  sample(caller: Caller, ref: Ref, options: { by?: api.SampleBy | undefined; limit?: number | undefined } = {}) {
    return sample(this.#core, caller, ref, options.by ?? 'capacity', options.limit ?? 1);
  }

  stats(): api.FsStats {
    const total = this.#core.unknowns.totalSizeBytes;
    const snapshots = this.#state.snapshots.usedBlocks() * blockBytes;
    const used = this.#core.sumsOf(this.#core.root).dataBlocks * blockBytes + snapshots;
    return {
      block_size_bytes: blockBytes,
      total_size_bytes: String(total),
      free_size_bytes: String(Math.max(0, total - used)),
      snapshot_size_bytes: String(snapshots),
    };
  }

  /** What is kept for snapshots alone; all zero when none lives. For tests. */
  heldForSnapshots(): { states: number; names: number; noted: number } {
    return this.#state.snapshots.held();
  }

  onChange(listener: (event: ChangeEvent) => void): () => void {
    return this.#registry.listen(listener);
  }
}

const watchApi = (core: Core, registry: WatchRegistry): WatchApi => {
  const known = new WeakMap<object, WatchHandle>();
  return {
    open: (caller, ref, options, sink) => openWatch(core, registry, caller, ref, options, sink),
    get size() {
      return registry.size;
    },
    handles: () =>
      registry.watchers().map((watcher) => {
        const handle = known.get(watcher) ?? handleOf(registry, watcher);
        known.set(watcher, handle);
        return handle;
      }),
  };
};
