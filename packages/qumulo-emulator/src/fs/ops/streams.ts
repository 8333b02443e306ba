/** Named streams: data of their own under the name of a file or directory. Stream "0" is the default stream. */
import { demand } from '../acl/access.ts';
import { EXTEND, MODIFY, READ_ATTR, WRITE_EA } from '../acl/rights.ts';
import type { Bytes, StreamAttributes, Tagged } from '../types.ts';
import { checkIfMatch, etagOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { FileData } from '../data/file-data.ts';
import { entryExists, invalidName, streamNotFound } from '../errors.ts';
import { type Inode, kindDirectory, type NamedStream } from '../inode.ts';
import { locate, type Located, type Window } from '../lookup.ts';
import { markChanged } from '../mutate.ts';
import { checkName } from '../path.ts';
import { demandRoom } from '../quota.ts';
import { guard } from '../worm.ts';
import { asPieces, blocksToAdd, checkSize, lengthOf } from './ranges.ts';

/** @throws FsError when the object has no such stream */
export const streamOf = (node: Inode, streamId: string): NamedStream => {
  const stream = node.rare?.streams?.find((candidate) => String(candidate.id) === streamId);
  if (stream === undefined) throw streamNotFound(streamId);
  return stream;
};

const wire = (stream: NamedStream): StreamAttributes => ({
  name: stream.name,
  id: String(stream.id),
  size: String(stream.data.size),
  datablocks: String(stream.data.blocks),
  data_revision: String(stream.dataRevision),
});

const defaultStream = (node: Inode): StreamAttributes => ({
  name: '',
  id: '0',
  size: String(node.data?.size ?? 0),
  datablocks: String(node.data?.blocks ?? 0),
  data_revision: String(node.dataRevision),
});

export const listStreams = (core: Core, caller: Caller, ref: Ref, window: Window): Tagged<StreamAttributes[]> => {
  const { node } = locate(core, caller, ref, window);
  demand(caller, node, READ_ATTR);
  return { value: (node.rare?.streams ?? []).map(wire), etag: etagOf(node) };
};

export const getStream = (
  core: Core,
  caller: Caller,
  ref: Ref,
  streamId: string,
  window: Window,
): Tagged<StreamAttributes> => {
  const { node } = locate(core, caller, ref, window);
  demand(caller, node, READ_ATTR);
  return { value: streamId === '0' ? defaultStream(node) : wire(streamOf(node, streamId)), etag: etagOf(node) };
};

/** Puts a list of streams in place of the present one; sums and change marks follow. */
const replaceStreams = (core: Core, head: Inode, streams: readonly NamedStream[], nextStreamId?: number): void => {
  core.touch(head);
  core.resize(head, () => {
    head.rare = { ...head.rare, streams, ...(nextStreamId === undefined ? undefined : { nextStreamId }) };
  });
  markChanged(core, head, core.now());
};

const swap = (streams: readonly NamedStream[], next: NamedStream): NamedStream[] =>
  streams.map((stream) => (stream.id === next.id ? next : stream));

/** The object, checked for a change of its streams. */
const forChange = (core: Core, caller: Caller, ref: Ref, ifMatch: string | undefined, rights: number): Located => {
  const found = locate(core, caller, ref, null);
  demand(caller, found.head, rights);
  guard(core, found.head, 'stream');
  checkIfMatch(core, found.head, ifMatch);
  return found;
};

const checkFreeName = (core: Core, head: Inode, name: string): void => {
  checkName(name, core.unknowns.nameLengthUnit);
  if (name.includes(':')) throw invalidName(name);
  if (head.rare?.streams?.some((stream) => stream.name === name) === true) throw entryExists(name);
};

export const createStream = (
  core: Core,
  caller: Caller,
  ref: Ref,
  name: string,
  ifMatch: string | undefined,
): Tagged<StreamAttributes> => {
  const { head, entry } = forChange(core, caller, ref, ifMatch, WRITE_EA);
  checkFreeName(core, head, name);
  const id = head.rare?.nextStreamId ?? 1;
  const stream: NamedStream = { id, name, data: new FileData(), dataRevision: 0 };
  replaceStreams(core, head, [...(head.rare?.streams ?? []), stream], id + 1);
  core.sink.report('child_stream_added', entry, head, name);
  return { value: wire(stream), etag: etagOf(head) };
};

export const removeStream = (
  core: Core,
  caller: Caller,
  ref: Ref,
  streamId: string,
  ifMatch: string | undefined,
): void => {
  const { head, entry } = forChange(core, caller, ref, ifMatch, WRITE_EA);
  const gone = streamOf(head, streamId);
  replaceStreams(
    core,
    head,
    (head.rare?.streams ?? []).filter((stream) => stream !== gone),
  );
  core.sink.report('child_stream_removed', entry, head, gone.name);
};

export const renameStream = (
  core: Core,
  caller: Caller,
  ref: Ref,
  streamId: string,
  name: string,
  ifMatch: string | undefined,
): Tagged<StreamAttributes> => {
  const { head, entry } = forChange(core, caller, ref, ifMatch, WRITE_EA);
  const old = streamOf(head, streamId);
  checkFreeName(core, head, name);
  const next = { ...old, name };
  replaceStreams(core, head, swap(head.rare?.streams ?? [], next));
  core.sink.report('child_stream_moved_from', entry, head, old.name);
  core.sink.report('child_stream_moved_to', entry, head, name);
  return { value: wire(next), etag: etagOf(head) };
};

/** Changes the data of a stream through `edit`, which gets data of its own. */
const editStream = (
  core: Core,
  { head, entry }: Located,
  old: NamedStream,
  edit: (data: FileData) => FileData,
): Tagged<StreamAttributes> => {
  const oldSize = old.data.size;
  let next = old;
  core.touch(head);
  core.resize(head, () => {
    const data = edit(old.data.writable());
    next = { ...old, data, dataRevision: old.dataRevision + 1 };
    head.rare = { ...head.rare, streams: swap(head.rare?.streams ?? [], next) };
  });
  markChanged(core, head, core.now());
  core.sink.report('child_stream_data_written', entry, head, old.name);
  if (next.data.size !== oldSize) core.sink.report('child_stream_size_changed', entry, head, old.name);
  return { value: wire(next), etag: etagOf(head) };
};

const writeRight = (head: Inode): number => (head.kind === kindDirectory ? WRITE_EA : MODIFY | EXTEND);

export const writeStream = (
  core: Core,
  caller: Caller,
  ref: Ref,
  streamId: string,
  bytes: Bytes,
  offset: number | undefined,
  ifMatch: string | undefined,
): Tagged<StreamAttributes> => {
  const found = locate(core, caller, ref, null);
  demand(caller, found.head, writeRight(found.head));
  guard(core, found.head, 'stream');
  checkIfMatch(core, found.head, ifMatch);
  const old = streamOf(found.head, streamId);
  const pieces = asPieces(bytes);
  const length = lengthOf(pieces);
  checkSize(core, (offset ?? 0) + length);
  demandRoom(
    core,
    found.head.entry?.directory,
    core.quotas.size === 0 ? 0 : blocksToAdd(old.data, offset ?? 0, length),
  );
  return editStream(core, found, old, (data) => {
    const target = offset === undefined ? new FileData() : data;
    if (length > 0) target.write(offset ?? 0, pieces);
    return target;
  });
};

export const resizeStream = (
  core: Core,
  caller: Caller,
  ref: Ref,
  streamId: string,
  size: number,
  ifMatch: string | undefined,
): Tagged<StreamAttributes> => {
  checkSize(core, size);
  const found = locate(core, caller, ref, null);
  demand(caller, found.head, writeRight(found.head));
  guard(core, found.head, 'stream');
  checkIfMatch(core, found.head, ifMatch);
  return editStream(core, found, streamOf(found.head, streamId), (data) => {
    data.resize(size);
    return data;
  });
};

/** Any other change of a stream's data (punch-hole, copy-chunk), checks included. */
export const changeStream = (
  core: Core,
  caller: Caller,
  ref: Ref,
  streamId: string,
  ifMatch: string | undefined,
  edit: (data: FileData) => void,
): Tagged<StreamAttributes> => {
  const found = locate(core, caller, ref, null);
  demand(caller, found.head, writeRight(found.head));
  guard(core, found.head, 'stream');
  checkIfMatch(core, found.head, ifMatch);
  return editStream(core, found, streamOf(found.head, streamId), (data) => {
    edit(data);
    return data;
  });
};
