import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { type Paged, pages } from '../transport/paging.ts';
import { listIn, nothing, object } from '../transport/read-body.ts';

/** Version 3 of the API. */
export interface Snapshot {
  id: number;
  /** Name under `.snapshot`, `"<id>_<suffix>"`. */
  name: string;
  /** RFC 3339. */
  timestamp: string;
  /** Id of the directory it covers. */
  source_file_id: string;
  policy_id?: number | null;
  /** RFC 3339; null or `""` = never. */
  expiration?: string | null;
  in_delete?: boolean;
}

/** Version 2 of the API. */
export interface SnapshotV2 {
  id: number;
  name: string;
  timestamp: string;
  directory_name: string;
  source_file_id: string;
  created_by_policy?: boolean;
  expiration?: string | null;
  in_delete?: boolean;
}

/**
 * One difference between two snapshots. Paths are absolute, directories end in `/`; a directory that came or went is
 * one entry, what is in it is not listed (FACTS 7).
 */
export interface SnapshotChange {
  op: 'CREATE' | 'MODIFY' | 'DELETE';
  path: string;
}

export type SnapshotFilter = 'all' | 'exclude_in_delete' | 'only_in_delete';

export interface SnapshotsV2Api {
  create(
    snapshot: { name: string; sourceFileId?: string | undefined; expiration?: string | undefined },
    options?: CallOptions,
  ): Promise<Answer<SnapshotV2>>;
  list(options?: CallOptions): Promise<Answer<SnapshotV2[]>>;
  get(id: number, options?: CallOptions): Promise<Answer<SnapshotV2>>;
  delete(id: number, options?: CallOptions): Promise<Answer<undefined>>;
}

export interface SnapshotsApi {
  /** `expiration` is RFC 3339; never when left out. Without `sourceFileId` the whole file system. */
  create(
    snapshot: {
      nameSuffix?: string | undefined;
      sourceFileId?: string | undefined;
      expiration?: string | undefined;
    },
    options?: CallOptions,
  ): Promise<Answer<Snapshot>>;
  list(options?: CallOptions & { filter?: SnapshotFilter | undefined }): Promise<Answer<Snapshot[]>>;
  get(id: number, options?: CallOptions): Promise<Answer<Snapshot>>;
  delete(id: number, options?: CallOptions): Promise<Answer<undefined>>;
  /** What differs in `newer` from `older`; both must cover the same tree (FACTS 7). */
  changesSince(
    newer: number,
    older: number,
    options?: CallOptions & { limit?: number | undefined },
  ): AsyncIterable<SnapshotChange>;
  readonly v2: SnapshotsV2Api;
}

interface ChangesPage extends Paged {
  entries: SnapshotChange[];
}

const create = endpoint('POST /v3/snapshots/', object<Snapshot>());
const list = endpoint('GET /v3/snapshots/', listIn<{ entries: Snapshot[] }>('entries'));
const get = endpoint('GET /v3/snapshots/{id}', object<Snapshot>());
const remove = endpoint('DELETE /v3/snapshots/{id}', nothing);
const createV2 = endpoint('POST /v2/snapshots/', object<SnapshotV2>());
const listV2 = endpoint('GET /v2/snapshots/', listIn<{ entries: SnapshotV2[] }>('entries'));
const getV2 = endpoint('GET /v2/snapshots/{id}', object<SnapshotV2>());
const removeV2 = endpoint('DELETE /v2/snapshots/{id}', nothing);
const changes = endpoint('GET /v2/snapshots/{newer_id}/changes-since/{older_id}', listIn<ChangesPage>('entries'));

function snapshotsV2Api(caller: Caller): SnapshotsV2Api {
  return {
    create: (snapshot, options) =>
      caller.call(createV2, [], options, {
        json: {
          name: snapshot.name,
          expiration: snapshot.expiration ?? '',
          ...(snapshot.sourceFileId === undefined ? {} : { source_file_id: snapshot.sourceFileId }),
        },
      }),
    list: async (options) => {
      const answer = await caller.call(listV2, [], options);
      return { ...answer, data: answer.data.entries };
    },
    get: (id, options) => caller.call(getV2, [String(id)], options),
    delete: (id, options) => caller.call(removeV2, [String(id)], options),
  };
}

export function snapshotsApi(caller: Caller): SnapshotsApi {
  return {
    create: (snapshot, options) =>
      caller.call(create, [], options, {
        json: {
          ...(snapshot.nameSuffix === undefined ? {} : { name_suffix: snapshot.nameSuffix }),
          // As the SDK does: always sent, empty = never (FACTS 7).
          expiration: snapshot.expiration ?? '',
          ...(snapshot.sourceFileId === undefined ? {} : { source_file_id: snapshot.sourceFileId }),
        },
      }),
    list: async (options) => {
      // The documents call the filter required (FACTS 7).
      const answer = await caller.call(list, [], options, { query: { filter: options?.filter ?? 'all' } });
      return { ...answer, data: answer.data.entries };
    },
    get: (id, options) => caller.call(get, [String(id)], options),
    delete: (id, options) => caller.call(remove, [String(id)], options),
    changesSince: async function* (newer, older, options) {
      const query = { limit: options?.limit };
      for await (const page of pages(caller, changes, [String(newer), String(older)], query, options)) {
        yield* page.data.entries;
      }
    },
    v2: snapshotsV2Api(caller),
  };
}
