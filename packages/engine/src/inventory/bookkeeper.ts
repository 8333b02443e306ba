import { type Change, type Place, WATCHED } from '../events/change.ts';
import { absolutePath } from './found.ts';
import {
  cameIn,
  displaced,
  type EntryName,
  type InventoryEntry,
  type InventoryStore,
  isSameName,
  LEFT,
  plainName,
  type ReaderNote,
  type RenamedAbove,
  type Verdict,
} from './port.ts';

/** What is between two positions of the reader. */
export interface Stretch {
  readonly partition: number;
  readonly after: string;
  readonly until: string;
  /** The change with which it left, while its other half is waited for: it may have left the watch, with all that was in it. */
  readonly leavingSince: (fileId: string) => string | undefined;
  /** Ids from the watched directory down to what a change of the stream is about, by the id of the change; empty when nobody knows. */
  readonly spineOf: (changeId: string) => readonly string[];
}

export interface Decided {
  /** All but those that tell what is known already. */
  readonly changes: readonly Change[];
  /** How many are left out. */
  readonly known: number;
  /** What was noted is on stable storage. */
  readonly durable: Promise<void>;
}

type Subject = Change & { readonly place: Place };

/**
 * Keeps the inventory as the log is read, and tells by it what a walk has found and the stream has told, or the other way round. What
 * it decides is noted together with the stretch: when the reader reads the same again, because the process died before its position was
 * durable, the same is decided.
 */
export class Bookkeeper {
  readonly #store: InventoryStore;
  /** The last stretch of each partition as it was found at the start; gone when the reader is beyond it. */
  readonly #notes = new Map<number, ReaderNote>();
  readonly #root: () => string;
  readonly #partitions: number;
  #isWhole: boolean;
  readonly #waiting = new Map<number, number | null>();
  #walk: number;
  #walking: boolean;
  /** The last epoch whose gap was closed: from then on the stream tells of all that goes. */
  #closed: number | undefined;
  /** The epoch in which the watch began: nothing was missed before. Undefined: not that of this process, or nothing was told yet. */
  #first: number | undefined;
  readonly #isFresh: boolean;
  #leavingSince: Stretch['leavingSince'] = () => undefined;
  #spineOf: Stretch['spineOf'] = () => [];
  /** A directory that is known: most changes are in the same as the one before. Forgotten when a directory goes. */
  #known = '';
  /** By the change that is decided about. */
  #renamedAbove: RenamedAbove[] = [];

  /** @param root absolute path of the watched directory, as now known */
  constructor(store: InventoryStore, partitions: number, root: () => string) {
    this.#store = store;
    this.#root = root;
    this.#partitions = partitions;
    const { walk, walking, wholeSince, beganClusterMs } = store.record();
    this.#isFresh = beganClusterMs === undefined;
    this.#isWhole = wholeSince !== undefined;
    this.#walk = walk;
    this.#walking = walking;
    for (let partition = 0; partition < partitions; partition += 1) {
      const note = store.note(partition);
      if (note !== undefined) this.#notes.set(partition, note);
    }
  }

  get apart(): boolean {
    return this.#store.apart;
  }

