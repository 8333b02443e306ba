import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { AttributesPatch, FileAttributes } from './types.ts';

export interface AttributesApi {
  /** `retrieveFileLock` adds `lock` and needs READ_ACL on the file (FACTS 5). */
  getAttributes(
    ref: FileRef,
    options?: CallOptions & { retrieveFileLock?: boolean | undefined; snapshot?: number | undefined },
  ): Promise<Answer<FileAttributes>>;
  /** Partial: absent keys stay. */
  setAttributes(ref: FileRef, patch: AttributesPatch, options?: CallOptions): Promise<Answer<FileAttributes>>;
}
