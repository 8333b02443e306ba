/** Taking names away: delete by ref, unlink by name, and the replaced target of a rename. */
import { may } from '../acl/access.ts';
import { DELETE, DELETE_CHILD } from '../acl/rights.ts';
import { checkIfMatch } from '../attributes.ts';
import { type Caller, fullAccess, type Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { type Entry, type Inode, kindDirectory } from '../inode.ts';
import { accessDenied, directoryNotEmpty, hardlinkAmbiguity, invalidArgument, noSuchEntry } from '../errors.ts';
import { locate, locateDirectory } from '../lookup.ts';
import { markChanged, markEntriesChanged } from '../mutate.ts';
import type { Time } from '../times.ts';
import { guard } from '../worm.ts';

const stickyBit = 0o1000;

/** DELETE on the object, or DELETE_CHILD on its directory; in a sticky directory only for the owners. */
export const demandRemoval = (caller: Caller, directory: Inode, object: Inode): void => {
  if (caller.privileges.has(fullAccess)) return;
  if (may(caller, object, DELETE)) return;
  const sticky = (directory.mode & stickyBit) !== 0;
  const owns = caller.authId === object.owner || caller.authId === directory.owner;
  if (!may(caller, directory, DELETE_CHILD) || (sticky && !owns)) throw accessDenied(`file ${object.id}`);
};

/** Removes one name and, with the last one, the object. All checks are done. */
export const removeName = (core: Core, entry: Entry, object: Inode, now: Time): void => {
  const last = object.kind === kindDirectory || object.links <= 1;
  core.unbind(entry, object);
  if (last) core.destroy(object);
  else {
    object.links -= 1;
    markChanged(core, object, now, core.unknowns.renameMovesEtag);
  }
  core.sink.report(object.kind === kindDirectory ? 'child_dir_removed' : 'child_file_removed', entry, object);
  markEntriesChanged(core, entry.directory, now);
  if (object.kind === kindDirectory) core.sink.gone(object);
};

/** Checks what every removal of a name needs. @throws FsError */
export const checkRemoval = (core: Core, caller: Caller, entry: Entry, object: Inode): void => {
  demandRemoval(caller, entry.directory, object);
  if (object.kind === kindDirectory && object.childCount > 0) throw directoryNotEmpty(entry.name);
  guard(core, object, object.links > 1 && object.kind !== kindDirectory ? 'unlink-one-of-several' : 'delete');
};

/** DELETE of a path or id. @throws FsError missing, root, not empty, right, locked */
export const deleteRef = (core: Core, caller: Caller, ref: Ref, ifMatch: string | undefined): void => {
  const { head, entry } = locate(core, caller, ref, null);
  if (entry === undefined) throw invalidArgument('the root directory cannot be deleted');
  if (
    !ref.startsWith('/') &&
    head.kind !== kindDirectory &&
    head.links > 1 &&
    core.unknowns.deleteByIdOfHardLinked === 'refuse'
  ) {
    throw hardlinkAmbiguity(ref);
  }
  checkRemoval(core, caller, entry, head);
  checkIfMatch(core, head, ifMatch);
  removeName(core, entry, head, core.now());
};

/** DELETE of a name in a directory. */
export const unlink = (core: Core, caller: Caller, directory: Ref, name: string, ifMatch: string | undefined): void => {
  const parent = locateDirectory(core, caller, directory).head;
  const entry = core.entryOf(parent, name);
  if (entry?.inode === undefined) throw noSuchEntry(name);
  checkRemoval(core, caller, entry, entry.inode);
  checkIfMatch(core, entry.inode, ifMatch);
  removeName(core, entry, entry.inode, core.now());
};