  /** A walk begins; the reader has decided about all that came before. */
  async walkBegins(): Promise<number> {
    const store = this.#store;
    this.#walk += 1;
    this.#walking = true;
    await store.commit(() => {
      store.setRecord({ walk: this.#walk, walking: true });
      store.forgetTold();
      store.forgetDeparted();
    }, 'now');
    return this.#walk;
  }

  /** It was brought to its end, and what was before this epoch is known: the inventory is whole. */
  async walkEnded(now: number, epoch: number): Promise<void> {
    const store = this.#store;
    await store.commit(() => {
      store.setRecord({ walking: false, wholeSince: store.record().wholeSince ?? now });
      store.forgetFormer();
    }, 'now');
    this.#walking = false;
    this.#isWhole = true;
    this.#closed = epoch;
  }

  /** A reader has come so far that only halves of renames wait, the oldest since then; null: none. */
  waits(partition: number, since: number | null): void {
    this.#waiting.set(partition, since);
  }

  /** No reader holds back a change that came until then. */
  isDecided(until: number): boolean {
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      const since = this.#waiting.get(partition);
      if (since === undefined || (since !== null && since <= until)) return false;
    }
    return true;
  }

  /** Where the first stretch behind this position has to end, because it was decided about before; undefined: anywhere. */
  decidedUntil(partition: number, after: string): string | undefined {
    const note = this.#notes.get(partition);
    return note?.after === after && note.until !== after ? note.until : undefined;
  }

  /** The changes of one stretch, in order; halves of renames are joined. */
  decide(stretch: Stretch, changes: readonly Change[]): Decided {
    const { partition, after, until } = stretch;
    this.#leavingSince = stretch.leavingSince;
    this.#spineOf = stretch.spineOf;
    this.#known = '';
    const store = this.#store;
    const before = this.#notes.get(partition);
    this.#notes.delete(partition);
    const naming = changes.some(({ place }) => place !== undefined);
    if (!naming && !store.apart) return { changes, known: 0, durable: Promise.resolve() };
    const noted = before?.after === after ? before : undefined;
    const isDecided = noted !== undefined && noted.until === until && until !== after;
    const verdicts: Record<string, Verdict> = {};
    const above: Record<string, readonly RenamedAbove[]> = {};
    const passed: Change[] = [];
    let known = 0;
    const durable = store.commit(
      () => {
        for (const change of changes) {
          if (!isAboutName(change)) {
            passed.push(change);
            continue;
          }
          const verdict = noted?.verdicts[change.id] ?? (isDecided || this.#one(change));
          const renamed = noted?.above?.[change.id] ?? this.#renamedAbove;
          if (renamed.length > 0) above[change.id] = renamed;
          passed.push(...renamed.map((one, n) => asRenamed(change, one, n)));
          this.#renamedAbove = [];
          if (change.kind === 'directory') this.#known = '';
          if (verdict !== true || change.place.foundBy !== null) verdicts[change.id] = verdict;
          if (verdict === false) known += 1;
          else passed.push(...toldAs(change, verdict));
        }
        store.setNote(partition, { after, until, verdicts, above });
      },
      store.apart ? 'now' : 'soon',
    );
    return { changes: passed, known, durable };
  }

  #one(change: Subject): Verdict {
    if (this.#isFresh && change.place.foundBy === null) this.#first ??= change.place.epoch;
    const to = this.#nameOf(change, change.path, change.place.parentId);
    if (to === undefined) return true;
    if (/_(?:added|moved_to)$/.test(change.type))
      return change.place.foundBy === null ? this.#cameByStream(change, to) : this.#cameByWalk(change, to);
    return change.type.endsWith('_renamed') ? this.#renamed(change, to) : this.#left(change, to);
  }

  /** Undefined when it cannot be known which object it is, or where. The next walk sees it. */
  #nameOf(change: Change, path: string, parent: string): EntryName | undefined {
    const parentId = parent === WATCHED ? this.#store.rootId : parent;
    if (parentId === '') return undefined;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const fileId = change.fileId === '' ? this.#store.at(parentId, name)?.fileId : change.fileId;
    return fileId === undefined ? undefined : { fileId, parentId, name };
  }

  /** A stream tells once. Only when a walk of the same epoch has told it before is it told already. */
  #cameByStream(change: Subject, to: EntryName): Verdict {
    const store = this.#store;
    const directory = change.kind === 'directory';
    // A file that is new has no other name, if no walk has told of it.
    const isNew = change.type === 'child_file_added' && !store.anyTold;
    const names = isNew ? [] : store.names(to.fileId);
    const here = names.find((entry) => isSameName(entry, to));
    if (here !== undefined && here.told === change.place.epoch) {
      store.put({ ...here, told: null });
      return false;
    }
    if (directory) {
      // It has one name, and what a walk may have found in it already came with it.
      for (const other of names) store.remove(other);
      store.removeBelow(to.fileId, change.id);
    } else if (change.type === 'child_file_moved_to') this.#leftUnknown(to);
    store.forgetDeparted(to.fileId);
    this.#put(change, to, { standing: 'arrived', createdMs: here?.createdMs ?? null });
    return true;
  }

