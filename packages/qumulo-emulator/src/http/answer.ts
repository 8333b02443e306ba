import type { DataRead, Tagged } from '../fs/api.ts';
import type { NotifyStart } from './notify-stream.ts';

/** What a handler gives back; the pipeline alone writes it to the wire. `T` is the type of the JSON body. */
export type Answer<T> = JsonAnswer<T> | EmptyAnswer | BytesAnswer | StreamAnswer;

export interface JsonAnswer<T> {
  readonly kind: 'json';
  readonly value: T;
  readonly etag: string | undefined;
}

/** 2xx with `Content-Length: 0`, as the cluster answers where there is nothing to say (FACTS 2.1). */
export interface EmptyAnswer {
  readonly kind: 'empty';
  readonly etag: string | undefined;
}

export interface BytesAnswer {
  readonly kind: 'bytes';
  readonly read: DataRead;
}

/** The response becomes a change-notify stream. */
export interface StreamAnswer {
  readonly kind: 'stream';
  readonly start: NotifyStart;
}

/** `etag` unquoted. Without one no ETag header is sent: the SDK asserts its absence in places (FACTS 2.3). */
export const json = <T>(value: T, etag?: string): JsonAnswer<T> => ({ kind: 'json', value, etag });

/** A value of the file system with the ETag of the state it was read from. */
export const tagged = <T>(result: Tagged<T>): JsonAnswer<T> => ({
  kind: 'json',
  value: result.value,
  etag: result.etag,
});

export const empty = (etag?: string): EmptyAnswer => ({ kind: 'empty', etag });

export const bytes = (read: DataRead): BytesAnswer => ({ kind: 'bytes', read });
