import type { EntriesPage, FileAttributes, NotifyEvent, QumuloClient } from '@qwarden/qumulo-client';
import { found, foundChanged, isDirectory, relativePath } from './found.ts';
import { cameByTimes, changeIn, type Gap, type Judgement } from './judge.ts';
import { Missing, type MissingOptions } from './missing.ts';
import { mustBeAt } from './root.ts';
import { cameIn, type Cursor, displaced, type InventoryEntry, isSameName, LEFT, metIn, type Standing } from './port.ts';

/** In place of the id of a directory that nobody knows: no object has it. */
const NOWHERE = '0';
/** Directories that are renamed while the walk goes can escape it: they are walked once more, so many times at most. */
const MOST_ROUNDS = 5;

export interface SurveyOptions extends MissingOptions {
  readonly cluster: { readonly files: Pick<QumuloClient['files'], 'walkPages' | 'getAttributes'> };
  readonly judgement: Judgement;
  readonly gap: Gap;
  /** The gap comes to know what was told of these. */
  readonly refresh: (files: readonly FileAttributes[]) => Promise<void>;
  /** All that was told is written, and decided about. */
  readonly decided: () => Promise<void>;
}

/** Its directory: the watched one, one that is known so, one that came during this walk or since, or one that is not known (yet). */
type Parent = {
  readonly standing: Standing | 'watched' | 'unknown';
  readonly touched: boolean;
  readonly came: boolean;
};

/**
 * Walks the watched directory and compares it with the inventory. What was there before is put down; what happened without being told is
 * told through the log, so that the reader decides about it in its order, and only the reader puts it down.
 */
export class Survey {
  readonly #o: SurveyOptions;
  /** Directories that times say have come: all that is in them has. Other judgements need no such list. */
  readonly #came = new Set<string>();
  readonly #touched = new Set<string>();
  #looked = 0;
  /** Something stood under another path than that of the watched directory: it was not compared. */
  #astray = false;
  /** What was known in a directory that is not known (yet): until all is told that the walk has found, nobody can say where it was. */
  #orphans: { readonly fileId: string; readonly parentId: string }[] | undefined = [];

  constructor(options: SurveyOptions) {
    this.#o = options;
  }

  /** How many files and directories it has seen. Rejects with the client's error, StateError, or RootRenamedError. */
  async run(): Promise<number> {
    const { store, judgement, decided } = this.#o;
    const { data: top } = await this.#attributes(store.rootId);
    this.#touch(top);
    await this.#below(store.rootId);
    await decided();
    await this.#orphansAgain();
    for (let round = 0; round < MOST_ROUNDS; round += 1) if (!(await this.#again())) break;
    if (this.#astray) await mustBeAt(this.#o);
    if (judgement.by !== 'first walk') await new Missing(this.#o).tell();
    await decided();
    await store.removeOrphans();
    return this.#looked;
  }

  #attributes(ref: string) {
    return this.#o.cluster.files.getAttributes(ref, { signal: this.#o.signal });
  }

  async #below(directoryId: string): Promise<void> {
    const { cluster, recursive, signal } = this.#o;
    for await (const page of cluster.files.walkPages(directoryId, { recursive, signal })) {
      this.#looked += page.files.length;
      await this.#page(page);
    }
  }

  /** What the stream has told of while the walk went, and it has not met. False: there were no directories among it. */
  async #again(): Promise<boolean> {
    const { store, walk, recursive, decided } = this.#o;
    if (!recursive) return false;
    let any = false;
    for (let after: Cursor | undefined; ; ) {
      const { entries, next } = store.cameMeanwhile(walk, after);
      for (const entry of entries) {
        const answer = await this.#attributes(entry.fileId).catch(noneOf404);
        if (answer === undefined) continue;
        const { data: file } = answer;
        if (file.name === entry.name) await this.#compareAll(entry.parentId, [file]);
        if (!entry.directory) continue;
        any = true;
        await this.#below(entry.fileId);
      }
      if (next === undefined) break;
      after = next;
    }
    if (any) await decided();
    return any;
  }

  async #orphansAgain(): Promise<void> {
    const orphans = this.#orphans ?? [];
    this.#orphans = undefined;
    for (const { fileId, parentId } of orphans) {
      const answer = await this.#attributes(fileId).catch(noneOf404);
      if (answer !== undefined) await this.#compareAll(parentId, [answer.data]);
    }
    if (orphans.length > 0) await this.#o.decided();
  }

