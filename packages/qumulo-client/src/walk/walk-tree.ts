import { entryPages } from '../api/files/entries.ts';
import type { EntriesPage } from '../api/files/entries.ts';
import type { FileAttributes } from '../api/files/types.ts';
import { QumuloApiError } from '../errors/api-error.ts';
import type { FileRef } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import type { WalkOptions } from './options.ts';

const defaultConcurrency = 16;
/** In use on real clusters; they may give less (FACTS 3). */
const pageSize = 1_000;

/** See `FilesApi.walk`. Memory: pages read ahead (at most one a reader and one more), and ids of directories not read yet. */
export async function* walkTree(
  caller: Caller,
  ref: FileRef,
  options: WalkOptions = {},
): AsyncGenerator<FileAttributes, void, undefined> {
  for await (const page of walkPages(caller, ref, options)) yield* page.files;
}

/** See `FilesApi.walkPages`. */
export async function* walkPages(
  caller: Caller,
  ref: FileRef,
  options: WalkOptions = {},
): AsyncGenerator<EntriesPage, void, undefined> {
  const walk = new Walk(caller, ref, options);
  try {
    for (let page = await walk.next(); page !== undefined; page = await walk.next()) yield page;
  } finally {
    walk.stop();
  }
}

class Walk {
  readonly #caller: Caller;
  readonly #root: FileRef;
  readonly #options: WalkOptions;
  readonly #concurrency: number;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** Directories to read, taken from the end: depth first keeps it short. */
  readonly #todo: FileRef[];
  readonly #pages: EntriesPage[] = [];
  #reading = 0;
  #failure: { error: unknown } | undefined;
  /** Wakes the consumer, and the readers that wait for room. */
  #changed = Promise.withResolvers<void>();

  constructor(caller: Caller, root: FileRef, options: WalkOptions) {
    this.#caller = caller;
    this.#root = root;
    this.#options = options;
    this.#concurrency = Math.max(1, options.concurrency ?? defaultConcurrency);
    this.#signal =
      options.signal === undefined ? this.#stop.signal : AbortSignal.any([options.signal, this.#stop.signal]);
    this.#todo = [root];
  }

  /** The next page that has entries; undefined at the end. @throws what ended the walk. */
  async next(): Promise<EntriesPage | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const page = this.#pages.shift();
      if (page !== undefined) {
        this.#wake();
        return page;
      }
      this.#startReaders();
      if (this.#reading === 0) return undefined;
      await this.#changed.promise;
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  #startReaders(): void {
    while (this.#reading < this.#concurrency && this.#failure === undefined) {
      const directory = this.#todo.pop();
      if (directory === undefined) return;
      this.#reading++;
      void this.#readToEnd(directory);
    }
  }

  /** Never rejects. */
  async #readToEnd(directory: FileRef): Promise<void> {
    try {
      await this.#read(directory);
    } catch (error) {
      const vanished = error instanceof QumuloApiError && error.status === 404 && directory !== this.#root;
      if (!vanished) this.#failure ??= { error };
    }
    this.#reading--;
    if (this.#failure === undefined) this.#startReaders();
    else this.#stop.abort();
    this.#wake();
  }

  async #read(directory: FileRef): Promise<void> {
    const { limit = pageSize, snapshot, recursive, onDirectory } = this.#options;
    let last: EntriesPage | undefined;
    for await (const { data } of entryPages(this.#caller, directory, { limit, snapshot, signal: this.#signal })) {
      last = data;
      if (recursive !== false) {
        // By id, so that a rename in between does no harm.
        for (const entry of data.files) if (entry.type === 'FS_FILE_TYPE_DIRECTORY') this.#todo.push(entry.id);
      }
      this.#startReaders();
      if (data.files.length > 0) {
        this.#pages.push(data);
        this.#wake();
      }
      while (this.#pages.length > this.#concurrency && !this.#signal.aborted) await this.#changed.promise;
    }
    if (last !== undefined) onDirectory?.(last.path, last.id);
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
