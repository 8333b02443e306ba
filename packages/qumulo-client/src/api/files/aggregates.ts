import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { FileType } from './types.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef } from '../../transport/encode.ts';
import { list, listIn } from '../../transport/read-body.ts';

export interface AggregateEntry {
  name: string;
  type: FileType;
  id: string;
  capacity_usage: string;
  data_usage: string;
  meta_usage: string;
  num_files: string;
  num_directories: string;
  num_symlinks: string;
  num_other_objects: string;
  named_stream_data_usage?: string;
  num_named_streams?: string;
}

/** Totals of a directory and all below it; decimal strings. */
export interface DirectoryAggregates {
  path: string;
  id: string;
  files: AggregateEntry[];
  total_capacity: string;
  total_data: string;
  total_meta: string;
  total_files: string;
  total_directories: string;
  total_symlinks: string;
  total_other_objects: string;
  total_named_stream_data?: string;
  total_named_streams?: string;
}

export interface AggregatesOptions extends CallOptions {
  maxEntries?: number | undefined;
  orderBy?: string | undefined;
  snapshot?: number | undefined;
}

export interface AggregatesApi {
  aggregates(ref: FileRef, options?: AggregatesOptions): Promise<Answer<DirectoryAggregates>>;
  recursiveAggregates(
    ref: FileRef,
    options?: AggregatesOptions & { maxDepth?: number | undefined },
  ): Promise<Answer<DirectoryAggregates[]>>;
}

const one = endpoint('GET /v1/files/{ref}/aggregates/', listIn<DirectoryAggregates>('files'));
const recursive = endpoint('GET /v1/files/{ref}/recursive-aggregates/', list<DirectoryAggregates>);

function commonQuery(options: AggregatesOptions | undefined) {
  return { 'max-entries': options?.maxEntries, 'order-by': options?.orderBy, snapshot: options?.snapshot };
}

export function aggregatesApi(caller: Caller): AggregatesApi {
  return {
    aggregates: async (ref, options) =>
      caller.call(one, [encodeRef(ref)], options, { query: commonQuery(options), about: ref }),
    recursiveAggregates: async (ref, options) =>
      caller.call(recursive, [encodeRef(ref)], options, {
        query: { ...commonQuery(options), 'max-depth': options?.maxDepth },
        about: ref,
      }),
  };
}
