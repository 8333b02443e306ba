/** RENAME: one pair of events, whatever hangs below the object (FACTS 6.4). */
import { demand } from '../acl/access.ts';
import { ADD_FILE, ADD_SUBDIR } from '../acl/rights.ts';
import type { FileAttributes, Tagged } from '../types.ts';
import { attributesOf, etagOf } from '../attributes.ts';
import type { Caller } from '../caller.ts';
import type { Core } from '../core.ts';
import { stateOf } from '../core.ts';
import { type Entry, type Inode, kindDirectory } from '../inode.ts';
import { directoryCycle, entryExists, fileLocked, invalidArgument, notADirectory, notAFile } from '../errors.ts';
import { isWithin, locate, pathOf } from '../lookup.ts';
import { markChanged, markEntriesChanged } from '../mutate.ts';
import { checkName, checkPathLength } from '../path.ts';
import { demandRoom } from '../quota.ts';
import { live } from '../version.ts';
import { guard, refuses } from '../worm.ts';
import { checkRemoval, demandRemoval, removeName } from './remove.ts';

/** @throws FsError source missing, target taken (or not replaceable), cycle, right, locked source or target, quota */
export const rename = (
  core: Core,
  caller: Caller,
  parent: Inode,
  name: string,
  oldPath: string,
  clobber: boolean,
): Tagged<FileAttributes> => {
  const { head, entry: from } = locate(core, caller, oldPath, null);
  if (from === undefined) throw invalidArgument('the root directory cannot be renamed');
  const directory = head.kind === kindDirectory;
  const plainName = directory ? name.replace(/\/$/, '') : name;
  checkName(plainName, core.unknowns.nameLengthUnit);
  checkPathLength(pathOf(parent, live), plainName);
  demandRemoval(caller, from.directory, head);
  demand(caller, parent, directory ? ADD_SUBDIR : ADD_FILE);
  if (directory && isWithin(parent, head.id, live)) throw directoryCycle(oldPath);
  const target = core.entryOf(parent, plainName);
  const replaced = target?.inode;
  if (replaced === head) {
    // Two names of one file, or no change at all: POSIX leaves both alone.
    return { value: attributesOf(core, head, live, target), etag: etagOf(head) };
  }
  guard(core, head, 'rename');
  if (directory && core.unknowns.lockedParentRename === 'refuse') refuseLockedBelow(core, head);
  if (replaced !== undefined && target !== undefined) {
    if (!clobber) throw entryExists(plainName);
    if (directory && replaced.kind !== kindDirectory) throw notADirectory(plainName);
    if (!directory && replaced.kind === kindDirectory) throw notAFile(plainName);
    checkRemoval(core, caller, target, replaced);
    guard(core, replaced, 'rename-over');
  }
  if (core.quotas.size > 0) demandRoomForMove(core, head, from.directory, parent);
  return move(core, { head, from, parent, name: plainName, target: replaced === undefined ? undefined : target });
};

const move = (
  core: Core,
  {
    head,
    from,
    parent,
    name,
    target,
  }: { head: Inode; from: Entry; parent: Inode; name: string; target: Entry | undefined },
): Tagged<FileAttributes> => {
  const now = core.now();
  if (target?.inode !== undefined) {
    if (core.unknowns.renameOverSendsRemoved) removeName(core, target, target.inode, now);
    else silently(core, () => target.inode !== undefined && removeName(core, target, target.inode, now));
  }
  const canonical = head.entry === from;
  const others = head.otherEntries;
  core.unbind(from, head);
  const to = core.bind(parent, name, head, canonical && others === undefined);
  markChanged(core, head, now, core.unknowns.renameMovesEtag);
  core.sink.moved(from, to, head);
  markEntriesChanged(core, from.directory, now);
  if (parent !== from.directory) markEntriesChanged(core, parent, now);
  return { value: attributesOf(core, head, live, to), etag: etagOf(head) };
};

const silently = (core: Core, task: () => void): void => {
  const { sink } = core;
  core.sink = {
    idle: true,
    report: () => undefined,
    moved: () => undefined,
    gone: (directory) => sink.gone(directory),
  };
  try {
    task();
  } finally {
    core.sink = sink;
  }
};

/** Only directories that gain are asked: what moves within a quota's directory does not count twice. */
const demandRoomForMove = (core: Core, head: Inode, from: Inode, to: Inode): void => {
  const already = new Set<number>();
  for (let up: Inode | undefined = from; up !== undefined; up = up.entry?.directory) already.add(up.id);
  demandRoom(core, to, core.sumsOf(head).blocks, already);
};

const refuseLockedBelow = (core: Core, directory: Inode): void => {
  for (const entry of stateOf(directory).entries.after(-1)) {
    const child = entry.inode;
    if (child === undefined) continue;
    if (refuses(core, child, 'rename')) throw fileLocked(core.unknowns.lockedFileError, `file ${child.id} is below`);
    if (child.kind === kindDirectory) refuseLockedBelow(core, child);
  }
};
