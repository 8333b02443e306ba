/** POST entries/: files, directories, symlinks, unix files, hard links (rename.ts has the sixth action). */
import { demand } from '../acl/access.ts';
import { inheritAcl, modeOfAcl } from '../acl/acl.ts';
import { ADD_FILE, ADD_SUBDIR, WRITE_ATTR } from '../acl/rights.ts';
import type { CreateEntry, FileAttributes, FileType, Tagged } from '../types.ts';
import { archiveBit, attributesOf, etagOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { decodeError, entryExists, fieldMissing, invalidFileType, noSuchInode, tooManyLinks } from '../errors.ts';
import {
  fileTypes,
  type Inode,
  type Kind,
  kindDirectory,
  kindFile,
  kindPipe,
  kindSymlink,
  type Rare,
} from '../inode.ts';
import { locate, locateDirectory, pathOf } from '../lookup.ts';
import { markChanged, markEntriesChanged } from '../mutate.ts';
import { checkName, checkPathLength } from '../path.ts';
import { demandRoom } from '../quota.ts';
import { live } from '../version.ts';
import { guard } from '../worm.ts';
import { rename } from './rename.ts';

export const maxLinks = 1024;

/** The directory that gets the new name, and its path. */
type Parent = { readonly head: Inode; readonly path: string };

const setGid = 0o2000;

/** @throws FsError name taken or bad, directory missing, no right, quota, limit */
export const createEntry = (core: Core, caller: Caller, directory: Ref, entry: CreateEntry): Tagged<FileAttributes> => {
  const head = locateDirectory(core, caller, directory).head;
  const parent: Parent = { head, path: pathOf(head, live) };
  // A directory under tree delete has no path any more, and nothing may be put into it.
  if (parent.path === '') throw noSuchInode(directory);
  switch (entry.action) {
    case 'CREATE_FILE':
      return make(core, caller, parent, entry.name, kindFile, undefined);
    case 'CREATE_DIRECTORY':
      // The SDK leaves a trailing slash on the name for this action alone (FACTS 3).
      return make(core, caller, parent, entry.name.replace(/\/$/, ''), kindDirectory, undefined);
    case 'CREATE_SYMLINK':
      return make(core, caller, parent, entry.name, kindSymlink, {
        symlinkTarget: required(entry.old_path, 'old_path'),
        symlinkTargetType: entry.symlink_target_type ?? 'FS_FILE_TYPE_UNKNOWN',
      });
    case 'CREATE_UNIX_FILE':
      return make(core, caller, parent, entry.name, unixKind(required(entry.unix_file_type, 'unix_file_type')), {
        major: entry.major_minor_numbers?.major ?? 0,
        minor: entry.major_minor_numbers?.minor ?? 0,
      });
    case 'CREATE_LINK':
      return link(core, caller, parent, entry.name, required(entry.old_path, 'old_path'));
    case 'RENAME':
      return rename(
        core,
        caller,
        parent.head,
        entry.name,
        required(entry.old_path, 'old_path'),
        entry.clobber === true,
      );
    default:
      throw decodeError(`field 'action': unknown value '${String(entry.action satisfies never)}'`);
  }
};

const required = <T>(value: T | null | undefined, field: string): T => {
  if (value === undefined || value === null) throw fieldMissing(field);
  return value;
};

const unixKind = (type: FileType): Kind => {
  const kind = fileTypes.indexOf(type);
  if (kind < kindPipe) throw invalidFileType(`unix_file_type must be a pipe, device or socket, not ${type}`);
  return kind;
};

/** @throws FsError bad name, name or path too long, name taken */
const checkFree = (core: Core, parent: Parent, name: string): void => {
  checkName(name, core.unknowns.nameLengthUnit);
  checkPathLength(parent.path, name);
  if (core.entryOf(parent.head, name)?.inode !== undefined) throw entryExists(name);
};

const modeOf = (core: Core, kind: Kind): number => {
  if (kind === kindDirectory) return core.unknowns.newDirectoryMode;
  return kind === kindSymlink ? core.unknowns.newSymlinkMode : core.unknowns.newFileMode;
};

const make = (
  core: Core,
  caller: Caller,
  { head: parent, path }: Parent,
  name: string,
  kind: Kind,
  rare: Rare | undefined,
): Tagged<FileAttributes> => {
  const directory = kind === kindDirectory;
  demand(caller, parent, directory ? ADD_SUBDIR : ADD_FILE);
  checkFree(core, { head: parent, path }, name);
  const now = core.now();
  const inheritsGroup = (parent.mode & setGid) !== 0;
  const group = inheritsGroup ? parent.group : (caller.groupIds[0] ?? core.root.group);
  const mode = modeOf(core, kind) | (directory && inheritsGroup ? setGid : 0);
  if (core.quotas.size > 0) {
    demandRoom(core, parent, directory ? core.unknowns.directoryMetablocks : core.unknowns.fileMetablocks);
  }
  const inode = core.create(kind, mode, caller.authId, group, now);
  if (kind === kindFile && core.unknowns.newFileArchive) inode.extended = archiveBit;
  if (rare !== undefined) inode.rare = rare;
  const acl = parent.acl === undefined ? undefined : inheritAcl(parent.acl, directory);
  if (acl !== undefined) {
    inode.acl = acl;
    inode.mode = (mode & ~0o777) | modeOfAcl(acl, directory, inode.owner, inode.group);
  }
  const entry = core.bind(parent, name, inode, true);
  core.sink.report(directory ? 'child_dir_added' : 'child_file_added', entry, inode);
  markEntriesChanged(core, parent, now);
  return {
    value: attributesOf(core, inode, live, entry, directory ? `${path}${name}/` : `${path}${name}`),
    etag: etagOf(inode),
  };
};

const link = (core: Core, caller: Caller, parent: Parent, name: string, target: string): Tagged<FileAttributes> => {
  const { head } = locate(core, caller, target, null);
  if (head.kind === kindDirectory) throw invalidFileType('a directory cannot have hard links');
  demand(caller, parent.head, ADD_FILE);
  demand(caller, head, WRITE_ATTR);
  checkFree(core, parent, name);
  if (head.links >= maxLinks) throw tooManyLinks(maxLinks);
  guard(core, head, 'new-hard-link');
  const now = core.now();
  const entry = core.bind(parent.head, name, head, false);
  head.links += 1;
  markChanged(core, head, now, core.unknowns.renameMovesEtag);
  core.sink.report('child_file_added', entry, head);
  markEntriesChanged(core, parent.head, now);
  return { value: attributesOf(core, head, live, entry), etag: etagOf(head) };
};
