import type { Answer, CallOptions } from '../options.ts';
import type { Identity, IdentityDomain } from './files/acl.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { object } from '../transport/read-body.ts';

/** All that the cluster knows of one identity: no key left out, unknown ones null (FACTS 8). */
export interface FullIdentity {
  domain: IdentityDomain | null;
  auth_id: string | null;
  uid: number | null;
  gid: number | null;
  sid: string | null;
  name: string | null;
}

export interface ExpandedIdentity {
  id: FullIdentity;
  type: 'USER' | 'GROUP' | 'UNKNOWN';
  nfs_id: FullIdentity | null;
  smb_id: FullIdentity | null;
  equivalent_ids: FullIdentity[];
  group_ids: FullIdentity[];
}

export interface IdentityApi {
  /** All forms of a user or group of whom one is known. */
  find(identity: Identity, options?: CallOptions): Promise<Answer<FullIdentity>>;
  /** Its groups and equivalents. */
  expand(identity: Identity, options?: CallOptions): Promise<Answer<ExpandedIdentity>>;
}

const find = endpoint('POST /v1/identity/find', object<FullIdentity>());
const expand = endpoint('POST /v1/identity/expand', object<ExpandedIdentity>());

export function identityApi(caller: Caller): IdentityApi {
  return {
    find: (identity, options) => caller.call(find, [], options, { json: identity }),
    expand: (identity, options) => caller.call(expand, [], options, { json: { id: identity } }),
  };
}
