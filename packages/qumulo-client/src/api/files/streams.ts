import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { ReadOptions } from './data.ts';

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
}
