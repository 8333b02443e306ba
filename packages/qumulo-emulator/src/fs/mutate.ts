/** The traces that changes leave on an object: change time, ETag, times of the parent directory. */
import type { Core } from './core.ts';
import type { Inode } from './inode.ts';
import type { Time } from './times.ts';

/** Attributes, names or data of an object changed. */
export const markChanged = (core: Core, node: Inode, now: Time, movesEtag = true): void => {
  core.touch(node);
  node.changedSeconds = now.seconds;
  node.changedNanos = now.nanos;
  if (movesEtag) node.revision += 1;
};

/** The content of an object changed: data of a file, entries of a directory. */
export const markModified = (core: Core, node: Inode, now: Time): void => {
  markChanged(core, node, now);
  node.modifiedSeconds = now.seconds;
  node.modifiedNanos = now.nanos;
};

/** A child came, went or was renamed. */
export const markEntriesChanged = (core: Core, directory: Inode, now: Time): void => {
  markModified(core, directory, now);
  if (core.unknowns.parentMtimeEvents) core.sink.report('child_mtime_changed', directory.entry, directory);
};
