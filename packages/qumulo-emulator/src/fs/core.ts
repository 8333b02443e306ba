/**
 * The state of the file system and its few primitives: versions, names, sums, time. No rules; those are in the operations.
 */
import type { Unknowns } from '../unknowns.ts';
import type { Identities } from './acl/types.ts';
import type { FsSettings } from './types.ts';
import type { Clock } from './caller.ts';
import { ChangeLog } from './change-log.ts';
import { Sums } from './sums.ts';
import { hashName } from './entry-table.ts';
import { DirectoryState, Entry, Inode, type Kind, kindDirectory, kindFile, kindSymlink } from './inode.ts';
import { InodeTable } from './inode-table.ts';
import { fromNs, type Time } from './times.ts';
import type { ChangeSink } from './watch/registry.ts';

export const rootId = 2;
export const blockBytes = 4096;

export class Core {
  readonly unknowns: Unknowns;
  identities: Identities;
  clock: Clock;
  readonly settings: FsSettings = {
    notifyMode: 'ENABLED',
    atime: { enabled: false, granularity: 'HOUR' },
    permissionsMode: 'CROSS_PROTOCOL',
  };
  readonly inodes: InodeTable;
  readonly root: Inode;
  /** Quota limits in bytes by directory id. */
  readonly quotas = new Map<number, number>();
  /** The epoch that present states belong to. */
  epoch = 0;
  /** View of the newest living snapshot, -1 when there is none. */
  newestView = -1;
  /** What changed in which epoch; kept only while snapshots live. */
  readonly changes = new ChangeLog();
  /** Where changes are reported. */
  sink: ChangeSink;

  constructor(parts: {
    unknowns: Unknowns;
    identities: Identities;
    clock: Clock;
    sink: ChangeSink;
    rootOwner: string;
    rootGroup: string;
  }) {
    this.unknowns = parts.unknowns;
    this.identities = parts.identities;
    this.clock = parts.clock;
    this.sink = parts.sink;
    this.inodes = new InodeTable(parts.unknowns.firstFileId);
    const now = this.now();
    const root = new Inode(
      rootId,
      kindDirectory,
      0,
      parts.unknowns.rootMode,
      parts.rootOwner,
      parts.rootGroup,
      now.seconds,
      now.nanos,
      new DirectoryState(),
    );
    root.directory?.sums.add(this.#ownSums(root), 1);
    this.root = root;
    this.inodes.setRoot(root);
  }

  now(): Time {
    return fromNs(this.clock.nowNs());
  }

  // ---- versions

  /** Must precede every change of a field of an object. */
  touch(inode: Inode): void {
    if (inode.stamp === this.epoch) return;
    if (this.newestView >= inode.stamp) {
      inode.prev = inode.freeze();
      this.changes.noteInode(this.epoch, inode);
    }
    inode.stamp = this.epoch;
  }

  #setEntry(entry: Entry, inode: Inode | undefined): void {
    if (entry.stamp !== this.epoch) {
      if (this.newestView >= entry.stamp) {
        entry.prev = { stamp: entry.stamp, inode: entry.inode, prev: entry.prev };
      }
      entry.stamp = this.epoch;
    }
    entry.inode = inode;
    if (this.newestView >= 0) this.changes.noteEntry(this.epoch, entry);
  }

  // ---- objects and names

