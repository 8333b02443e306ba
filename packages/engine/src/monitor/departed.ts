import type { FileAttributes } from '@qwarden/qumulo-client';
import type { Change } from '../events/change.ts';
import { absolutePath, relativePath } from '../inventory/found.ts';

export interface DepartedOptions {
  /** Has the stream that told it ended, so that it may not have told the other half? */
  readonly isOver: (epoch: number) => boolean;
  /** By id or absolute path; null when it is not there, undefined when the cluster refuses to tell. Rejects only when it is to be given up. */
  readonly ask: (ref: string) => Promise<FileAttributes | null | undefined>;
  readonly directory: {
    /** Its absolute path now: it may have been renamed, and nobody has noticed yet. Rejects only when it is to be given up. */
    readonly refresh: () => Promise<string>;
    /** A path below it, by any name that it had, without what stands in front; undefined when it is not below it. */
    readonly below: (path: string) => string | undefined;
  };
}

/**
 * First halves of renames whose second did not come: moved out of the watch. Unless the stream ended between the two: then what is there now
 * tells.
 */
export async function departed(halves: readonly Change[], options: DepartedOptions): Promise<readonly Change[]> {
  const told = await Promise.all(halves.map((half) => oneDeparted(half, options)));
  return told.filter((change) => change !== undefined);
}

async function oneDeparted(half: Change, options: DepartedOptions): Promise<Change | undefined> {
  const { place } = half;
  if (place === undefined || half.fileId === '' || !options.isOver(place.epoch)) return half;
  const file = await options.ask(half.fileId);
  // Nobody may know where it is: that too the walk finds that closes the gap.
  if (file === undefined) return undefined;
  const root = await options.directory.refresh();
  const below = file === null ? undefined : relativePath(root, file.path);
  if (file === null || below === undefined) return half;
  const path = absolutePath(root, below);
  // It has come back under its old name.
  if (below === options.directory.below(half.path)) return undefined;
  const parent = await options.ask(path.slice(0, path.lastIndexOf('/')) || '/');
  // It moves on: whatever comes of that is found by the walk that closes the gap.
  if (parent === null || parent === undefined) return undefined;
  return {
    ...half,
    type: half.kind === 'directory' ? 'child_dir_renamed' : 'child_file_renamed',
    path,
    movedFrom: half.path,
    place: { ...place, parentId: parent.id, fromParentId: place.parentId, foundBy: 'walk' },
  };
}
