import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { listIn, object } from '../transport/read-body.ts';

/** A tenant: which services its networks reach. There is no flag for S3 or FTP, which are the whole cluster's (FACTS 12). */
export interface Tenant {
  id: number;
  name: string;
  networks: number[];
  nfs_enabled: boolean;
  replication_enabled: boolean;
  /** Never clear it on the tenant that the client talks through. */
  rest_api_enabled: boolean;
  smb_enabled: boolean;
  ssh_enabled: boolean;
  web_ui_enabled: boolean;
  /** Absent in earlier releases. */
  identity_config_id?: number;
}

export interface TenantsApi {
  /** Comes without ETag (FACTS 2.3): `get` one to change it conditionally. */
  list(options?: CallOptions): Promise<Answer<Tenant[]>>;
  get(id: number, options?: CallOptions): Promise<Answer<Tenant>>;
  /** Partial: absent keys stay. */
  modify(id: number, patch: Partial<Omit<Tenant, 'id'>>, options?: CallOptions): Promise<Answer<Tenant>>;
}

const list = endpoint('GET /v1/multitenancy/tenants/', listIn<{ entries: Tenant[] }>('entries'));
const get = endpoint('GET /v1/multitenancy/tenants/{id}', object<Tenant>('name'));
const modify = endpoint('PATCH /v1/multitenancy/tenants/{id}', object<Tenant>('name'));

export function tenantsApi(caller: Caller): TenantsApi {
  return {
    list: async (options) => {
      const answer = await caller.call(list, [], options);
      return { ...answer, data: answer.data.entries };
    },
    get: (id, options) => caller.call(get, [String(id)], options, { about: `tenant ${id}` }),
    modify: (id, patch, options) => caller.call(modify, [String(id)], options, { json: patch, about: `tenant ${id}` }),
  };
}