  /** A new object without a name yet. */
  create(kind: Kind, mode: number, owner: string, group: string, now: Time): Inode {
    const directory = kind === kindDirectory ? new DirectoryState() : undefined;
    const inode = new Inode(
      this.inodes.takeId(),
      kind,
      this.epoch,
      mode,
      owner,
      group,
      now.seconds,
      now.nanos,
      directory,
    );
    if (directory !== undefined) directory.sums.add(this.#ownSums(inode), 1);
    this.inodes.add(inode);
    return inode;
  }

  /** The entry of a name, also one that only snapshots know. */
  entryOf(directory: Inode, name: string): Entry | undefined {
    return directory.directory?.entries.find(name, hashName(name));
  }

  /**
   * Gives an object a name in a directory. The name must be free. Counts children, not link counts of files.
   * `canonical`: this becomes the name that paths of the object show, and the place where its size is counted.
   */
  bind(directory: Inode, name: string, inode: Inode, canonical: boolean): Entry {
    const entries = stateOf(directory).entries;
    const hash = hashName(name);
    let entry = entries.find(name, hash);
    if (entry === undefined) {
      entry = new Entry(directory, name, hash, inode, this.epoch);
      entries.insert(entry);
      if (this.newestView >= 0) this.changes.noteEntry(this.epoch, entry);
    } else {
      this.#setEntry(entry, inode);
    }
    this.touch(directory);
    directory.childCount += 1;
    if (inode.kind === kindDirectory) directory.links += 1;
    this.touch(inode);
    if (canonical) {
      inode.entry = entry;
      this.#count(inode, directory, 1);
    } else {
      inode.otherEntries = [...(inode.otherEntries ?? []), entry];
    }
    return entry;
  }

  /** Takes a name away. The object may be left without one; the caller decides what becomes of it. */
  unbind(entry: Entry, inode: Inode): void {
    const directory = entry.directory;
    this.#setEntry(entry, undefined);
    if (entry.prev === undefined) {
      stateOf(directory).entries.remove(entry);
      this.changes.forgetEntry(this.epoch, entry);
    }
    this.touch(directory);
    directory.childCount -= 1;
    if (inode.kind === kindDirectory) directory.links -= 1;
    this.touch(inode);
    if (inode.entry !== entry) {
      const rest = inode.otherEntries?.filter((other) => other !== entry);
      inode.otherEntries = rest === undefined || rest.length === 0 ? undefined : rest;
      return;
    }
    this.#count(inode, directory, -1);
    const [next, ...others] = inode.otherEntries ?? [];
    inode.entry = next;
    inode.otherEntries = others.length === 0 ? undefined : others;
    if (next !== undefined) this.#count(inode, next.directory, 1);
  }

  /** The object is gone for the present; snapshots may still hold older states. */
  destroy(inode: Inode): void {
    this.touch(inode);
    inode.alive = false;
    inode.data = undefined;
    inode.rare = undefined;
    this.quotas.delete(inode.id);
    if (inode.prev === undefined) this.inodes.remove(inode.id);
  }

  // ---- sums

  /** Runs a change of an object's own size and keeps the sums of all directories above in step. */
  resize(inode: Inode, change: () => void): void {
    const data = inode.data?.blocks ?? 0;
    const streams = streamBlocks(inode);
    const streamCount = inode.rare?.streams?.length ?? 0;
    change();
    const dData = (inode.data?.blocks ?? 0) - data;
    const dStreams = streamBlocks(inode) - streams;
    const dCount = (inode.rare?.streams?.length ?? 0) - streamCount;
    if (dData === 0 && dStreams === 0 && dCount === 0) return;
    const apply = (sums: Sums) => {
      sums.dataBlocks += dData;
      sums.streamBlocks += dStreams;
      sums.streams += dCount;
    };
    if (inode.directory !== undefined) apply(inode.directory.sums);
    for (let up = inode.entry?.directory; up !== undefined; up = up.entry?.directory) apply(stateOf(up).sums);
  }

  /** What an object counts for in the directories above it; of a directory, everything below too. */
  sumsOf(inode: Inode): Readonly<Sums> {
    return inode.directory === undefined ? this.#ownSums(inode) : inode.directory.sums;
  }

  #count(inode: Inode, directory: Inode, sign: 1 | -1): void {
    if (inode.kind === kindFile && inode.data === undefined && inode.rare === undefined) {
      // Creation of empty files is the hottest path: two numbers an ancestor.
      const meta = sign * this.unknowns.fileMetablocks;
      for (let up: Inode | undefined = directory; up !== undefined; up = up.entry?.directory) {
        const sums = stateOf(up).sums;
        sums.files += sign;
        sums.metaBlocks += meta;
      }
      return;
    }
    const own = this.sumsOf(inode);
    for (let up: Inode | undefined = directory; up !== undefined; up = up.entry?.directory)
      stateOf(up).sums.add(own, sign);
  }

  #ownSums(inode: Inode): Sums {
    return ownSums(inode, this.unknowns);
  }
}

export const metablocksOf = (inode: Inode, unknowns: Unknowns): number =>
  inode.kind === kindDirectory ? unknowns.directoryMetablocks : unknowns.fileMetablocks;

/** What one object counts for by itself. */
export const ownSums = (inode: Inode, unknowns: Unknowns): Sums => {
  const sums = new Sums();
  sums.dataBlocks = inode.data?.blocks ?? 0;
  sums.metaBlocks = metablocksOf(inode, unknowns);
  sums.streamBlocks = streamBlocks(inode);
  sums.streams = inode.rare?.streams?.length ?? 0;
  if (inode.kind === kindFile) sums.files = 1;
  else if (inode.kind === kindDirectory) sums.directories = 1;
  else if (inode.kind === kindSymlink) sums.symlinks = 1;
  else sums.others = 1;
  return sums;
};

export const streamBlocks = (inode: Inode): number => {
  let blocks = 0;
  for (const stream of inode.rare?.streams ?? []) blocks += stream.data.blocks;
  return blocks;
};

/** The entries of an object that is known to be a directory. */
export const stateOf = (directory: Inode): DirectoryState => {
  if (directory.directory === undefined) throw new TypeError(`inode ${directory.id} is no directory`);
  return directory.directory;
};
