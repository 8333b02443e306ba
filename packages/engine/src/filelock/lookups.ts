import type { Clock } from '@qwarden/qumulo-client';
import type { Cluster } from '../cluster.ts';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import { isNotThere } from '../watch/place.ts';
import type { Arrivals } from './arrivals.ts';
import type { Desk } from './desk.ts';
import type { Lookup } from './intake.ts';
import { type AdoptMode, emptyResult, type Inventory } from './inventory.ts';

const AT_ONCE = 4;
/** Events that explain what a walk has found are here by then. */
const LATER_MS = 3000;
const ADOPT = { file: 'renamed', path: 'moved-in', returned: 'returned', came: 'came' } as const satisfies Record<
  string,
  AdoptMode
>;
const BACKOFF: BackoffPolicy = { baseMs: 250, capMs: 15_000, floorMs: 50 };

export interface LookupsOptions {
  readonly cluster: Pick<Cluster, 'files'>;
  readonly inventory: Inventory;
  readonly arrivals: Arrivals;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Looks into directories that were made or have come in, a few at a time. Should the process die before it has, the catch-up of the next start finds
 * the same.
 */
export class Lookups {
  readonly #o: LookupsOptions;
  #waiting: Lookup[] = [];
  #busy = 0;

  constructor(options: LookupsOptions) {
    this.#o = options;
  }

  add(lookup: Lookup): void {
    this.#waiting.push(lookup);
    while (this.#busy < AT_ONCE && this.#waiting.length > 0) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy += 1;
    for (let lookup = this.#waiting.shift(); lookup !== undefined; lookup = this.#waiting.shift())
      await this.#untilDone(lookup);
    this.#busy -= 1;
  }

  async #afterAWhile(lookup: Lookup): Promise<void> {
    try {
      await this.#o.clock.sleep(LATER_MS, this.#o.signal);
    } catch {
      return; // Stopped: the catch-up of the next start looks again.
    }
    this.add(lookup);
  }

  async #untilDone(lookup: Lookup): Promise<void> {
    for (let attempt = 1; !this.#o.signal.aborted; attempt += 1) {
      try {
        await this.#once(lookup);
        return;
      } catch (error) {
        // Gone again already, or given up; a state that cannot be written has been reported by the desk.
        if (isNotThere(error) || (error instanceof Error && error.name === 'StateError')) return;
        try {
          await this.#o.clock.sleep(backoffMs(BACKOFF, attempt, this.#o.random), this.#o.signal);
        } catch {
          return;
        }
      }
    }
  }

  async #once(lookup: Lookup): Promise<void> {
    const { inventory, signal } = this.#o;
    if (lookup.kind === 'directory') {
      // Every directory made inside it since tells of itself; what came along with a move does not.
      const recursive = lookup.how !== 'added';
      const mode = lookup.how === 'moved-in' ? 'moved-in' : 'new-directory';
      const { later } = await inventory.walk(lookup.id, mode, recursive, signal);
      for (const { id, mode: kind } of later) void this.#afterAWhile({ kind, id });
      return;
    }
    const ref = lookup.kind === 'path' ? this.#o.arrivals.absolute(lookup.path) : lookup.id;
    const { data: file } = await this.#o.cluster.files.getAttributes(ref, { signal });
    if (file.type === 'FS_FILE_TYPE_DIRECTORY') {
      await inventory.walk(file.id, 'moved-in', true, signal);
    } else if (file.type === 'FS_FILE_TYPE_FILE') {
      await this.#o.desk.work('now', (after) => inventory.adopt(after, file, ADOPT[lookup.kind], emptyResult()));
    }
  }
}
