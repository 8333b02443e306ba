/** A name of a file or directory, in the directory with that id. */
export interface EntryName {
  readonly fileId: string;
  readonly parentId: string;
  readonly name: string;
}

/**
 * How it came to be known:
 * - `baseline` it was there before the watch began
 * - `arrived` it came since, and that was told
 * - `unannounced` something else was told of it first: its arrival is still to be told, when it is found
 */
export type Standing = 'baseline' | 'arrived' | 'unannounced';

/** One row: a file with several hard links has one for each of its names. */
export interface InventoryEntry extends EntryName {
  readonly directory: boolean;
  /** By the cluster's clock; null until a walk has met it. */
  readonly createdMs: number | null;
  readonly standing: Standing;
  /** The change that put it; `""`: a walk did. */
  readonly seenBy: string;
  /**
   * The epoch in which a walk told of it: if the stream of that epoch tells the same, it is told already. {@link LEFT}: if it is not
   * there any more, nothing is to be told of that.
   */
  readonly told: number | null;
  /** {@link cameIn} or {@link metIn} of the last walk that it came after or was met by. */
  readonly generation: number;
}

/** In place of an epoch: it went in a gap, and the stream has told how it went on, under a name that was not known. */
export const LEFT = -1;

/** Put by the reader since the walk of that number began. */
export function cameIn(walk: number): number {
  return 2 * walk;
}

/** Met by the walk of that number. */
export function metIn(walk: number): number {
  return 2 * walk + 1;
}

export function isSameName(a: EntryName, b: EntryName): boolean {
  return a.name === b.name && a.parentId === b.parentId && a.fileId === b.fileId;
}

/**
 * While a gap is not closed nobody knows what became of a file whose name another has got: renamed, most likely. Until the walk finds it, it
 * is kept under a name that no file can have, so that it is not taken for one that came.
 */
export function displaced(entry: InventoryEntry): InventoryEntry {
  return { ...entry, name: `${entry.name}/${entry.fileId}` };
}

/** As it was before it was displaced. */
export function plainName(name: string): string {
  const end = name.indexOf('/');
  return end < 0 ? name : name.slice(0, end);
}

/** A name that is gone, remembered while a walk may still tell of it. */
export interface DepartedName extends EntryName {
  /** As in {@link InventoryEntry}: the epoch in which a walk told that it is gone. */
  readonly told: number | null;
}

export interface InventoryRecord {
  /** Number of the last walk. */
  readonly walk: number;
  /** It has begun and was not brought to its end. */
  readonly walking: boolean;
  /** The cluster's clock when the watch first began. */
  readonly beganClusterMs: number | undefined;
  /** When a walk first was brought to its end: since then it is whole. */
  readonly wholeSince: number | undefined;
}

/**
 * What became of a change that was decided about: true = passed on, false = dropped; `came` = passed on as an arrival, there; `from` = passed
 * on behind a rename from that path to the old one of the change, of which nobody has told.
 */
export type Verdict = boolean | { readonly came: string } | { readonly from: string };

/** A directory that was renamed in a gap, as a change of the stream shows that tells of something in it. Absolute paths. */
export interface RenamedAbove {
  readonly fileId: string;
  readonly parentId: string;
  readonly path: string;
  readonly movedFrom: string;
}

/** The last stretch of the log that the inventory knows of: from behind `after` up to and with `until`. */
export interface ReaderNote {
  readonly after: string;
  readonly until: string;
  /** Of changes that were found, and of those that were dropped, by their ids. All others were passed on. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** What was told with changes, before them, by their ids. */
  readonly above?: Readonly<Record<string, readonly RenamedAbove[]>> | undefined;
}

/** Where a page of a listing ends. */
export type Cursor = { readonly fileId: string | number; readonly parentId: string | number; readonly name: string };

export interface EntryPage {
  readonly entries: readonly InventoryEntry[];
  /** Undefined: that was all. */
  readonly next: Cursor | undefined;
}

/**
 * What is known to be below one watched directory. Paths are made from the chain of parents, so that the rename of a directory is one row.
 * Synchronous, for it is asked for each change of a name; what changes something may only be called inside `commit`'s work. Throws StateError.
 */
export interface InventoryStore {
  /** Id of the watched directory. */
  readonly rootId: string;
  /** It does not share its commits with the queue: it must be durable before the reader's position is. */
  readonly apart: boolean;
  /** Runs `work` at once; resolves when it is durable. */
  commit(work: () => void, urgency: 'now' | 'soon'): Promise<void>;

  record(): InventoryRecord;
  setRecord(change: Partial<InventoryRecord>): void;
  note(partition: number): ReaderNote | undefined;
  setNote(partition: number, note: ReaderNote): void;

  names(fileId: string): readonly InventoryEntry[];
  at(parentId: string, name: string): InventoryEntry | undefined;
  /** Something may have been told by a walk that the stream has not told yet. */
  readonly anyTold: boolean;
  /** A name belongs to one object: what had it before is forgotten. */
  put(entry: InventoryEntry): void;
  remove(name: EntryName): void;
  /** Forgets all that is below a directory, and was known when the change of that id came. */
  removeBelow(directoryId: string, since: string): void;
  /** A walk has met it. */
  met(name: EntryName, walk: number, createdMs: number): void;
  departed(fileId: string): readonly DepartedName[];
  depart(name: DepartedName): void;
  /** It is back, or another walk begins (all of them). */
  forgetDeparted(fileId?: string): void;
  /** From here on the stream may tell what it likes: what walks have told was in another epoch. What has {@link LEFT} stays so. */
  forgetTold(): void;
  /** Below the watched directory, without a slash in front; undefined when the chain does not lead there. */
  pathOf(name: EntryName): string | undefined;
  /** A directory has another name since that change: what has left it before must be told with the path that it had. */
  renamed(from: EntryName, until: string): void;
  /** As `pathOf`, with the names that the directories above it had when the entry was put, as far as they are remembered. */
  pathBefore(entry: InventoryEntry): string | undefined;
  /** As it was known before there was an inventory: its path below the watched directory; undefined when it was not. */
  before(fileId: string): { readonly path: string; readonly createdMs: number | null } | undefined;
  /** Whatever went before is known: former names are of no more use. */
  forgetFormer(): void;
  /** A directory above it is not known. */
  isOrphan(name: EntryName): boolean;

  /** Entries that were known before that walk began and that it has not met; in the order of their ids. */
  unmet(walk: number, after: Cursor | undefined): EntryPage;
  /** What came while it went, and it has not met: directories, and what is unannounced. */
  cameMeanwhile(walk: number, after: Cursor | undefined): EntryPage;
  baseline(after: Cursor | undefined): EntryPage;
  /** Forgets what is in a directory that is not known; how many. */
  removeOrphans(): Promise<number>;
  clear(): void;
  close(): void;
}

/** What others may know of it. */
export interface BaselineEntry {
  readonly fileId: string;
  /** Absolute. */
  readonly path: string;
  readonly directory: boolean;
  /** RFC 3339, by the cluster; null when no walk has met it yet. */
  readonly creationTime: string | null;
}

export interface Inventory {
  /** What was there before the watch began, and still is. A file with several names is given once for each. */
  baseline(): AsyncIterable<BaselineEntry>;
  /** Undefined: it is not one of those. */
  baselineOf(fileId: string): BaselineEntry | undefined;
}
