import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { FileAttributes } from './types.ts';

export interface FileLockPatch {
  /** RFC 3339, `"2031-12-31T00:00:00Z"`; can only move later. Absent = left alone. */
  retention_period?: string;
  /** Absent = left alone. */
  legal_hold?: boolean;
}

export interface FileLockApi {
  /** Sets the retention lock of a regular file (FACTS 5). The answer has the file's attributes with `lock`. */
  patchFileLock(ref: FileRef, patch: FileLockPatch, options?: CallOptions): Promise<Answer<FileAttributes>>;
}