  #cameByWalk(change: Subject, to: EntryName): Verdict {
    const store = this.#store;
    const names = store.names(to.fileId);
    const here = names.find((entry) => isSameName(entry, to));
    // It was put, or renamed, before its arrival could be told; where it is now counts.
    const silent = here ?? names.find(({ standing }) => standing === 'unannounced');
    if (silent?.standing === 'unannounced') {
      store.put({ ...silent, standing: 'arrived', seenBy: change.id, told: change.place.epoch });
      return here === undefined ? this.#pathOf(silent) : true;
    }
    // The walk that makes the inventory tells of it.
    if (change.place.foundBy === 'walk' && names.length === 0 && store.before(to.fileId) !== undefined) return false;
    const inReach = names.filter((entry) => !this.#isGoing(entry));
    if (inReach.length > 0) return false;
    for (const entry of names) store.remove(entry);
    if (names.length > 0 && change.kind === 'directory') store.removeBelow(to.fileId, change.id);
    // It has gone since the walk came by, or the directory has that it was found in.
    if (this.#hasGone(to.fileId) || !this.#isInReach(to.parentId)) return false;
    this.#put(change, to, { standing: 'arrived', told: change.place.epoch });
    return true;
  }

  #hasGone(fileId: string): boolean {
    return this.#store.departed(fileId).some(({ told }) => told === null);
  }