  #page({ id, files }: EntriesPage): Promise<void> {
    return this.#compareAll(id, files);
  }

  async #compareAll(parentId: string, files: readonly FileAttributes[]): Promise<void> {
    const events: NotifyEvent[] = [];
    await this.#o.refresh(files);
    await this.#o.store.commit(() => {
      const parent = this.#parent(parentId);
      for (const file of files) events.push(...this.#compare(parentId, parent, file));
    }, 'soon');
    if (events.length > 0) await this.#o.tell(...events);
  }

  #parent(id: string): Parent {
    const { store } = this.#o;
    const seen = { touched: this.#touched.has(id), came: this.#came.has(id) };
    if (id === store.rootId) return { standing: 'watched', ...seen };
    const known = store.names(id)[0];
    return { standing: known === undefined ? 'unknown' : this.#standingOf(known), ...seen };
  }

  /** A directory of which something else was told has come when one above it has. */
  #standingOf(directory: InventoryEntry): Standing {
    const { store } = this.#o;
    const passed = new Set<string>();
    for (let at: InventoryEntry | undefined = directory; at !== undefined; at = store.names(at.parentId)[0]) {
      if (at.standing === 'arrived') return 'arrived';
      if (at.standing === 'baseline' || passed.has(at.fileId)) break;
      passed.add(at.fileId);
    }
    return directory.standing;
  }

  #compare(parentId: string, parent: Parent, file: FileAttributes): readonly NotifyEvent[] {
    const { store, root, walk, judgement, gap } = this.#o;
    this.#touch(file);
    const path = relativePath(root, file.path);
    // It is leaving; or the watched directory was renamed, and then there must be another walk.
    if (path === undefined) {
      this.#astray = true;
      return [];
    }
    const directory = isDirectory(file);
    const at = { fileId: file.id, parentId, name: file.name };
    const createdMs = Date.parse(file.creation_time);
    const names = store.names(file.id);
    const quiet = judgement.by === 'first walk';
    const isOther = (one: InventoryEntry) =>
      one.directory !== directory || (one.createdMs !== null && one.createdMs !== createdMs);
    if (names.some(isOther)) return quiet ? [] : this.#another(names, file, at, path);
    const here = names.find((one) => isSameName(one, at));
    if (here !== undefined) {
      store.met(at, metIn(walk), createdMs);
      if (here.standing === 'unannounced') return this.#unknown(file, at, path, parent);
      if (quiet || here.generation >= cameIn(walk)) return [];
      const type = changeIn(gap, file);
      return type === undefined ? [] : [foundChanged(type, at, path)];
    }
    const [old] = names;
    if (old === undefined) return this.#unknown(file, at, path, parent);
    if (!directory && file.num_links > 1) return this.#link(file, at, path, old);
    // What the stream has told since the walk began is newer than what the walk has seen.
    if (quiet || old.generation >= cameIn(walk)) return [];
    const isOrphan = store.isOrphan(old);
    if (isOrphan && this.#orphans !== undefined && old.told !== LEFT) {
      this.#orphans.push({ fileId: file.id, parentId });
      return [];
    }
    const before = store.pathBefore(old);
    const hasLeft = old.told === LEFT || isOrphan;
    if (hasLeft || (old.standing === 'unannounced' && (!directory || before === undefined))) {
      store.remove(old);
      return this.#unknown(file, at, path, parent);
    }
    const change = directory ? undefined : changeIn(gap, file);
    // What has come in it is told as such, and what the stream has told of in it as renamed.
    const arrival = old.standing === 'unannounced' ? [found('moved_to', true, old, before ?? old.name)] : [];
    return [
      ...arrival,
      // A directory above it may have been put below it meanwhile; then nobody knows a path.
      found('moved_from', directory, old, before ?? old.name),
      found('moved_to', directory, at, path),
      ...(change === 'child_data_written' ? [foundChanged(change, at, path)] : []),
    ];
  }

  /** The id was used again, for something else. */
  #another(
    names: readonly InventoryEntry[],
    file: FileAttributes,
    at: { fileId: string; parentId: string },
    path: string,
  ): readonly NotifyEvent[] {
    const gone = names.flatMap((one) => {
      const before = this.#o.store.pathOf(one);
      return before === undefined ? [] : [found('removed', one.directory, one, before)];
    });
    return [...gone, found('added', isDirectory(file), at, path)];
  }

  #unknown(
    file: FileAttributes,
    at: { fileId: string; parentId: string; name: string },
    path: string,
    parent: Parent,
  ): readonly NotifyEvent[] {
    const { store, judgement } = this.#o;
    const directory = isDirectory(file);
    const before = judgement.by === 'times' ? store.before(file.id) : undefined;
    if (before !== undefined && (before.createdMs ?? Date.parse(file.creation_time)) === Date.parse(file.creation_time))
      return this.#knownBefore(file, at, { now: path, before: before.path });
    if (!this.#hasCome(file, parent)) {
      // What the stream tells of a directory that came is told by others.
      if (judgement.by === 'first walk' && (parent.standing === 'arrived' || parent.standing === 'unknown')) return [];
      const old = judgement.by === 'times' && Date.parse(file.creation_time) >= judgement.began;
      this.#putDown(file, at, old ? 'arrived' : 'baseline');
      if (judgement.by !== 'times') return [];
      const type = changeIn(this.#o.gap, file);
      return type === undefined ? [] : [foundChanged(type, at, path)];
    }
    if (directory && judgement.by === 'times') this.#came.add(file.id);
    // Each of its names is told; with the first one alone the others would be taken for ones of a file that is known.
    if (!directory && file.num_links > 1 && store.departed(file.id).length === 0)
      this.#putDown(file, at, 'unannounced');
    const since = judgement.by === 'first walk' ? Number.POSITIVE_INFINITY : judgement.since;
    return [found(Date.parse(file.creation_time) >= since ? 'added' : 'moved_to', directory, at, path)];
  }

  /** It is not new, whatever its times say; a name that it has got since may be one that a rule is for. */
  #knownBefore(
    file: FileAttributes,
    at: { fileId: string; parentId: string; name: string },
    path: { readonly now: string; readonly before: string },
  ): readonly NotifyEvent[] {
    const { store, gap } = this.#o;
    const here = store.names(at.fileId).find((one) => isSameName(one, at));
    if (here !== undefined) {
      // The stream has told how it got that name.
      store.put({ ...here, standing: 'baseline' });
      return [];
    }
    const change = changeIn(gap, file);
    if (path.now === path.before) {
      this.#putDown(file, at, 'baseline');
      return change === undefined ? [] : [foundChanged(change, at, path.now)];
    }
    const name = path.before.slice(path.before.lastIndexOf('/') + 1);
    const old = displaced({
      fileId: at.fileId,
      parentId: NOWHERE,
      name,
      directory: false,
      createdMs: Date.parse(file.creation_time),
      standing: 'baseline',
      seenBy: '',
      told: null,
      generation: metIn(this.#o.walk),
    });
    store.put(old);
    return [
      found('moved_from', false, old, path.before),
      found('moved_to', false, at, path.now),
      ...(change === 'child_data_written' ? [foundChanged(change, at, path.now)] : []),
    ];
  }

  #hasCome(file: FileAttributes, { standing, touched, came }: Parent): boolean {
    const { judgement } = this.#o;
    const inNew = standing === 'arrived' || standing === 'unknown';
    if (judgement.by === 'inventory') return true;
    if (judgement.by === 'times') return came || standing === 'unknown' || cameByTimes(file, judgement, touched);
    if (judgement.by === 'first walk') return false;
    return inNew || Date.parse(file.creation_time) >= judgement.since;
  }

  /** One more name of a file that is known. */
  #link(
    file: FileAttributes,
    at: { fileId: string; parentId: string; name: string },
    path: string,
    known: InventoryEntry,
  ): readonly NotifyEvent[] {
    const { store, judgement } = this.#o;
    if (store.departed(file.id).some((gone) => isSameName(gone, at))) return [];
    const isNew =
      judgement.by !== 'first walk' &&
      (judgement.by === 'inventory' || Date.parse(file.change_time) >= judgement.since);
    this.#putDown(file, at, isNew || known.standing === 'unannounced' ? 'unannounced' : known.standing);
    return isNew ? [found('added', false, at, path)] : [];
  }

  /** Unless it has gone since the walk came by. */
  #putDown(file: FileAttributes, at: { fileId: string; parentId: string; name: string }, standing: Standing): void {
    const { store, walk } = this.#o;
    if (store.departed(file.id).some((gone) => isSameName(gone, at))) return;
    const other = store.at(at.parentId, at.name);
    // Somebody has got that name since.
    if (other !== undefined && other.fileId !== at.fileId) {
      if (other.generation >= cameIn(walk)) return;
      store.remove(other);
      store.put(displaced(other));
    }
    store.put({
      ...at,
      directory: isDirectory(file),
      createdMs: Date.parse(file.creation_time),
      standing,
      seenBy: '',
      told: null,
      generation: metIn(walk),
    });
  }

  /** A rename changes the directory that it comes into; parents are read before what is in them. */
  #touch(file: FileAttributes): void {
    const { judgement } = this.#o;
    if (judgement.by === 'times' && isDirectory(file) && Date.parse(file.modification_time) >= judgement.since)
      this.#touched.add(file.id);
  }
}

/** For `catch`: what is not there is undefined. */
export function noneOf404(error: unknown): undefined {
  if (error instanceof Error && 'status' in error && error.status === 404) return undefined;
  throw error;
}
