/**
 * Finds who hears of a change: watchers are registered by directory, a change walks from its directory up to the root. So a
 * change costs its depth plus the watchers that want it, and next to nothing when nobody watches.
 */
import type { Unknowns } from '../../unknowns.ts';
import type { FsSettings } from '../types.ts';
import { type Entry, type Inode, kindDirectory } from '../inode.ts';
import { watcherOverflow } from '../errors.ts';
import type { ChangeEvent, ChangeType, Scheduler, WatchEvent, WatchSink } from './types.ts';
import { Watcher } from './watcher.ts';

/** How operations report what they changed: after the change, in order. */
export type ChangeSink = {
  /** True while nobody listens. */
  readonly idle: boolean;
  /** `entry` is the name under which the object is, or was, known. */
  report(type: ChangeType, entry: Entry | undefined, object: Inode, streamName?: string | null): void;
  moved(from: Entry, to: Entry, object: Inode): void;
  /** A directory ceased to exist. */
  gone(directory: Inode): void;
};

type Halves = { readonly type: ChangeType; readonly alone: ChangeType };

export class WatchRegistry implements ChangeSink {
  readonly #unknowns: Unknowns;
  readonly #settings: () => FsSettings;
  readonly #schedule: Scheduler;
  readonly #byDirectory = new Map<number, Watcher[]>();
  readonly #watchers = new Set<Watcher>();
  readonly #listeners = new Set<(event: ChangeEvent) => void>();
  #ready = new Set<Watcher>();
  #scheduled = false;
  #nextId = 1;

  constructor(unknowns: Unknowns, settings: () => FsSettings, schedule: Scheduler) {
    this.#unknowns = unknowns;
    this.#settings = settings;
    this.#schedule = schedule;
  }

  get idle(): boolean {
    return this.#watchers.size === 0 && this.#listeners.size === 0;
  }

  get size(): number {
    return this.#watchers.size;
  }

