import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { encodeSegment } from '../transport/encode.ts';
import { listIn } from '../transport/read-body.ts';
import type { Identity } from './files/acl.ts';

/** `ALL` is stored as `READ`, `WRITE` and `CHANGE_PERMISSIONS` (FACTS 12), so it does not come back. */
export type ShareRight = 'NONE' | 'READ' | 'WRITE' | 'CHANGE_PERMISSIONS' | 'ALL';

export interface SharePermission {
  type: 'ALLOWED' | 'DENIED';
  trustee: Identity;
  rights: ShareRight[];
}

/** What hosts may do; caps the share's and the files' own permissions. */
export interface ShareNetworkPermission {
  type: 'ALLOWED' | 'DENIED';
  /** Addresses, ranges or subnets; empty = every host. */
  address_ranges: string[];
  rights: ShareRight[];
}

/** Version 3 of the API. Keys that only later releases have are optional. */
export interface SmbShare {
  id: string;
  tenant_id: number;
  share_name: string;
  fs_path: string;
  description: string;
  permissions: SharePermission[];
  network_permissions: ShareNetworkPermission[];
  access_based_enumeration_enabled: boolean;
  require_encryption: boolean;
  default_file_create_mode: string;
  default_directory_create_mode: string;
  allow_fs_path_create?: boolean;
  expand_fs_path_variables?: boolean;
  offline_files_caching_mode?: 'NO_CACHING' | 'MANUAL_CACHING' | 'AUTOMATIC_CACHING';
}

export interface SmbSharesApi {
  /** `populateTrusteeNames` looks up the names of all trustees. */
  list(options?: CallOptions & { populateTrusteeNames?: boolean | undefined }): Promise<Answer<SmbShare[]>>;
  get(id: string, options?: CallOptions): Promise<Answer<SmbShare>>;
  /** Partial: absent keys stay. */
  modify(id: string, patch: Partial<Omit<SmbShare, 'id'>>, options?: CallOptions): Promise<Answer<SmbShare>>;
}

const list = endpoint('GET /v3/smb/shares/', listIn<{ entries: SmbShare[] }>('entries'));
const get = endpoint('GET /v3/smb/shares/{id}', listIn<SmbShare>('network_permissions'));
const modify = endpoint('PATCH /v3/smb/shares/{id}', listIn<SmbShare>('network_permissions'));

export function smbSharesApi(caller: Caller): SmbSharesApi {
  return {
    list: async (options) => {
      const query = { 'populate-trustee-names': options?.populateTrusteeNames === true };
      const answer = await caller.call(list, [], options, { query });
      return { ...answer, data: answer.data.entries };
    },
    get: (id, options) => caller.call(get, [encodeSegment(id)], options, { about: `SMB share ${id}` }),
    modify: (id, patch, options) =>
      caller.call(modify, [encodeSegment(id)], options, { json: patch, about: `SMB share ${id}` }),
  };
}
