/** Objects of the file system and the names that lead to them. */
import type { Acl } from './acl/acl.ts';
import type { FileType, MetadataType, SymlinkTargetType } from './types.ts';
import type { FileData } from './data/file-data.ts';
import { EntryTable } from './entry-table.ts';
import { Sums } from './sums.ts';
import { at, type Version } from './version.ts';

export const fileTypes = [
  'FS_FILE_TYPE_FILE',
  'FS_FILE_TYPE_DIRECTORY',
  'FS_FILE_TYPE_SYMLINK',
  'FS_FILE_TYPE_UNIX_PIPE',
  'FS_FILE_TYPE_UNIX_CHARACTER_DEVICE',
  'FS_FILE_TYPE_UNIX_BLOCK_DEVICE',
  'FS_FILE_TYPE_UNIX_SOCKET',
] as const satisfies readonly FileType[];

/** Index into `fileTypes`. */
export type Kind = number;
export const kindFile = 0;
export const kindDirectory = 1;
export const kindSymlink = 2;
export const kindPipe = 3;

/** A retention lock. Replaced, never changed. `untilSeconds` NaN = no retention period. */
export type FileLock = {
  readonly until: { readonly seconds: number; readonly nanos: number } | null;
  readonly legalHold: boolean;
};

/** A named stream. Replaced, never changed (its data has copy-on-write of its own). */
export type NamedStream = {
  readonly id: number;
  readonly name: string;
  readonly data: FileData;
  readonly dataRevision: number;
};

export type MetadataMap = ReadonlyMap<
  string,
  { readonly type: MetadataType; readonly key: string; readonly value: Buffer }
>;

/** What few objects have. Replaced as a whole, never changed. */
export type Rare = {
  readonly symlinkTarget?: string;
  readonly symlinkTargetType?: SymlinkTargetType;
  readonly major?: number;
  readonly minor?: number;
  readonly streams?: readonly NamedStream[];
  readonly nextStreamId?: number;
  readonly metadata?: MetadataMap;
  readonly metadataRevision?: number;
  readonly special?: number;
};

/** An older value of an entry: what it named from epoch `stamp` until the next newer version. */
export type EntryVersion = {
  readonly stamp: number;
  readonly inode: Inode | undefined;
  prev: EntryVersion | undefined;
};

/** One name in one directory. `inode` is undefined while only snapshots still know the name. */
export class Entry implements EntryVersion, Version<EntryVersion> {
  readonly directory: Inode;
  readonly name: string;
  readonly hash: number;
  tie = 0;
  inode: Inode | undefined;
  stamp: number;
  prev: EntryVersion | undefined = undefined;

  constructor(directory: Inode, name: string, hash: number, inode: Inode, stamp: number) {
    this.directory = directory;
    this.name = name;
    this.hash = hash;
    this.inode = inode;
    this.stamp = stamp;
  }

  /** What the name stood for in a view; undefined = nothing. */
  inodeAt(view: number): Inode | undefined {
    return this.stamp <= view ? this.inode : at<EntryVersion>(this, view)?.inode;
  }
}

/** What a directory has besides attributes: its entries and the sums over everything below it. */
export class DirectoryState {
  readonly entries = new EntryTable<Entry>();
  readonly sums = new Sums();
}

/**
 * Times are whole seconds and nanoseconds. All fields but `id` belong to a version: call `Core.touch` before changing one.
 */
export class Inode implements Version<Inode> {
  readonly id: number;
  readonly kind: Kind;
  stamp: number;
  prev: Inode | undefined = undefined;
  /** False once the last name is gone. */
  alive = true;
  /** The canonical name; undefined for the root and for objects without a name. */
  entry: Entry | undefined = undefined;
  /** Further names. Replaced, never changed. */
  otherEntries: readonly Entry[] | undefined = undefined;
  /** Names of a file; 2 + subdirectories of a directory. */
  links: number;
  childCount = 0;
  /** twelve bits */
  mode: number;
  owner: string;
  group: string;
  /** undefined = the mode says it all */
  acl: Acl | undefined = undefined;
  birthSeconds: number;
  birthNanos: number;
  modifiedSeconds: number;
  modifiedNanos: number;
  changedSeconds: number;
  changedNanos: number;
  accessedSeconds: number;
  accessedNanos: number;
  /** moves with every change that moves the ETag */
  revision = 1;
  dataRevision = 0;
  /** bits in the order of `extendedAttributeNames` */
  extended = 0;
  lock: FileLock | undefined = undefined;
  data: FileData | undefined = undefined;
  /** Shared by all versions: entries have versions of their own. */
  readonly directory: DirectoryState | undefined;
  rare: Rare | undefined = undefined;

  constructor(
    id: number,
    kind: Kind,
    stamp: number,
    mode: number,
    owner: string,
    group: string,
    seconds: number,
    nanos: number,
    directory: DirectoryState | undefined,
  ) {
    this.id = id;
    this.kind = kind;
    this.stamp = stamp;
    this.links = kind === kindDirectory ? 2 : 1;
    this.mode = mode;
    this.owner = owner;
    this.group = group;
    this.birthSeconds = seconds;
    this.birthNanos = nanos;
    this.modifiedSeconds = seconds;
    this.modifiedNanos = nanos;
    this.changedSeconds = seconds;
    this.changedNanos = nanos;
    this.accessedSeconds = seconds;
    this.accessedNanos = nanos;
    this.directory = directory;
  }

  /** The state a view sees; undefined when the object was not there. */
  at(view: number): Inode | undefined {
    const version = this.stamp <= view ? this : at<Inode>(this, view);
    return version?.alive === true ? version : undefined;
  }

  /** The present state set aside for snapshots. */
  freeze(): Inode {
    const old = new Inode(
      this.id,
      this.kind,
      this.stamp,
      this.mode,
      this.owner,
      this.group,
      this.birthSeconds,
      this.birthNanos,
      this.directory,
    );
    old.prev = this.prev;
    old.alive = this.alive;
    old.entry = this.entry;
    old.otherEntries = this.otherEntries;
    old.links = this.links;
    old.childCount = this.childCount;
    old.acl = this.acl;
    old.modifiedSeconds = this.modifiedSeconds;
    old.modifiedNanos = this.modifiedNanos;
    old.changedSeconds = this.changedSeconds;
    old.changedNanos = this.changedNanos;
    old.accessedSeconds = this.accessedSeconds;
    old.accessedNanos = this.accessedNanos;
    old.revision = this.revision;
    old.dataRevision = this.dataRevision;
    old.extended = this.extended;
    old.lock = this.lock;
    old.data = this.data;
    old.rare = this.rare;
    this.data?.share();
    for (const stream of this.rare?.streams ?? []) stream.data.share();
    return old;
  }
}