  watchers(): readonly Watcher[] {
    return [...this.#watchers];
  }

  listen(listener: (event: ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(directoryId: number, recursive: boolean, mask: number, sink: WatchSink): Watcher {
    const watcher = new Watcher({
      id: this.#nextId++,
      directoryId,
      recursive,
      mask,
      sink,
      host: this,
      limits: { queue: this.#unknowns.watcherQueueLimit, batch: this.#unknowns.watcherBatchLimit },
    });
    this.#watchers.add(watcher);
    const others = this.#byDirectory.get(directoryId);
    if (others === undefined) this.#byDirectory.set(directoryId, [watcher]);
    else others.push(watcher);
    return watcher;
  }

  overflow(watcher: Watcher): void {
    const error =
      this.#unknowns.watcherOverflow === 'close' ? null : watcherOverflow(this.#unknowns.watcherOverflowError);
    watcher.finish('overflow', error);
  }

  // ---- changes

  report(type: ChangeType, entry: Entry | undefined, object: Inode, streamName: string | null = null): void {
    if (this.idle || entry === undefined) return;
    this.#spread(entry, object, streamName, () => type);
  }

  moved(from: Entry, to: Entry, object: Inode): void {
    if (this.idle) return;
    const directory = object.kind === kindDirectory;
    const away: Halves = directory
      ? { type: 'child_dir_moved_from', alone: 'child_dir_removed' }
      : { type: 'child_file_moved_from', alone: 'child_file_removed' };
    const here: Halves = directory
      ? { type: 'child_dir_moved_to', alone: 'child_dir_added' }
      : { type: 'child_file_moved_to', alone: 'child_file_added' };
    if (this.#unknowns.renameAcrossBorder === 'half') {
      this.#spread(from, object, null, () => away.type);
      this.#spread(to, object, null, () => here.type);
      return;
    }
    const above = (entry: Entry) => {
      const ids = new Set<number>();
      for (let up: Inode | undefined = entry.directory; up !== undefined; up = up.entry?.directory) ids.add(up.id);
      return ids;
    };
    const [aboveFrom, aboveTo] = [above(from), above(to)];
    this.#spread(from, object, null, (id) => (aboveTo.has(id) ? away.type : away.alone));
    this.#spread(to, object, null, (id) => (aboveFrom.has(id) ? here.type : here.alone));
  }

  gone(directory: Inode): void {
    const watchers = this.#byDirectory.get(directory.id);
    if (watchers === undefined) return;
    const event: WatchEvent = { type: 'self_removed', path: '', spine: [String(directory.id)], stream_name: null };
    for (const watcher of watchers.slice()) {
      if (this.#unknowns.selfRemovedIgnoresFilter || watcher.wants('self_removed')) this.#push(watcher, event);
      if (this.#unknowns.closeAfterSelfRemoved) watcher.finish('self_removed', null);
    }
  }

  /** Hands the change to every directory above it that is watched. */
  #spread(entry: Entry, object: Inode, streamName: string | null, typeFor: (watchedId: number) => ChangeType): void {
    // ids and names collected on the way up, nearest first
    const ids: string[] = [String(object.id)];
    const names: string[] = [entry.name];
    let direct = true;
    for (let up: Inode | undefined = entry.directory; up !== undefined; up = up.entry?.directory) {
      ids.push(String(up.id));
      const watchers = this.#byDirectory.get(up.id);
      if (watchers !== undefined) this.#tell(watchers, up, direct, ids, names, object, streamName, typeFor(up.id));
      direct = false;
      if (up.entry !== undefined) names.push(up.entry.name);
    }
    if (this.#listeners.size === 0) return;
    const event: ChangeEvent = {
      type: typeFor(Number(ids.at(-1))),
      chain: ids.toReversed(),
      components: names.toReversed(),
      streamName,
    };
    for (const listener of this.#listeners) listener(event);
  }

  #tell(
    watchers: readonly Watcher[],
    watched: Inode,
    direct: boolean,
    ids: readonly string[],
    names: readonly string[],
    object: Inode,
    streamName: string | null,
    type: ChangeType,
  ): void {
    let withSpine: WatchEvent | undefined;
    let bare: WatchEvent | undefined;
    const ignoreRecursion =
      this.#unknowns.modeChangeOnOpenWatch === 'applies-at-once' && this.#settings().notifyMode !== 'ENABLED';
    for (const watcher of watchers) {
      if (!watcher.wants(type) || (!direct && (!watcher.recursive || ignoreRecursion))) continue;
      if (watcher.recursive || this.#unknowns.spineWhenNotRecursive) {
        withSpine ??= {
          type,
          spine: this.#spine(watched, ids),
          path: this.#path(names, object),
          stream_name: streamName,
        };
        this.#push(watcher, withSpine);
      } else {
        bare ??= { type, path: this.#path(names, object), stream_name: streamName };
        this.#push(watcher, bare);
      }
    }
  }

  #spine(watched: Inode, ids: readonly string[]): string[] {
    const spine = ids.toReversed();
    if (this.#unknowns.spineStart === 'root') {
      for (let up = watched.entry?.directory; up !== undefined; up = up.entry?.directory) spine.unshift(String(up.id));
    }
    return spine;
  }

  #path(names: readonly string[], object: Inode): string {
    const path = names.length === 1 ? (names[0] ?? '') : names.toReversed().join('/');
    return this.#unknowns.eventPathTrailingSlash && object.kind === kindDirectory ? `${path}/` : path;
  }

  #push(watcher: Watcher, event: WatchEvent): void {
    if (watcher.push(event)) this.overflow(watcher);
  }

  // ---- WatcherHost

  ready(watcher: Watcher): void {
    this.#ready.add(watcher);
    this.#arm();
  }

  forget(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    this.#ready.delete(watcher);
    const others = this.#byDirectory.get(watcher.directoryId)?.filter((other) => other !== watcher);
    if (others === undefined || others.length === 0) this.#byDirectory.delete(watcher.directoryId);
    else this.#byDirectory.set(watcher.directoryId, others);
  }

  #arm(): void {
    if (this.#scheduled || this.#ready.size === 0) return;
    this.#scheduled = true;
    this.#schedule(() => {
      this.#scheduled = false;
      const turn = this.#ready;
      this.#ready = new Set();
      for (const watcher of turn) if (watcher.turn()) this.#ready.add(watcher);
      this.#arm();
    });
  }
}
