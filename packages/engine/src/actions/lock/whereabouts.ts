import type { FileAttributes } from '@qwarden/qumulo-client';
import type { Cluster } from '../../cluster.ts';
import type { Job } from '../../jobs/port.ts';
import { joinPath, relativeTo, type Selection } from '../../rules/selection.ts';
import { isGone } from './classify.ts';

export type Place =
  | { readonly kind: 'inside'; readonly path: string }
  /** Under the watch by a name that the policy leaves out. */
  | { readonly kind: 'excluded'; readonly path: string }
  | { readonly kind: 'outside' };

/** Says whether a file is still one that the policy is for. */
export interface Locate {
  locate(job: Job, file: FileAttributes, signal: AbortSignal): Promise<Place>;
}

/** The watched directory as it is called now. */
export interface WatchedPlace {
  readonly recursive: boolean;
  path(): string;
  /** Asks the cluster for the directory's present path. */
  refresh(signal: AbortSignal): Promise<string>;
}

/** Is a file, found by its id, still under the watch and under a name that the policy covers? */
export class Whereabouts implements Locate {
  readonly #cluster: Cluster;
  readonly #watch: WatchedPlace;
  readonly #selection: Selection;

  constructor(cluster: Cluster, watch: WatchedPlace, selection: Selection) {
    this.#cluster = cluster;
    this.#watch = watch;
    this.#selection = selection;
  }

  async locate(job: Job, file: FileAttributes, signal: AbortSignal): Promise<Place> {
    const place = this.#place(file.path, this.#watch.path());
    if (place.kind === 'inside') return place;
    // The directory itself may have been renamed, with everything in it.
    const now = this.#place(file.path, await this.#watch.refresh(signal));
    if (now.kind === 'inside' || file.num_links < 2) return now;
    // The cluster names a file with several names by one of them (FACTS 3): ours may be another one.
    return (await this.#isAt(job, file, signal))
      ? this.#place(joinPath(this.#watch.path(), job.path), this.#watch.path())
      : now;
  }

  #place(path: string, watchPath: string): Place {
    const below = relativeTo(watchPath, path);
    if (below === undefined || (!this.#watch.recursive && below.includes('/'))) return { kind: 'outside' };
    return { kind: this.#selection.covers(below, watchPath) ? 'inside' : 'excluded', path: below };
  }

  async #isAt(job: Job, file: FileAttributes, signal: AbortSignal): Promise<boolean> {
    try {
      const there = await this.#cluster.files.getAttributes(joinPath(this.#watch.path(), job.path), {
        signal,
        retry: false,
      });
      return there.data.id === file.id;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }
}
