/** From a ref to an object, in the present or as a snapshot saw it, with the caller's right to pass through directories. */
import { may } from './acl/access.ts';
import { EXECUTE } from './acl/rights.ts';
import { type Caller, fullAccess, readAccess, type Ref } from './caller.ts';
import { type Core, rootId } from './core.ts';
import { type Entry, type Inode, kindDirectory } from './inode.ts';
import { accessDenied, badRef, FsError, noSuchEntry, noSuchInode, notADirectory } from './errors.ts';
import { splitPath } from './path.ts';
import { live } from './version.ts';

/** null = the present throughout. */
export type Window = SnapshotWindow | null;

/** What a ref stands for. `head` is the present object, `node` its state in the view, `entry` the name it was found by. */
export type Located = {
  readonly head: Inode;
  readonly node: Inode;
  readonly view: number;
  readonly entry: Entry | undefined;
};

/** A snapshot's window on the tree: below `sourceId` the state of `view`, elsewhere the present (FACTS 7). */
export type SnapshotWindow = { readonly view: number; readonly sourceId: number };

const bypassesTraverse = (caller: Caller): boolean =>
  caller.privileges.has(fullAccess) || caller.privileges.has(readAccess);

/** Child of a directory in a view. */
export const childAt = (
  core: Core,
  directory: Inode,
  name: string,
  view: number,
): { entry: Entry; inode: Inode } | undefined => {
  const entry = core.entryOf(directory, name);
  const inode = entry?.inodeAt(view);
  return entry === undefined || inode === undefined ? undefined : { entry, inode };
};

/** Present or snapshot state named by a ref. @throws FsError when nothing is there or the caller may not go there */
export const locate = (core: Core, caller: Caller, ref: Ref, window: Window): Located => {
  if (ref.startsWith('/')) return locatePath(core, caller, ref, window);
  if (!/^\d{1,20}$/.test(ref)) throw badRef(ref);
  return locateId(core, caller, ref, window);
};

type Walk = { readonly found: Located | FsError; readonly metSource: boolean };

/** Walks a path; from the source of the window on in the window's view, above it in `above`. */
const walk = (core: Core, caller: Caller, path: string, window: Window, above: number): Walk => {
  const checks = !bypassesTraverse(caller);
  let metSource = window !== null && window.sourceId === rootId;
  let view: number = metSource && window !== null ? window.view : above;
  let head = core.root;
  let node = head.at(view);
  let entry: Entry | undefined;
  const fail = (error: FsError): Walk => ({ found: error, metSource });
  if (node === undefined) return fail(noSuchEntry(path));
  for (const name of splitPath(path)) {
    if (node.kind !== kindDirectory) return fail(noSuchEntry(path));
    if (checks && !may(caller, node, EXECUTE)) return fail(accessDenied(path));
    const child = childAt(core, head, name, view);
    if (child === undefined) return fail(noSuchEntry(name));
    head = child.inode;
    entry = child.entry;
    if (window !== null && head.id === window.sourceId) {
      view = window.view;
      metSource = true;
    }
    node = head.at(view);
    if (node === undefined) return fail(noSuchEntry(name));
  }
  return { found: { head, node, view, entry }, metSource };
};

/**
 * The path as it runs now, else as it ran when the snapshot was taken (its directory may be gone or renamed since), else,
 * outside the snapshot's directory, plainly the present (FACTS 7).
 */
const locatePath = (core: Core, caller: Caller, path: string, window: Window): Located => {
  let result = walk(core, caller, path, window, live);
  if (window !== null && !result.metSource) {
    const then = walk(core, caller, path, window, window.view);
    if (then.metSource) result = then;
  }
  if (result.found instanceof FsError) throw result.found;
  return result.found;
};

const locateId = (core: Core, caller: Caller, id: string, window: Window): Located => {
  const head = core.inodes.get(Number(id));
  if (head === undefined) throw noSuchInode(id);
  const view = window !== null && isWithin(head, window.sourceId, window.view) ? window.view : live;
  const node = head.at(view);
  if (node === undefined) throw noSuchInode(id);
  if (!bypassesTraverse(caller)) {
    for (let up = node.entry?.directory; up !== undefined; up = up.at(view)?.entry?.directory) {
      const directory = up.at(view);
      if (directory !== undefined && !may(caller, directory, EXECUTE)) throw accessDenied(`file ${id}`);
    }
  }
  return { head, node, view, entry: node.entry };
};

/** Did the object lie at or below a directory in a view, under any of its names? */
export const isWithin = (head: Inode, ancestorId: number, view: number): boolean => {
  // A list instead of recursion: a path may be 16,000 directories deep.
  const waiting = [head];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const node = at.at(view);
    if (node === undefined) continue;
    if (at.id === ancestorId) return true;
    for (const name of node.otherEntries ?? []) waiting.push(name.directory);
    if (node.entry !== undefined) waiting.push(node.entry.directory);
  }
  return false;
};

/** A live directory. @throws FsError also when the ref names something else */
export const locateDirectory = (core: Core, caller: Caller, ref: Ref): Located => {
  const found = locate(core, caller, ref, null);
  if (found.node.kind !== kindDirectory) throw notADirectory(ref);
  return found;
};

/**
 * Path of an object in a view; directories end in '/' (FACTS 3). '' when no name leads to it.
 * `entry` is the name to show where an object has several.
 */
export const pathOf = (node: Inode, view: number, entry: Entry | undefined = node.entry): string => {
  if (node.id === rootId) return '/';
  const parts: string[] = [];
  let at: Entry | undefined = entry;
  while (at !== undefined) {
    parts.push(at.name);
    const directory: Inode = at.directory;
    if (directory.id === rootId) {
      const path = `/${parts.length === 1 ? (parts[0] ?? '') : parts.toReversed().join('/')}`;
      return node.kind === kindDirectory ? `${path}/` : path;
    }
    at = directory.at(view)?.entry;
  }
  return '';
};
