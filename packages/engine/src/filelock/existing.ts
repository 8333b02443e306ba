import type { Inventory } from '../inventory/port.ts';
import type { SyntheticBatches } from '../monitor/synthetic.ts';
import { relativeTo } from '../rules/selection.ts';
import { iso } from '../time/iso.ts';
import type { FilelockEvent } from './events.ts';
import type { FilelockPolicy } from './policy.ts';

const SAMPLES = 5;
const WORDS = { ignore: 'ignored', report: 'reported', lock: 'retention-lock' } as const;

export interface ExistingOptions {
  readonly inventory: Inventory;
  readonly existing: FilelockPolicy['existing'];
  /** Does the policy cover this path? */
  readonly covers: (path: string) => boolean;
  readonly watchPath: () => string;
  /** Tells of files as if they came now. */
  readonly batches: () => SyntheticBatches;
  readonly report: (event: FilelockEvent) => void;
  readonly now: () => number;
}

/** Files that were there before the watch began: counted when the first inventory is done, and put under the policy where it says so. */
export class Existing {
  readonly #o: ExistingOptions;

  constructor(options: ExistingOptions) {
    this.#o = options;
  }

  /**
   * After the walk of a catch-up.
   * @param first it was the first inventory of this watch
   */
  async lookThrough(first: boolean): Promise<void> {
    const { inventory, existing, covers, report, now } = this.#o;
    const lock = existing === 'lock';
    if (!first && !lock) return;
    const batches = this.#o.batches();
    const samples: string[] = [];
    let count = 0;
    let last = '';
    for await (const { fileId, path, directory } of inventory.baseline()) {
      if (directory || !covers(path)) continue;
      // A file with several names stands there once for each, one after the other. It is counted once, and told of under each: a name that
      // is not told of would be found here again.
      if (fileId !== last) {
        count += 1;
        if (samples.length < SAMPLES) samples.push(path);
      }
      last = fileId;
      const below = relativeTo(this.#o.watchPath(), path);
      if (lock && below !== undefined)
        await batches.add({ type: 'child_file_added', path: below, spine: [fileId], stream_name: null });
    }
    await batches.flush();
    if (first && count > 0) report({ kind: 'existing-found', at: iso(now()), count, samples, action: WORDS[existing] });
  }
}
