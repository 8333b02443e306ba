import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { FileAttributes } from './types.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef } from '../../transport/encode.ts';
import { bytes, parseJson } from '../../transport/read-body.ts';
import { readAttributes } from './read-attributes.ts';

export interface ReadOptions extends CallOptions {
  /** Bytes; default 0. Beyond the end gives 0 bytes. */
  offset?: number | bigint | undefined;
  /** Bytes; default to the end. */
  length?: number | bigint | undefined;
  snapshot?: number | undefined;
  skipAtimeUpdate?: boolean | undefined;
}

/** What a chunk of data is copied from; see `copyChunk`. */
export interface CopyChunk {
  source_id?: string | null;
  source_path?: string | null;
  source_stream_id?: string | null;
  source_snapshot?: number | null;
  source_offset?: string | null;
  target_offset?: string | null;
  length?: string | null;
  source_etag?: string | null;
}

export interface DataApi {
  /** The whole answer in memory. Of a symlink it is the target (FACTS 3). */
  readData(ref: FileRef, options?: ReadOptions): Promise<Answer<Buffer>>;
  /** Replaces everything in the file. */
  writeData(ref: FileRef, body: Uint8Array | string, options?: CallOptions): Promise<Answer<FileAttributes>>;
  /** Writes at `offset`, zero-filling a gap. */
  patchData(
    ref: FileRef,
    offset: number | bigint,
    body: Uint8Array | string,
    options?: CallOptions,
  ): Promise<Answer<FileAttributes>>;
  /** One server-side copy step; the answer is undefined when all is copied, else the next request (FACTS 3). */
  copyChunk(ref: FileRef, chunk: CopyChunk, options?: CallOptions): Promise<Answer<CopyChunk | undefined>>;
  /** Zeroes a range and frees its space. */
  punchHole(
    ref: FileRef,
    range: { offset: number | bigint; size: number | bigint },
    options?: CallOptions,
  ): Promise<Answer<unknown>>;
}

const read = endpoint('GET /v1/files/{ref}/data', bytes);
const replace = endpoint('PUT /v1/files/{ref}/data', readAttributes);
const patch = endpoint('PATCH /v1/files/{ref}/data', readAttributes);
const copy = endpoint('POST /v1/files/{ref}/copy-chunk', readChunk);
const punch = endpoint('POST /v1/files/{ref}/punch-hole', parseJson);

/** What is left to copy. Done when the answer is empty; a client must not care whether that is no body, `null` or `{}` (FACTS 3). */
export function readChunk(body: Buffer): CopyChunk | undefined {
  const rest = parseJson(body);
  return typeof rest === 'object' && rest !== null && Object.keys(rest).length > 0 ? rest : undefined;
}

/** The query of a read. */
export function readQuery(options: ReadOptions | undefined) {
  return {
    offset: options?.offset,
    length: options?.length,
    snapshot: options?.snapshot,
    'skip-atime-update': options?.skipAtimeUpdate === true ? true : undefined,
  };
}

export function dataApi(caller: Caller): DataApi {
  return {
    readData: async (ref, options) =>
      caller.call(read, [encodeRef(ref)], options, { query: readQuery(options), about: ref }),
    writeData: async (ref, body, options) => caller.call(replace, [encodeRef(ref)], options, { raw: body, about: ref }),
    patchData: async (ref, offset, body, options) =>
      caller.call(patch, [encodeRef(ref)], options, { query: { offset }, raw: body, about: ref }),
    copyChunk: async (ref, chunk, options) => caller.call(copy, [encodeRef(ref)], options, { json: chunk, about: ref }),
    punchHole: async (ref, range, options) =>
      caller.call(punch, [encodeRef(ref)], options, {
        json: { offset: String(range.offset), size: String(range.size) },
        about: ref,
      }),
  };
}
