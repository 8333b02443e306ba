import type { Answer, CallOptions } from '../options.ts';

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
