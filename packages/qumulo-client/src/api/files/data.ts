import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { FileAttributes } from './types.ts';

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
