/**
 * What changed in a tree between two snapshots, from the log of changes: cost follows the changes, not the tree.
 *
 * A created or deleted directory is one entry, its contents are not listed; a rename is DELETE + CREATE; atime alone and
 * (by `unknowns`) a retention lock alone are no change (FACTS 7).
 */
import type { TreeDiffEntry } from '../types.ts';
import type { Core } from '../core.ts';
import { type Entry, type Inode, kindDirectory } from '../inode.ts';
import { pathOf } from '../lookup.ts';

type Comparison = {
  readonly core: Core;
  readonly sourceId: number;
  readonly older: number;
  readonly newer: number;
};

/** Entries in order of path; for one path DELETE before CREATE. */
export const treeDiff = (comparison: Comparison): TreeDiffEntry[] => {
  const { core, older, newer } = comparison;
  const entries = new Set<Entry>();
  const inodes = new Set<Inode>();
  for (const changes of core.changes.between(older, newer)) {
    for (const entry of changes.entries) entries.add(entry);
    for (const inode of changes.inodes) inodes.add(inode);
  }
  const stays = stableDirectories(comparison);
  const found: TreeDiffEntry[] = [];
  for (const entry of entries) found.push(...entryChanges(comparison, entry, stays));
  for (const inode of inodes) {
    for (const path of modifiedPaths(comparison, inode, stays)) found.push({ op: 'MODIFY', path });
  }
  const rank = { DELETE: 0, MODIFY: 1, CREATE: 2 } as const;
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : rank[a.op] - rank[b.op]));
};

/** Answers whether a directory is in the tree, under the same name, in both snapshots, and so are all above it. */
const stableDirectories = ({ sourceId, older, newer }: Comparison): ((directory: Inode) => boolean) => {
  const known = new Map<Inode, boolean>();
  /** The answer, or the directory above on which it depends. */
  const check = (directory: Inode): boolean | Inode => {
    const [before, after] = [directory.at(older), directory.at(newer)];
    if (before === undefined || after === undefined) return false;
    if (directory.id === sourceId) return true;
    const entry = after.entry;
    if (entry === undefined || entry !== before.entry) return false;
    return entry.inodeAt(older) === directory && entry.directory;
  };
  // Upwards in a loop, not by recursion: a path may be 16,000 directories deep.
  const stays = (directory: Inode): boolean => {
    const passed: Inode[] = [];
    let answer: boolean | Inode = directory;
    while (typeof answer !== 'boolean') {
      passed.push(answer);
      answer = known.get(answer) ?? check(answer);
    }
    for (const inode of passed) known.set(inode, answer);
    return answer;
  };
  return stays;
};

const entryChanges = (
  { core, older, newer }: Comparison,
  entry: Entry,
  stays: (directory: Inode) => boolean,
): TreeDiffEntry[] => {
  const [before, after] = [entry.inodeAt(older), entry.inodeAt(newer)];
  if (before === after || !stays(entry.directory)) return [];
  const [old, fresh] = [before?.at(older), after?.at(newer)];
  if (old !== undefined && fresh !== undefined && old.kind === fresh.kind && core.unknowns.diffReplaced === 'modify') {
    return [{ op: 'MODIFY', path: pathOf(fresh, newer, entry) }];
  }
  const changes: TreeDiffEntry[] = [];
  if (old !== undefined) changes.push({ op: 'DELETE', path: pathOf(old, older, entry) });
  if (fresh !== undefined) changes.push({ op: 'CREATE', path: pathOf(fresh, newer, entry) });
  return changes;
};

/** Every name that the object has in both snapshots. */
const modifiedPaths = (
  { core, sourceId, older, newer }: Comparison,
  inode: Inode,
  stays: (directory: Inode) => boolean,
): string[] => {
  const [before, after] = [inode.at(older), inode.at(newer)];
  if (before === undefined || after === undefined || !differs(core, before, after)) return [];
  if (inode.id === sourceId) return [pathOf(after, newer)];
  return [after.entry, ...(after.otherEntries ?? [])]
    .filter((name) => name !== undefined && name.inodeAt(older) === inode && stays(name.directory))
    .map((name) => pathOf(after, newer, name));
};

const differs = (core: Core, a: Inode, b: Inode): boolean =>
  a.data !== b.data ||
  a.modifiedSeconds !== b.modifiedSeconds ||
  a.modifiedNanos !== b.modifiedNanos ||
  a.mode !== b.mode ||
  a.owner !== b.owner ||
  a.group !== b.group ||
  a.acl !== b.acl ||
  a.extended !== b.extended ||
  a.birthSeconds !== b.birthSeconds ||
  a.birthNanos !== b.birthNanos ||
  a.rare !== b.rare ||
  // With a frozen clock a directory's times may stay although its entries changed.
  (a.kind === kindDirectory ? a.revision !== b.revision : a.links !== b.links) ||
  (core.unknowns.diffLockChange && a.lock !== b.lock);
