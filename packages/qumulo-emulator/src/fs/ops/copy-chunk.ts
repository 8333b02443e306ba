/** Server-side copy in steps: each answer is the next request until there is nothing left (FACTS 3). */
import { demand } from '../acl/access.ts';
import { EXTEND, MODIFY, READ } from '../acl/rights.ts';
import type { CopyChunk, Tagged } from '../types.ts';
import { checkIfMatch, etagOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { blockSize, FileData } from '../data/file-data.ts';
import { decodeError, FsError, notAFile, sourceTagMismatch } from '../errors.ts';
import { type Inode, kindFile } from '../inode.ts';
import { locate, type Window } from '../lookup.ts';
import { markModified } from '../mutate.ts';
import { parseSize } from '../numbers.ts';
import { demandRoom } from '../quota.ts';
import { guard } from '../worm.ts';
import { checkSize } from './ranges.ts';
import { changeStream, streamOf } from './streams.ts';

const size = (text: string | null | undefined, field: string): number | undefined =>
  text === undefined || text === null ? undefined : parseSize(text, field);

const isNamed = (streamId: string | null | undefined): streamId is string =>
  streamId !== undefined && streamId !== null && streamId !== '0' && streamId !== '';

const sourceOf = (core: Core, caller: Caller, body: CopyChunk, window: Window): { node: Inode; data: FileData } => {
  const ref = body.source_id ?? body.source_path;
  if (typeof ref !== 'string' || (typeof body.source_id === 'string' && typeof body.source_path === 'string')) {
    throw decodeError("give exactly one of 'source_id' and 'source_path'");
  }
  const { node } = locate(core, caller, ref, window);
  demand(caller, node, READ);
  if (isNamed(body.source_stream_id)) return { node, data: streamOf(node, body.source_stream_id).data };
  if (node.kind !== kindFile) throw notAFile(ref);
  return { node, data: node.data ?? new FileData() };
};

/**
 * Copies up to `unknowns.copyChunkLimit` bytes. `window` belongs to the body's `source_snapshot`.
 * @throws FsError source or target missing, right, lock, quota, ETag of source or target
 */
export const copyChunk = (
  core: Core,
  caller: Caller,
  ref: Ref,
  body: CopyChunk,
  window: Window,
  options: { ifMatch?: string | undefined; streamId?: string | undefined },
): Tagged<CopyChunk | null> => {
  const source = sourceOf(core, caller, body, window);
  if (typeof body.source_etag === 'string') checkSourceTag(core, source.node, body.source_etag);
  const sourceOffset = size(body.source_offset, 'source_offset') ?? 0;
  const targetOffset = size(body.target_offset, 'target_offset') ?? 0;
  const wanted = Math.max(
    0,
    Math.min(size(body.length, 'length') ?? Number.MAX_SAFE_INTEGER, source.data.size - sourceOffset),
  );
  const length = Math.min(wanted, core.unknowns.copyChunkLimit);
  checkSize(core, targetOffset + length);
  const copy = (data: FileData) => data.copyFrom(source.data, sourceOffset, targetOffset, length);
  // A copy within one file reads what was there before it began.
  if (locate(core, caller, ref, null).head.id === source.node.id) source.data.share();
  let etag: string;
  if (isNamed(options.streamId)) {
    changeStream(core, caller, ref, options.streamId, options.ifMatch, (data) => {
      if (length > 0) copy(data);
    });
    etag = etagOf(locate(core, caller, ref, null).head);
  } else {
    etag = copyIntoFile(core, caller, ref, { ifMatch: options.ifMatch, length, source, copy });
  }
  if (wanted <= length) return { value: null, etag };
  const rest: CopyChunk = {
    ...body,
    source_offset: String(sourceOffset + length),
    target_offset: String(targetOffset + length),
    length: String(wanted - length),
  };
  return { value: rest, etag };
};

const checkSourceTag = (core: Core, node: Inode, tag: string): void => {
  try {
    checkIfMatch(core, node, tag);
  } catch (error) {
    if (error instanceof FsError) throw sourceTagMismatch(core.unknowns.tagMismatchError);
    throw error;
  }
};

const copyIntoFile = (
  core: Core,
  caller: Caller,
  ref: Ref,
  part: {
    ifMatch: string | undefined;
    length: number;
    source: { data: FileData };
    copy: (data: FileData) => void;
  },
): string => {
  const { head, entry } = locate(core, caller, ref, null);
  if (head.kind !== kindFile) throw notAFile(ref);
  demand(caller, head, MODIFY | EXTEND);
  guard(core, head, 'copy-chunk-into');
  checkIfMatch(core, head, part.ifMatch);
  // Nothing to copy leaves no trace: an empty file and its copy are alike (FACTS 4).
  if (part.length === 0) return etagOf(head);
  demandRoom(core, head.entry?.directory, Math.min(Math.ceil(part.length / blockSize), part.source.data.blocks));
  const oldSize = head.data?.size ?? 0;
  core.touch(head);
  core.resize(head, () => {
    const data = head.data?.writable() ?? new FileData();
    part.copy(data);
    head.data = data;
  });
  head.dataRevision += 1;
  markModified(core, head, core.now());
  for (const type of core.unknowns.writeEventOrder) {
    if (type !== 'child_size_changed' || head.data?.size !== oldSize) core.sink.report(type, entry, head);
  }
  return etagOf(head);
};
