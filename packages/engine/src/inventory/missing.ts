import type { FileAttributes, NotifyEvent, QumuloClient } from '@qwarden/qumulo-client';
import { found, isDirectory, relativePath } from './found.ts';
import { cameIn, type Cursor, type InventoryEntry, type InventoryStore, LEFT, metIn, plainName } from './port.ts';
import { mustBeAt } from './root.ts';

/** Asked about at the same time. */
const AT_ONCE = 16;
/** Directories remembered, so that not each file in one asks for it again. */
const MOST_REMEMBERED = 1000;

export interface MissingOptions {
  readonly cluster: { readonly files: Pick<QumuloClient['files'], 'getAttributes'> };
  readonly store: InventoryStore;
  /** Number of the walk. */
  readonly walk: number;
  /** Absolute path of the watched directory. */
  readonly root: string;
  readonly recursive: boolean;
  /** Writes into the log. */
  readonly tell: (...events: readonly NotifyEvent[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What a walk has not met, though it was known: is it gone, or elsewhere? Each is asked for before anything is told. */
export class Missing {
  readonly #o: MissingOptions;
  readonly #directories = new Map<string, Promise<FileAttributes | undefined>>();

  constructor(options: MissingOptions) {
    this.#o = options;
  }

  async tell(): Promise<void> {
    const { store, walk, tell } = this.#o;
    for (let after: Cursor | undefined; ; ) {
      const { entries, next } = store.unmet(walk, after);
      for (let n = 0; n < entries.length; n += AT_ONCE) {
        const some = entries.slice(n, n + AT_ONCE);
        const fates = await Promise.all(some.map((entry) => this.#fateOf(entry)));
        const events = some.flatMap((entry, i) => {
          const path = store.pathBefore(entry);
          const fate = fates[i];
          return path === undefined || fate === undefined ? [] : [found(fate, entry.directory, entry, path)];
        });
        if (events.length > 0) await tell(...events);
      }
      if (next === undefined) return;
      after = next;
    }
  }

  /** Undefined: nothing is to be told of it. */
  async #fateOf(entry: InventoryEntry): Promise<'removed' | 'moved_from' | undefined> {
    const { store, walk } = this.#o;
    const [parent] = entry.parentId === store.rootId ? [] : store.names(entry.parentId);
    if (parent !== undefined && parent.generation < cameIn(walk)) {
      const above = await this.#directory(parent.fileId);
      // It went with its directory, and as little as the stream would do tells each file in it.
      if (above !== undefined && !this.#isInside(above.path)) {
        await mustBeAt(this.#o);
        return undefined;
      }
    }
    const file = entry.directory ? await this.#directory(entry.fileId) : await this.#attributes(entry.fileId);
    if (entry.told === LEFT && (file === undefined || !(await this.#isAt(entry)))) {
      await store.commit(() => store.remove(entry), 'soon');
      return undefined;
    }
    if (file === undefined || isDirectory(file) !== entry.directory) return 'removed';
    const hasOthers = file.num_links > 1 || store.names(entry.fileId).length > 1;
    if (!entry.directory && hasOthers) return (await this.#isAt(entry)) ? this.#isHere(entry, file) : 'removed';
    if (!this.#isInside(file.path)) {
      await mustBeAt(this.#o);
      return 'moved_from';
    }
    // A walk can miss what is renamed meanwhile; the stream tells of that.
    if (await this.#isAt(entry)) return this.#isHere(entry, file);
    return undefined;
  }

  async #isHere(entry: InventoryEntry, file: FileAttributes): Promise<undefined> {
    const { store, walk } = this.#o;
    const { fileId, parentId, name } = entry;
    await store.commit(
      () => store.met({ fileId, parentId, name }, metIn(walk), Date.parse(file.creation_time)),
      'soon',
    );
  }

  /** Does it have that name still? A file with several can be asked for by it only. */
  async #isAt({ fileId, parentId, name }: InventoryEntry): Promise<boolean> {
    let parent = await this.#attributes(parentId);
    while (parent !== undefined) {
      const file = await this.#attributes(`${parent.path.replace(/\/$/, '')}/${plainName(name)}`);
      if (file?.id === fileId) return true;
      // The path may have changed between both questions.
      const again = await this.#attributes(parentId);
      if (again?.path === parent.path) return false;
      parent = again;
    }
    return false;
  }

  #isInside(path: string): boolean {
    const relative = relativePath(this.#o.root, path);
    return relative !== undefined && (this.#o.recursive || !relative.includes('/'));
  }

  #directory(id: string): Promise<FileAttributes | undefined> {
    const known = this.#directories.get(id);
    if (known !== undefined) return known;
    const asked = this.#attributes(id);
    this.#directories.set(id, asked);
    const [oldest] = this.#directories.keys();
    if (this.#directories.size > MOST_REMEMBERED && oldest !== undefined) this.#directories.delete(oldest);
    return asked;
  }

  async #attributes(ref: string): Promise<FileAttributes | undefined> {
    try {
      const { data } = await this.#o.cluster.files.getAttributes(ref, { signal: this.#o.signal });
      return data;
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 404) return undefined;
      throw error;
    }
  }
}
