import type { ApiIdentity } from '../../wire/generated.ts';
import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef } from '../../transport/encode.ts';
import { listIn } from '../../transport/read-body.ts';

/** Where an identity comes from: `LOCAL`, `ACTIVE_DIRECTORY`, `POSIX_USER`, … */
export type IdentityDomain = NonNullable<ApiIdentity['domain']>;

/** A user or group; on input any one key is enough. */
export interface Identity {
  domain?: IdentityDomain | null;
  auth_id?: string | null;
  uid?: number | null;
  gid?: number | null;
  sid?: string | null;
  name?: string | null;
}

export type AclRight =
  | 'READ'
  | 'READ_EA'
  | 'READ_ATTR'
  | 'READ_ACL'
  | 'WRITE_EA'
  | 'WRITE_ATTR'
  | 'WRITE_ACL'
  | 'CHANGE_OWNER'
  | 'WRITE_GROUP'
  | 'DELETE'
  | 'EXECUTE'
  | 'MODIFY'
  | 'EXTEND'
  | 'ADD_FILE'
  | 'ADD_SUBDIR'
  | 'DELETE_CHILD'
  | 'SYNCHRONIZE'
  | 'ACCESS_RIGHTS_ALL';

export interface Ace {
  type: 'ALLOWED' | 'DENIED';
  flags: (
    | 'OBJECT_INHERIT'
    | 'CONTAINER_INHERIT'
    | 'NO_PROPAGATE_INHERIT'
    | 'INHERIT_ONLY'
    | 'INHERITED'
    | 'ACE_FLAGS_ALL'
  )[];
  trustee: Identity;
  rights: AclRight[];
}

/** Version 2 of the API's access control list; all three keys are needed on input (FACTS 4). */
export interface Acl {
  control: ('PRESENT' | 'DEFAULTED' | 'TRUSTED' | 'AUTO_INHERIT' | 'PROTECTED' | 'ACL_CONTROLS_ALL')[];
  posix_special_permissions: ('STICKY_BIT' | 'SET_GID' | 'SET_UID')[];
  aces: Ace[];
}

export interface AclApi {
  getAcl(ref: FileRef, options?: CallOptions & { snapshot?: number | undefined }): Promise<Answer<Acl>>;
  setAcl(ref: FileRef, acl: Acl, options?: CallOptions): Promise<Answer<Acl>>;
}

const get = endpoint('GET /v2/files/{ref}/info/acl', listIn<Acl>('aces'));
const put = endpoint('PUT /v2/files/{ref}/info/acl', listIn<Acl>('aces'));

export function aclApi(caller: Caller): AclApi {
  return {
    getAcl: async (ref, options) =>
      caller.call(get, [encodeRef(ref)], options, { query: { snapshot: options?.snapshot }, about: ref }),
    setAcl: async (ref, acl, options) => caller.call(put, [encodeRef(ref)], options, { json: acl, about: ref }),
  };
}
