import { QumuloApiError } from '@qwarden/qumulo-client';
import type { Cluster } from '../cluster.ts';
import type { WatchKey } from '../queue/port.ts';

export interface PlaceOptions {
  readonly cluster: Pick<Cluster, 'files'>;
  readonly directoryId: string;
  readonly path: string;
  readonly recursive: boolean;
  /** Of a worker: the directory that the queue's watcher watches, which counts instead as soon as there is one. */
  readonly ofQueue?: (() => Promise<WatchKey | undefined>) | undefined;
  /** Awaited before the new path counts. */
  readonly beforeRenamed?: ((path: string) => Promise<void>) | undefined;
  readonly onRenamed: (oldPath: string, path: string) => void;
}

/** The watched directory: known by its id, called by whatever path it has now. */
export class WatchedDirectory {
  readonly #o: PlaceOptions;
  #id: string;
  #recursive: boolean;
  #path: string;
  #known = false;
  /** What it was called before, since this program began. */
  readonly #former: string[] = [];
  #asking: Promise<string> | undefined;

  constructor(options: PlaceOptions) {
    this.#o = options;
    this.#id = options.directoryId;
    this.#path = options.path;
    this.#recursive = options.recursive;
  }

  get id(): string {
    return this.#id;
  }

  get recursive(): boolean {
    return this.#recursive;
  }

  path(): string {
    return this.#path;
  }

  /** Whoever acts for a watcher knows from here on which directory that watches. Rejects with StateError. */
  async settled(): Promise<void> {
    if (!this.#known) await this.#adopt();
  }

  async #adopt(): Promise<void> {
    const watch = await this.#o.ofQueue?.();
    this.#known = watch !== undefined || this.#o.ofQueue === undefined;
    if (watch === undefined || (watch.directoryId === this.#id && watch.recursive === this.#recursive)) return;
    this.#id = watch.directoryId;
    this.#recursive = watch.recursive;
    this.#path = watch.path;
  }

  /** A path below it, also one of when it had another name, without what stands in front; undefined when it is not below it. */
  below(path: string): string | undefined {
    for (const root of [this.#path, ...this.#former]) {
      const prefix = root === '/' ? root : `${root}/`;
      if (path.startsWith(prefix)) return path.slice(prefix.length);
    }
    return undefined;
  }

  /** Asks for the present path; callers at the same time share one question. Rejects with the client's error. */
  refresh(signal?: AbortSignal): Promise<string> {
    this.#asking ??= this.#ask(signal).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(signal: AbortSignal | undefined): Promise<string> {
    await this.#adopt();
    const answer = await this.#o.cluster.files.getAttributes(this.#id, signal === undefined ? {} : { signal });
    const path = withoutSlash(answer.data.path);
    const oldPath = this.#path;
    if (path !== oldPath) {
      await this.#o.beforeRenamed?.(path);
      this.#former.unshift(oldPath);
      this.#path = path;
      this.#o.onRenamed(oldPath, path);
    }
    return path;
  }
}

/** Directory paths come with a slash at the end (FACTS 3). */
export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export function isNotThere(error: unknown): boolean {
  return error instanceof QumuloApiError && error.status === 404;
}
