import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { encodeSegment } from '../transport/encode.ts';
import { listIn } from '../transport/read-body.ts';
import type { FileIdentity } from './files/types.ts';

/** What hosts may do through an export. The first one whose hosts match applies (FACTS 12). */
export interface NfsRestriction {
  /** Addresses, subnets or names; empty = every host. */
  host_restrictions: string[];
  read_only: boolean;
  require_privileged_port?: boolean;
  required_authentication_mode?:
    | 'AUTHENTICATION_MODE_NONE'
    | 'AUTHENTICATION_MODE_KRB5'
    | 'AUTHENTICATION_MODE_KRB5I'
    | 'AUTHENTICATION_MODE_KRB5P';
  user_mapping: 'NFS_MAP_NONE' | 'NFS_MAP_ROOT' | 'NFS_MAP_ALL';
  /** Null or absent when nothing is mapped. */
  map_to_user?: FileIdentity | null;
  map_to_group?: FileIdentity | null;
}

/** Version 3 of the API. */
export interface NfsExport {
  id: string;
  tenant_id: number;
  export_path: string;
  fs_path: string;
  description: string;
  restrictions: NfsRestriction[];
  fields_to_present_as_32_bit: ('FILE_IDS' | 'FILE_SIZES' | 'FS_SIZE' | 'NONE')[];
}

export interface NfsExportsApi {
  list(options?: CallOptions): Promise<Answer<NfsExport[]>>;
  get(id: string, options?: CallOptions): Promise<Answer<NfsExport>>;
  /** Partial: absent keys stay; `restrictions` is replaced as a whole. */
  modify(
    id: string,
    patch: Partial<Omit<NfsExport, 'id'>>,
    options?: CallOptions & { allowFsPathCreate?: boolean | undefined },
  ): Promise<Answer<NfsExport>>;
}

const list = endpoint('GET /v3/nfs/exports/', listIn<{ entries: NfsExport[] }>('entries'));
const get = endpoint('GET /v3/nfs/exports/{id}', listIn<NfsExport>('restrictions'));
const modify = endpoint('PATCH /v3/nfs/exports/{id}', listIn<NfsExport>('restrictions'));

export function nfsExportsApi(caller: Caller): NfsExportsApi {
  return {
    list: async (options) => {
      const answer = await caller.call(list, [], options);
      return { ...answer, data: answer.data.entries };
    },
    get: (id, options) => caller.call(get, [encodeSegment(id)], options, { about: `NFS export ${id}` }),
    modify: (id, patch, options) =>
      caller.call(modify, [encodeSegment(id)], options, {
        // As the SDK does: always sent (FACTS 12).
        query: { 'allow-fs-path-create': options?.allowFsPathCreate === true },
        json: patch,
        about: `NFS export ${id}`,
      }),
  };
}