  /** Is it in a directory that is leaving the watch, as far as is known yet? */
  #isGoing({ parentId, seenBy }: InventoryEntry): boolean {
    const passed = new Set<string>();
    for (let id = parentId; id !== this.#store.rootId; ) {
      const since = this.#leavingSince(id);
      // What has come into it later is where the stream has said.
      if (since !== undefined && !(batchOf(seenBy) > batchOf(since))) return true;
      const [above] = this.#store.names(id);
      if (above === undefined || passed.has(id)) return false;
      passed.add(id);
      id = above.parentId;
    }
    return false;
  }

  /** With a log in partitions a file can be read of before its directory. */
  #isInReach(directoryId: string): boolean {
    const { apart, rootId } = this.#store;
    if (directoryId === rootId) return true;
    return apart ? !this.#hasGone(directoryId) : this.#store.names(directoryId).length > 0;
  }

  /** Where it is now. */
  #pathOf(name: EntryName): Verdict {
    const relative = this.#store.pathOf(name);
    const root = this.#root();
    return relative === undefined || { came: absolutePath(root, relative) };
  }

  #renamed(change: Subject, to: EntryName): Verdict {
    const store = this.#store;
    const { place, movedFrom } = change;
    const from = this.#nameOf({ ...change, fileId: to.fileId }, movedFrom ?? change.path, place.fromParentId ?? '');
    const names = store.names(to.fileId);
    const here = names.find((entry) => isSameName(entry, to));
    const old = from && names.find((entry) => wasAt(entry, from));
    // Nothing but the name of a directory above it has changed.
    const isSame = from !== undefined && isSameName(from, to);
    // What the walk has seen has gone since.
    if (place.foundBy !== null && old?.told === LEFT) return false;
    if (place.foundBy !== null) {
      if (isSame ? here === undefined && this.#isElsewhere(to, names) : here !== undefined || old === undefined)
        return false;
    } else if (here !== undefined && old === undefined && here.told === place.epoch) {
      store.put({ ...here, told: null });
      return false;
    }
    if (isSame && here !== undefined) return true;
    const directory = change.kind === 'directory';
    // It was renamed in a gap before, as far as can be known: it has one name.
    const before = old ?? (directory || (names.length === 1 && here === undefined) ? names[0] : undefined);
    const untold =
      from !== undefined && old === undefined && place.foundBy === null ? this.#untold(change, before) : undefined;
    if (directory && before !== undefined && place.epoch !== this.#closed) store.renamed(before, change.id);
    for (const other of directory ? names : before === undefined ? [] : [before]) store.remove(other);
    store.forgetDeparted(to.fileId);
    // A whole inventory does not know it: it has come in a gap, or in a directory that nobody has looked into yet.
    const hasCome = names.length === 0 && this.#isWhole;
    const wasThere = names.length === 0 && from !== undefined && this.#wasThere(change, from);
    this.#put(change, to, {
      standing: before?.standing ?? (wasThere ? 'baseline' : hasCome ? 'arrived' : 'unannounced'),
      createdMs: before?.createdMs ?? here?.createdMs ?? null,
      told: place.foundBy === null ? null : place.epoch,
    });
    if (!hasCome) return untold ?? true;
    // Its directory may have been renamed once more since somebody looked into it.
    const now = this.#pathOf(to);
    return typeof now === 'object' ? now : { came: change.path };
  }

  /** Nobody knows it, and it was renamed: was it there before the watch began? */
  #wasThere(change: Subject, from: EntryName): boolean {
    const { place, movedFrom } = change;
    if (!this.#tellsAll(place)) return false;
    // That half may have waited: directories above it can have got other names since.
    if (place.halfId !== undefined && movedFrom !== null)
      this.#knowAbove({ ...change, id: place.halfId, path: movedFrom }, from, 'as they were');
    return this.#isOld(from.parentId);
  }

  /** The stream has told of all that came since the watch began. */
  #tellsAll({ epoch, foundBy }: Place): boolean {
    return foundBy === null && epoch === this.#first && !this.#isWhole;
  }

  /** A directory that has not come itself, with something in it: so what nobody knows in it was there before as well, when the stream tells all. */
  #isOld(directoryId: string): boolean {
    return directoryId === this.#store.rootId || this.#store.names(directoryId)[0]?.standing === 'baseline';
  }

  /** How it came to the name that it had, in a gap: a rule may be for that, and not for the rename that the stream tells. */
  #untold({ movedFrom }: Change, before: InventoryEntry | undefined): Verdict | undefined {
    if (before === undefined || before.standing === 'unannounced' || before.told === LEFT) return undefined;
    const relative = this.#store.pathBefore(before);
    const from = relative === undefined ? undefined : absolutePath(this.#root(), relative);
    return from === undefined || from === movedFrom ? undefined : { from };
  }

  #isElsewhere(to: EntryName, names: readonly InventoryEntry[]): boolean {
    return names.length > 0 || this.#store.departed(to.fileId).length > 0;
  }

  #left(change: Subject, from: EntryName): Verdict {
    const store = this.#store;
    const { epoch, foundBy } = change.place;
    if (foundBy === null) {
      const told = store.departed(from.fileId).find((gone) => isSameName(gone, from));
      if (told?.told === epoch) {
        store.depart({ ...told, told: null });
        return false;
      }
      this.#leftUnknown(from);
    } else {
      const here = store.names(from.fileId).find((entry) => wasAt(entry, from));
      // What has come or moved since that walk began was told by the stream.
      if (here === undefined || here.generation >= cameIn(this.#walk)) return false;
      store.remove(here);
    }
    store.remove(from);
    // Files of a directory that was removed are told one by one by the walk that has found it.
    const alone = foundBy === null || change.type === 'child_dir_moved_from';
    if (change.kind === 'directory' && alone) store.removeBelow(from.fileId, change.id);
    if (this.#walking || foundBy !== null) {
      store.depart({ ...from, told: foundBy === null ? null : epoch });
    }
    return true;
  }

  /**
   * It has one name as far as is known, and leaves under another, or comes under another: the one that is known is of before a gap, or it has
   * several.
   */
  #leftUnknown(here: EntryName): void {
    const [only, ...others] = this.#store.names(here.fileId);
    if (only === undefined || others.length > 0 || isSameName(only, here)) return;
    if (only.directory) this.#store.remove(only);
    else this.#store.put({ ...only, told: LEFT });
  }

  #put(change: Subject, at: EntryName, more: Pick<InventoryEntry, 'standing'> & Partial<InventoryEntry>): void {
    if (change.place.foundBy === null && at.parentId !== this.#known) {
      this.#knowAbove(change, at);
      this.#known = at.parentId;
    }
    this.#putRow(change, at, more);
  }

  /**
   * The stream tells of something in directories of which nobody has told yet, or not that they are there: where they were is known from then
   * on. With a log in partitions what it has told before may not be read yet.
   */
  #knowAbove(change: Subject, at: EntryName, when: 'as they are' | 'as they were' = 'as they are'): void {
    const store = this.#store;
    if (at.parentId === store.rootId) return;
    const isOpen = change.place.epoch !== this.#closed && !store.apart && when === 'as they are';
    if (!isOpen && store.names(at.parentId).length > 0) return;
    const spine = this.#spineOf(change.id).slice(0, -1);
    if (spine[0] !== store.rootId || spine.at(-1) !== at.parentId) return;
    const names = change.path.split('/').slice(-spine.length, -1);
    for (const [n, name] of names.entries()) {
      const [parentId, fileId] = [spine[n], spine[n + 1]];
      if (parentId === undefined || fileId === undefined) continue;
      const is = { fileId, parentId, name };
      const [was] = store.names(fileId);
      if (was === undefined) {
        const standing = this.#tellsAll(change.place) && this.#isOld(parentId) ? 'baseline' : 'unannounced';
        this.#putRow({ ...change, kind: 'directory' }, is, { standing });
      } else if (isOpen && !isSameName(was, is)) this.#wasRenamed(change, was, is, names.slice(0, n + 1).join('/'));
    }
  }

  #wasRenamed(change: Subject, was: InventoryEntry, is: EntryName, relative: string): void {
    const store = this.#store;
    const [root, before] = [this.#root(), store.pathBefore(was)];
    store.renamed(was, change.id);
    store.remove(was);
    const { standing, createdMs } = was;
    this.#putRow({ ...change, kind: 'directory' }, is, { standing, createdMs });
    const [path, movedFrom] = [absolutePath(root, relative), before && absolutePath(root, before)];
    if (movedFrom !== undefined && movedFrom !== path)
      this.#renamedAbove.push({ fileId: is.fileId, parentId: is.parentId, path, movedFrom });
  }

  #putRow(change: Subject, at: EntryName, more: Pick<InventoryEntry, 'standing'> & Partial<InventoryEntry>): void {
    const other = change.place.epoch === this.#closed ? undefined : this.#store.at(at.parentId, at.name);
    if (other !== undefined && other.fileId !== at.fileId) {
      this.#store.remove(other);
      this.#store.put(displaced(other));
    }
    this.#store.put({
      fileId: at.fileId,
      parentId: at.parentId,
      name: at.name,
      directory: change.kind === 'directory',
      createdMs: null,
      seenBy: change.id,
      told: null,
      generation: cameIn(this.#walk),
      ...more,
    });
  }
}

