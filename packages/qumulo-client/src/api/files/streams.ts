import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { CopyChunk, ReadOptions } from './data.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef, encodeSegment } from '../../transport/encode.ts';
import { bytes, list, nothing, object } from '../../transport/read-body.ts';
import { readChunk, readQuery } from './data.ts';

/** A named stream ("alternate data stream") of a file. */
export interface NamedStream {
  name: string;
  id: string;
  /** Bytes, decimal. */
  size: string;
  datablocks?: string;
  data_revision?: string | null;
}

export interface StreamsApi {
  list(ref: FileRef, options?: CallOptions & { snapshot?: number | undefined }): Promise<Answer<NamedStream[]>>;
  create(ref: FileRef, name: string, options?: CallOptions): Promise<Answer<NamedStream>>;
  rename(ref: FileRef, streamId: string, name: string, options?: CallOptions): Promise<Answer<NamedStream>>;
  delete(ref: FileRef, streamId: string, options?: CallOptions): Promise<Answer<undefined>>;
  getAttributes(
    ref: FileRef,
    streamId: string,
    options?: CallOptions & { snapshot?: number | undefined },
  ): Promise<Answer<NamedStream>>;
  readData(ref: FileRef, streamId: string, options?: ReadOptions): Promise<Answer<Buffer>>;
  writeData(
    ref: FileRef,
    streamId: string,
    body: Uint8Array | string,
    options?: CallOptions,
  ): Promise<Answer<NamedStream>>;
  patchData(
    ref: FileRef,
    streamId: string,
    offset: number | bigint,
    body: Uint8Array | string,
    options?: CallOptions,
  ): Promise<Answer<NamedStream>>;
  /** As `files.copyChunk`, into a named stream. */
  copyChunk(
    ref: FileRef,
    streamId: string,
    chunk: CopyChunk,
    options?: CallOptions,
  ): Promise<Answer<CopyChunk | undefined>>;
}

const readStream = object<NamedStream>('id');
const listStreams = endpoint('GET /v1/files/{ref}/streams/', list<NamedStream>);
const create = endpoint('POST /v1/files/{ref}/streams/', readStream);
const rename = endpoint('POST /v1/files/{ref}/streams/{stream_id}/rename', readStream);
const remove = endpoint('DELETE /v1/files/{ref}/streams/{stream_id}', nothing);
const attributes = endpoint('GET /v1/files/{ref}/streams/{stream_id}/attributes', readStream);
const read = endpoint('GET /v1/files/{ref}/streams/{stream_id}/data', bytes);
const replace = endpoint('PUT /v1/files/{ref}/streams/{stream_id}/data', readStream);
const patch = endpoint('PATCH /v1/files/{ref}/streams/{stream_id}/data', readStream);
const copy = endpoint('POST /v1/files/{ref}/streams/{stream_id}/copy-chunk', readChunk);

export function streamsApi(caller: Caller): StreamsApi {
  const both = (ref: FileRef, streamId: string): [string, string] => [encodeRef(ref), encodeSegment(streamId)];
  return {
    list: async (ref, options) =>
      caller.call(listStreams, [encodeRef(ref)], options, { query: { snapshot: options?.snapshot }, about: ref }),
    create: async (ref, name, options) =>
      caller.call(create, [encodeRef(ref)], options, { json: { stream_name: name }, about: ref }),
    rename: async (ref, streamId, name, options) =>
      caller.call(rename, both(ref, streamId), options, { json: { stream_name: name }, about: ref }),
    delete: async (ref, streamId, options) => caller.call(remove, both(ref, streamId), options, { about: ref }),
    getAttributes: async (ref, streamId, options) =>
      caller.call(attributes, both(ref, streamId), options, { query: { snapshot: options?.snapshot }, about: ref }),
    readData: async (ref, streamId, options) =>
      caller.call(read, both(ref, streamId), options, { query: readQuery(options), about: ref }),
    writeData: async (ref, streamId, body, options) =>
      caller.call(replace, both(ref, streamId), options, { raw: body, about: ref }),
    patchData: async (ref, streamId, offset, body, options) =>
      caller.call(patch, both(ref, streamId), options, { query: { offset }, raw: body, about: ref }),
    copyChunk: async (ref, streamId, chunk, options) =>
      caller.call(copy, both(ref, streamId), options, { json: chunk, about: ref }),
  };
}
