/** Data of the default stream: read, write, truncate, punch. Named streams use the same parts (streams.ts). */
import { demand } from '../acl/access.ts';
import { EXTEND, MODIFY, READ } from '../acl/rights.ts';
import type { Bytes, DataRead, FileAttributes, ReadOptions, Tagged } from '../types.ts';
import { attributesOf, checkIfMatch, etagOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { blockSize, FileData } from '../data/file-data.ts';
import { type Entry, type Inode, kindFile, kindSymlink } from '../inode.ts';
import { notAFile } from '../errors.ts';
import { locate, type Window } from '../lookup.ts';
import { markChanged, markModified } from '../mutate.ts';
import { demandRoom } from '../quota.ts';
import type { Time } from '../times.ts';
import { live } from '../version.ts';
import { guard, refuses } from '../worm.ts';
import { asPieces, blocksToAdd, checkRange, checkSize, lengthOf } from './ranges.ts';
import { streamOf } from './streams.ts';

const eagerLimit = 1024 * 1024;

/** Bytes of a range, as they are now whatever is written while they are handed out. */
const readRange = (data: FileData | undefined, offset: number, asked: number | undefined): Omit<DataRead, 'etag'> => {
  const length = data === undefined ? 0 : Math.max(0, Math.min(data.size - offset, asked ?? Number.MAX_SAFE_INTEGER));
  if (data === undefined || length === 0) return { length: 0, chunks: () => [] };
  if (length <= eagerLimit) {
    const bytes = data.read(offset, length);
    return { length, chunks: () => [bytes] };
  }
  data.share();
  return {
    length,
    *chunks() {
      for (let done = 0; done < length; done += eagerLimit) {
        yield data.read(offset + done, Math.min(eagerLimit, length - done));
      }
    },
  };
};

const granularitySeconds = { HOUR: 3_600, DAY: 86_400, WEEK: 604_800 } as const;

/** A read moves the access time when the cluster keeps it, at most once per granularity. */
export const touchAccessTime = (core: Core, head: Inode, entry: Entry | undefined): void => {
  const { enabled, granularity } = core.settings.atime;
  if (!enabled || refuses(core, head, 'atime')) return;
  const now = core.now();
  if (now.seconds - head.accessedSeconds < granularitySeconds[granularity]) return;
  core.touch(head);
  head.accessedSeconds = now.seconds;
  head.accessedNanos = now.nanos;
  if (core.unknowns.atimeMovesEtag) head.revision += 1;
  core.sink.report('child_atime_changed', entry, head);
};

/** Data of a file or stream; a symlink gives its target. Past the end: nothing, with success. */
export const readData = (core: Core, caller: Caller, ref: Ref, options: ReadOptions, window: Window): DataRead => {
  const { head, node, view, entry } = locate(core, caller, ref, window);
  const offset = options.offset ?? 0;
  checkSize(core, offset);
  if (options.length !== undefined) checkSize(core, options.length);
  demand(caller, node, READ);
  const etag = etagOf(node);
  if (options.streamId !== undefined && options.streamId !== '0') {
    return { ...readRange(streamOf(node, options.streamId).data, offset, options.length), etag };
  }
  if (node.kind === kindSymlink) {
    const data = new FileData();
    data.write(0, [Buffer.from(node.rare?.symlinkTarget ?? '')]);
    return { ...readRange(data, offset, options.length), etag };
  }
  if (node.kind !== kindFile) throw notAFile(ref);
  const range = readRange(node.data, offset, options.length);
  if (options.skipAtimeUpdate !== true && view === live) touchAccessTime(core, head, entry);
  return { ...range, etag };
};

/** Events of a change of data, in the order that `unknowns` says. */
const reportWrite = (
  core: Core,
  entry: Entry | undefined,
  head: Inode,
  written: boolean,
  resized: boolean,
  touched: boolean,
) => {
  for (const type of core.unknowns.writeEventOrder) {
    if (type === 'child_data_written' && !written) continue;
    if (type === 'child_size_changed' && !resized) continue;
    if (type === 'child_mtime_changed' && !touched) continue;
    core.sink.report(type, entry, head);
  }
};

/** Replaces all data (no offset) or writes at an offset, zero-filling a gap. */
export const writeData = (
  core: Core,
  caller: Caller,
  ref: Ref,
  bytes: Bytes,
  offset: number | undefined,
  ifMatch: string | undefined,
): Tagged<FileAttributes> => {
  const { head, entry } = locate(core, caller, ref, null);
  if (head.kind !== kindFile) throw notAFile(ref);
  const pieces = asPieces(bytes);
  const length = lengthOf(pieces);
  checkRange(core, offset ?? 0, length);
  demand(caller, head, MODIFY | EXTEND);
  guard(core, head, 'write');
  checkIfMatch(core, head, ifMatch);
  const before = head.data;
  const added =
    offset === undefined
      ? Math.ceil(length / blockSize) - (before?.blocks ?? 0)
      : core.quotas.size === 0
        ? 0
        : blocksToAdd(before, offset, length);
  demandRoom(core, head.entry?.directory, added);
  const now = core.now();
  const oldSize = before?.size ?? 0;
  core.touch(head);
  core.resize(head, () => {
    const data = offset === undefined ? new FileData() : (head.data?.writable() ?? new FileData());
    if (length > 0) data.write(offset ?? 0, pieces);
    head.data = data.size === 0 ? undefined : data;
  });
  const newSize = head.data?.size ?? 0;
  if (length > 0 || newSize !== oldSize) head.dataRevision += 1;
  markModified(core, head, now);
  reportWrite(core, entry, head, true, newSize !== oldSize, true);
  return { value: attributesOf(core, head, live, entry), etag: etagOf(head) };
};

/** Sets the size of a file. Rights and locks are checked by the caller. `touch`: the modification time moves. */
export const truncate = (
  core: Core,
  head: Inode,
  entry: Entry | undefined,
  size: number,
  now: Time,
  touch: boolean,
): void => {
  const oldSize = head.data?.size ?? 0;
  if (size === oldSize) return;
  core.touch(head);
  core.resize(head, () => {
    const data = head.data?.writable() ?? new FileData();
    data.resize(size);
    head.data = size === 0 ? undefined : data;
  });
  head.dataRevision += 1;
  if (touch) markModified(core, head, now);
  else markChanged(core, head, now);
  reportWrite(core, entry, head, core.unknowns.truncateSendsDataWritten, true, touch);
};

/** Frees a range of a file; the size stays. */
export const punchHole = (
  core: Core,
  caller: Caller,
  ref: Ref,
  range: { offset: number; size: number },
  ifMatch: string | undefined,
): Tagged<FileAttributes> => {
  const { head, entry } = locate(core, caller, ref, null);
  if (head.kind !== kindFile) throw notAFile(ref);
  checkRange(core, range.offset, range.size);
  demand(caller, head, MODIFY);
  guard(core, head, 'punch-hole');
  checkIfMatch(core, head, ifMatch);
  const now = core.now();
  core.touch(head);
  core.resize(head, () => {
    const data = head.data?.writable();
    data?.punch(range.offset, range.size);
    head.data = data;
  });
  head.dataRevision += 1;
  markModified(core, head, now);
  reportWrite(core, entry, head, true, false, true);
  return { value: attributesOf(core, head, live, entry), etag: etagOf(head) };
};
