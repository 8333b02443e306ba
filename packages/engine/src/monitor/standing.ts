import type { FileAttributes } from '@qwarden/qumulo-client';
import type { Change } from '../events/change.ts';
import { relativeTo } from '../rules/selection.ts';
import type { WatchedDirectory } from '../watch/place.ts';
import type { RunnableRule } from './runnable.ts';

/**
 * Where a file stands with a rule, by its path and, where they are at hand, its attributes:
 * - `covered` the rule is for it
 * - `left-out` under the watch, but by a name, at a place or like something that the rule is not for
 * - `outside` not under the watch
 */
export type Standing = 'covered' | 'left-out' | 'outside';

export interface StandingOptions {
  readonly directory: Pick<WatchedDirectory, 'path' | 'recursive' | 'refresh'>;
  /** The rule of that name in the rule set in force, where it follows the watched directory when that is renamed. */
  readonly followed: (name: string) => Promise<RunnableRule | undefined>;
}

/** Says of a file that is about to be acted on whether the rule is still for it. */
export class Standings {
  readonly #o: StandingOptions;

  constructor(options: StandingOptions) {
    this.#o = options;
  }

  /** Rejects with the client's error. */
  async of(
    rule: RunnableRule,
    { change, path, attributes }: { change: Change; path: string; attributes: FileAttributes | undefined },
    signal: AbortSignal,
  ): Promise<Standing> {
    const known = this.#at(rule, change, path, attributes);
    if (known === 'covered') return known;
    // The watched directory itself may have been renamed, with everything in it.
    await this.#o.directory.refresh(signal);
    return this.#at((await this.#o.followed(rule.name)) ?? rule, change, path, attributes);
  }

  /** Does the watch tell of what happens at this path? */
  sees(path: string): boolean {
    const { directory } = this.#o;
    const below = relativeTo(directory.path(), path);
    return below !== undefined && (directory.recursive || !below.includes('/'));
  }

  /** Asks where the watched directory is now. Rejects with the client's error. */
  async refresh(signal: AbortSignal): Promise<void> {
    await this.#o.directory.refresh(signal);
  }

  #at(rule: RunnableRule, change: Change, path: string, attributes: FileAttributes | undefined): Standing {
    if (!this.sees(path)) return 'outside';
    return rule.covers(change, path, attributes) ? 'covered' : 'left-out';
  }
}
