import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef, encodeSegment } from '../../transport/encode.ts';
import { type Paged, pages } from '../../transport/paging.ts';
import { listIn, nothing, object } from '../../transport/read-body.ts';

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

interface WireEntry {
  type?: string | null;
  key: string;
  value: unknown;
}

interface WirePage extends Paged {
  entries: WireEntry[];
}

const readPage = listIn<WirePage>('entries');
const readValue = object<{ value: unknown }>();
const listAll = endpoint('GET /v1/files/{ref}/user-metadata/', readPage);
const listType = endpoint('GET /v1/files/{ref}/user-metadata/{type}/', readPage);
const get = endpoint('GET /v1/files/{ref}/user-metadata/{type}/{key}', (body) => decode(readValue(body).value));
const put = endpoint('PUT /v1/files/{ref}/user-metadata/{type}/{key}', nothing);
const remove = endpoint('DELETE /v1/files/{ref}/user-metadata/{type}/{key}', nothing);

/** Base64 on the wire; the documented schema says a list of numbers (FACTS 4), so that is understood as well. */
function decode(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  if (Array.isArray(value)) return Buffer.from(value);
  throw new Error('expected Base64 text in "value"');
}

export function userMetadataApi(caller: Caller): UserMetadataApi {
  const place = (ref: FileRef, type: UserMetadataType, key: string): [string, string, string] => [
    encodeRef(ref),
    type,
    encodeSegment(key),
  ];
  return {
    list: async function* (ref, options) {
      const query = { limit: options?.limit, snapshot: options?.snapshot };
      const found =
        options?.type === undefined
          ? pages(caller, listAll, [encodeRef(ref)], query, options, ref)
          : pages(caller, listType, [encodeRef(ref), options.type], query, options, ref);
      for await (const page of found) {
        for (const entry of page.data.entries) {
          yield { type: entry.type ?? undefined, key: entry.key, value: decode(entry.value) };
        }
      }
    },
    get: async (ref, type, key, options) =>
      caller.call(get, place(ref, type, key), options, { query: { snapshot: options?.snapshot }, about: ref }),
    set: async (ref, type, key, value, options) => {
      const bytes =
        typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.length);
      return caller.call(put, place(ref, type, key), options, {
        // Base64 on the wire, whatever the schema says (FACTS 4).
        jsonText: JSON.stringify({ value: bytes.toString('base64') }),
        about: ref,
      });
    },
    delete: async (ref, type, key, options) => caller.call(remove, place(ref, type, key), options, { about: ref }),
  };
}
