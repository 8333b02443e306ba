import type { Answer, CallOptions, FileRef } from '../../options.ts';

/** `generic` shows as S3 object tags, `s3` as `x-amz-meta-*` headers, `well_known` is a fixed set (FACTS 4). */
export type UserMetadataType = 'generic' | 's3' | 'well_known';

export interface UserMetadata {
  /** As the cluster names it; upper-case on some releases. Absent in lists of one type. */
  type: string | undefined;
  key: string;
  value: Buffer;
}

export interface UserMetadataApi {
  /** All pairs of a file, of one type when given. */
  list(
    ref: FileRef,
    options?: CallOptions & {
      type?: UserMetadataType | undefined;
      limit?: number | undefined;
      snapshot?: number | undefined;
    },
  ): AsyncIterable<UserMetadata>;
  get(
    ref: FileRef,
    type: UserMetadataType,
    key: string,
    options?: CallOptions & { snapshot?: number | undefined },
  ): Promise<Answer<Buffer>>;
  /** Adds or replaces. A string is stored as UTF-8. */
  set(
    ref: FileRef,
    type: UserMetadataType,
    key: string,
    value: Uint8Array | string,
    options?: CallOptions,
  ): Promise<Answer<undefined>>;
  delete(ref: FileRef, type: UserMetadataType, key: string, options?: CallOptions): Promise<Answer<undefined>>;
}
