import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { Caller } from '../../transport/caller.ts';
import { encodeRef } from '../../transport/encode.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { readAttributes } from './read-attributes.ts';
import type { FileAttributes } from './types.ts';

export interface FileLockPatch {
  /** RFC 3339, `"2031-12-31T00:00:00Z"`; can only move later. Absent = left alone. */
  retention_period?: string;
  /** Absent = left alone. */
  legal_hold?: boolean;
}

export interface FileLockApi {
  /**
   * Sets the retention lock of a regular file (FACTS 5). The answer has the file's attributes with `lock`. A try that
   * was cut off is sent again; with `ifMatch` that second one may be refused (412) because the first one worked.
   */
  patchFileLock(ref: FileRef, patch: FileLockPatch, options?: CallOptions): Promise<Answer<FileAttributes>>;
}

const patchLock = endpoint('PATCH /v1/files/{ref}/file-lock', readAttributes);

export function fileLockApi(caller: Caller): FileLockApi {
  return {
    patchFileLock: async (ref, patch, options) =>
      caller.call(patchLock, [encodeRef(ref)], options, { json: patch, about: ref }),
  };
}
