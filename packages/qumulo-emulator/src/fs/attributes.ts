/** Attributes in the shape of the wire (FACTS 4), and the ETag of a file state. */
import type { ExtendedAttributes, FileAttributes } from './types.ts';
import { blockBytes, type Core, metablocksOf } from './core.ts';
import { type Entry, fileTypes, type Inode, kindDirectory, kindFile, kindSymlink } from './inode.ts';
import { tagMismatch } from './errors.ts';
import { pathOf } from './lookup.ts';
import { formatTime } from './times.ts';
import { lockState } from './worm.ts';

/** Bit i of `Inode.extended` is name i. */
export const extendedAttributeNames = [
  'read_only',
  'hidden',
  'system',
  'archive',
  'temporary',
  'compressed',
  'not_content_indexed',
  'sparse_file',
  'offline',
] as const satisfies readonly (keyof ExtendedAttributes)[];

export const archiveBit = 1 << extendedAttributeNames.indexOf('archive');

const extendedAttributesOf = (bits: number): ExtendedAttributes => ({
  read_only: (bits & 1) !== 0,
  hidden: (bits & 2) !== 0,
  system: (bits & 4) !== 0,
  archive: (bits & 8) !== 0,
  temporary: (bits & 16) !== 0,
  compressed: (bits & 32) !== 0,
  not_content_indexed: (bits & 64) !== 0,
  sparse_file: (bits & 128) !== 0,
  offline: (bits & 256) !== 0,
});

/** `0644` */
export const formatMode = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

export const sizeOf = (node: Inode): number => {
  if (node.kind === kindDirectory) return 512 * node.childCount;
  if (node.kind === kindSymlink) return Buffer.byteLength(node.rare?.symlinkTarget ?? '');
  return node.data?.size ?? 0;
};

/** Opaque; equal as long as nothing happened that moves the ETag. */
export const etagOf = (node: Inode): string => `${node.id.toString(36)}-${node.revision.toString(36)}`;

/** `path` spares walking up when the caller knows it (listings). */
export const attributesOf = (
  core: Core,
  node: Inode,
  view: number,
  entry: Entry | undefined = node.entry,
  path: string = pathOf(node, view, entry),
): FileAttributes => {
  const id = String(node.id);
  const directory = node.kind === kindDirectory;
  const data = node.data?.blocks ?? 0;
  const meta = metablocksOf(node, core.unknowns);
  return {
    path,
    name: entry?.name ?? '',
    num_links: node.links,
    type: fileTypes[node.kind] ?? 'FS_FILE_TYPE_FILE',
    major_minor_numbers: { major: node.rare?.major ?? 0, minor: node.rare?.minor ?? 0 },
    symlink_target_type: node.rare?.symlinkTargetType ?? 'FS_FILE_TYPE_UNKNOWN',
    file_number: id,
    id,
    mode: formatMode(node.mode),
    owner: node.owner,
    owner_details: core.identities.describe(node.owner, 'owner'),
    group: node.group,
    group_details: core.identities.describe(node.group, 'group'),
    blocks: String(data + meta),
    datablocks: String(data),
    logical_datablocks: String(data),
    metablocks: String(meta),
    size: String(sizeOf(node)),
    access_time: formatTime(node.accessedSeconds, node.accessedNanos),
    modification_time: formatTime(node.modifiedSeconds, node.modifiedNanos),
    change_time: formatTime(node.changedSeconds, node.changedNanos),
    creation_time: formatTime(node.birthSeconds, node.birthNanos),
    child_count: node.childCount,
    extended_attributes: extendedAttributesOf(node.extended),
    directory_entry_hash_policy: directory ? 'FS_DIRECTORY_HASH_VERSION_FOLDED' : null,
    data_revision: node.kind === kindFile ? String(node.dataRevision) : null,
    user_metadata_revision: String(node.rare?.metadataRevision ?? 0),
    ...(core.unknowns.lockKeyWhenNotAsked === 'null' ? { lock: null } : undefined),
  };
};

/** Attributes with `lock`. */
export const attributesWithLock = (core: Core, node: Inode, view: number, entry?: Entry): FileAttributes => ({
  ...attributesOf(core, node, view, entry),
  lock: lockState(core, node),
});

/** @throws FsError 412 when the file is not in the state that `ifMatch` names */
export const checkIfMatch = (core: Core, node: Inode, ifMatch: string | undefined): void => {
  if (ifMatch === undefined) return;
  const etag = etagOf(node);
  for (const part of ifMatch.split(',')) {
    const tag = part
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    if (tag === '*' || tag === etag) return;
  }
  throw tagMismatch(core.unknowns.tagMismatchError);
};

/** Bytes that blocks take. */
export const bytesOfBlocks = (blocks: number): string => String(blocks * blockBytes);
