/** Paged diffs between two snapshots. Snapshots never change, so a computed diff is kept for its later pages. */
import type { FileDiffOperation, FileDiffRegion, Page, PageOptions, TreeDiffEntry } from '../types.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import type { FileData } from '../data/file-data.ts';
import { decodeError, FsError, noSuchEntry, notAFile, snapshotsNotComparable } from '../errors.ts';
import { kindFile } from '../inode.ts';
import { isWithin, locate, type Located } from '../lookup.ts';
import { fileOperations, fileRegions } from './file-diff.ts';
import type { SnapshotRecord, SnapshotStore } from './store.ts';
import { treeDiff } from './tree-diff.ts';

const keptDiffs = 8;

export class SnapshotDiffs {
  readonly #core: Core;
  readonly #store: SnapshotStore;
  readonly #system: Caller;
  readonly #kept = new Map<string, TreeDiffEntry[]>();

  constructor(core: Core, store: SnapshotStore, system: Caller) {
    this.#core = core;
    this.#store = store;
    this.#system = system;
  }

  tree(newerId: number, olderId: number, options: PageOptions = {}): Page<TreeDiffEntry> {
    const [newer, older] = this.#pair(newerId, olderId);
    const key = `${newerId}:${olderId}`;
    let entries = this.#kept.get(key);
    if (entries === undefined) {
      entries = treeDiff({ core: this.#core, sourceId: newer.sourceId, older: older.view, newer: newer.view });
      this.#kept.set(key, entries);
      const oldest = this.#kept.keys().next().value;
      if (this.#kept.size > keptDiffs && oldest !== undefined) this.#kept.delete(oldest);
    }
    return this.#page(entries, options);
  }

  file(newerId: number, olderId: number, ref: Ref, options: PageOptions = {}): Page<FileDiffRegion> {
    const { before, after } = this.#data(newerId, olderId, ref);
    return this.#page(fileRegions(before, after), options);
  }

  operations(newerId: number, olderId: number, ref: Ref, options: PageOptions = {}): Page<FileDiffOperation> {
    const { before, after } = this.#data(newerId, olderId, ref);
    return this.#page(fileOperations(before, after), options);
  }

  #pair(newerId: number, olderId: number): [SnapshotRecord, SnapshotRecord] {
    const newer = this.#store.record(newerId);
    const older = this.#store.record(olderId);
    if (newer.sourceId !== older.sourceId) {
      throw snapshotsNotComparable(`snapshots ${newerId} and ${olderId} are of different directories`);
    }
    if (newer.view < older.view) throw snapshotsNotComparable(`snapshot ${newerId} is older than ${olderId}`);
    return [newer, older];
  }

  #in(record: SnapshotRecord, ref: Ref): Located | undefined {
    try {
      const found = locate(this.#core, this.#system, ref, { view: record.view, sourceId: record.sourceId });
      return found.view === record.view && isWithin(found.head, record.sourceId, record.view) ? found : undefined;
    } catch (error) {
      if (error instanceof FsError) return undefined;
      throw error;
    }
  }

  #data(newerId: number, olderId: number, ref: Ref): { before: FileData | undefined; after: FileData | undefined } {
    const [newer, older] = this.#pair(newerId, olderId);
    const after = this.#in(newer, ref);
    const before = this.#in(older, ref);
    if (after === undefined && before === undefined) throw noSuchEntry(ref);
    for (const found of [after, before]) if (found !== undefined && found.node.kind !== kindFile) throw notAFile(ref);
    return { before: before?.node.data, after: after?.node.data };
  }

  #page<T>(entries: readonly T[], options: PageOptions): Page<T> {
    const { diffDefaultLimit, diffMaxLimit } = this.#core.unknowns;
    const from = options.after === undefined || options.after === '' ? 0 : Number(options.after);
    if (!Number.isSafeInteger(from) || from < 0)
      throw decodeError(`query 'after': '${options.after}' is not a position`);
    const limit = Math.min(options.limit ?? diffDefaultLimit, diffMaxLimit);
    if (!Number.isSafeInteger(limit) || limit < 1) throw decodeError(`query 'limit': ${limit} is not a page size`);
    const end = from + limit;
    return { entries: entries.slice(from, end), next: end < entries.length ? String(end) : null };
  }
}
