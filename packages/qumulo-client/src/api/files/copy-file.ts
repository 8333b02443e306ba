import type { Answer, CallOptions, FileRef } from '../../options.ts';
import { encodeRef } from '../../transport/encode.ts';
import type { CopyChunk, DataApi } from './data.ts';
import type { StreamsApi } from './streams.ts';

export interface CopySource {
  ref: FileRef;
  /** As it was in this snapshot, even when it is gone since (FACTS 3); default as it is now. */
  snapshot?: number | undefined;
  /** A named stream of it; default its data. */
  streamId?: string | undefined;
  /** `etag` of its attributes: the copy fails with 412 when the source changes meanwhile (FACTS 2.3). */
  etag?: string | undefined;
}

export interface CopyFileOptions extends CallOptions {
  /** Into this named stream of the target; default its data. */
  targetStreamId?: string | undefined;
}

export interface CopyFileApi {
  /**
   * Copies a file's data into the file `target`, which must be there, on the cluster: no byte comes here. Data only: not
   * attributes, ACL, user metadata, nor the other streams. Each step carries the ETag of the one before, so that it
   * ends with 412 when somebody else changes the target meanwhile; `ifMatch` is that of the first step.
   */
  copyFile(target: FileRef, source: CopySource, options?: CopyFileOptions): Promise<Answer<undefined>>;
}

export function copyFileApi(data: DataApi, streams: StreamsApi): CopyFileApi {
  return {
    copyFile: async (target, source, options) => {
      const { targetStreamId, ...call } = options ?? {};
      let chunk: CopyChunk | undefined = firstChunk(source);
      let ifMatch = call.ifMatch;
      for (;;) {
        const step = { ...call, ifMatch };
        const answer: Answer<CopyChunk | undefined> =
          targetStreamId === undefined
            ? await data.copyChunk(target, chunk, step)
            : await streams.copyChunk(target, targetStreamId, chunk, step);
        chunk = answer.data;
        if (chunk === undefined) return { ...answer, data: undefined };
        ifMatch = answer.etag;
      }
    },
  };
}

function firstChunk({ ref, snapshot, streamId, etag }: CopySource): CopyChunk {
  encodeRef(ref); // throws the TypeError of every call for what is neither path nor id
  return {
    ...(ref.startsWith('/') ? { source_path: ref } : { source_id: ref }),
    ...(streamId === undefined ? {} : { source_stream_id: streamId }),
    ...(snapshot === undefined ? {} : { source_snapshot: snapshot }),
    ...(etag === undefined ? {} : { source_etag: etag }),
  };
}
