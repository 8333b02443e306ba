import type { FileAttributes } from '@qwarden/qumulo-client';
import { isDirectory } from './found.ts';

/** How a walk judges what nobody knows. Times are the cluster's, ms. */
export type Judgement =
  /** The watch begins, and the stream tells all that comes: it was there before. */
  | { readonly by: 'first walk' }
  /** The first walk was cut off: what was created since the watch began came in between. */
  | { readonly by: 'creation'; readonly since: number }
  /** There is no inventory for what was seen until now. */
  | { readonly by: 'times'; readonly since: number; readonly began: number; readonly told: ReadonlyMap<string, string> }
  /** The inventory is whole: what it does not know has come. */
  | { readonly by: 'inventory'; readonly since: number };

/** When it happened: changes of before were told, changes of later are. A little of both is in it, since clocks are not known exactly. */
export interface Gap {
  readonly since: number;
  readonly until: number;
  /** Was that which happened to the file then told already? */
  readonly wasTold: (fileId: string, at: number) => boolean;
}

/** What happened to something that is where it was, by its own times; undefined: nothing that the stream does not tell. */
export function changeIn(
  gap: Gap,
  file: FileAttributes,
): 'child_data_written' | 'child_extra_attrs_changed' | undefined {
  const created = Date.parse(file.creation_time);
  const within = (time: string) => {
    const at = Date.parse(time);
    // Its creation was told.
    return at >= gap.since && at <= gap.until && at > created && !gap.wasTold(file.id, at);
  };
  const written = within(file.modification_time);
  // A directory that has got or lost an entry was not changed otherwise, as far as its times can tell.
  if (isDirectory(file)) return within(file.change_time) && !written ? 'child_extra_attrs_changed' : undefined;
  if (written) return 'child_data_written';
  return within(file.change_time) ? 'child_extra_attrs_changed' : undefined;
}

/**
 * Whether something that no inventory knows has come since, as far as times can tell: it may have come under this name, or only have got
 * other rights. What came must not be missed.
 * @param parentTouched its directory has got or lost entries since
 */
export function cameByTimes(
  file: FileAttributes,
  by: Extract<Judgement, { by: 'times' }>,
  parentTouched: boolean,
): boolean {
  const { since, told } = by;
  const name = told.get(file.id);
  if (name !== undefined && name === file.path.replace(/\/$/, '')) return false;
  if (Date.parse(file.creation_time) >= since) return true;
  if (!parentTouched || Date.parse(file.change_time) < since) return false;
  // A directory that has got an entry is most likely where it was: to take it for one that came would mean all that has been in it for years.
  return !(isDirectory(file) && Date.parse(file.modification_time) >= since && name === undefined);
}
