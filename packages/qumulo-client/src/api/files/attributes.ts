import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { Caller } from '../../transport/caller.ts';
import { encodeRef } from '../../transport/encode.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { readAttributes } from './read-attributes.ts';
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

const get = endpoint('GET /v1/files/{ref}/info/attributes', readAttributes);
const patch = endpoint('PATCH /v1/files/{ref}/info/attributes', readAttributes);

export function attributesApi(caller: Caller): AttributesApi {
  return {
    getAttributes: async (ref, options) =>
      caller.call(get, [encodeRef(ref)], options, {
        query: { 'retrieve-file-lock': options?.retrieveFileLock, snapshot: options?.snapshot },
        about: ref,
      }),
    setAttributes: async (ref, changes, options) =>
      caller.call(patch, [encodeRef(ref)], options, { json: changes, about: ref }),
  };
}