/** Is that its name, or was before another has got it? */
function wasAt(entry: InventoryEntry, name: EntryName): boolean {
  return isSameName({ ...entry, name: plainName(entry.name) }, name);
}

/** The number of the batch that a change stands in; none where positions are no numbers. */
function batchOf(changeId: string): number {
  return /^\d+\./.test(changeId) ? Number.parseInt(changeId, 10) : Number.NaN;
}

/** Told with that change, as the n-th. */
function asRenamed(change: Subject, { fileId, parentId, path, movedFrom }: RenamedAbove, n: number): Change {
  const { id, at, place } = change;
  return {
    id: `${id}.${n}`,
    type: 'child_dir_renamed',
    fileId,
    path,
    movedFrom,
    kind: 'directory',
    stream: null,
    at,
    lineage: 0,
    place: { parentId, epoch: place.epoch, foundBy: null },
  };
}

function toldAs(change: Change, verdict: Exclude<Verdict, false>): readonly Change[] {
  if (verdict === true) return [change];
  if ('came' in verdict) return [cameAs(change, verdict.came)];
  const { movedFrom, place } = change;
  if (movedFrom === null || place?.halfId === undefined) return [change];
  return [{ ...change, id: place.halfId, path: movedFrom, movedFrom: verdict.from }, change];
}

/** An arrival, though the change is another, or is told of another place. */
function cameAs(change: Change, path: string): Change {
  if (!change.type.endsWith('_renamed')) return { ...change, path };
  return {
    ...change,
    path,
    movedFrom: null,
    type: change.kind === 'directory' ? 'child_dir_moved_to' : 'child_file_moved_to',
  };
}

function isAboutName(change: Change): change is Subject {
  return change.place !== undefined;
}
