import type { Answer, CallOptions, FileRef } from '../../options.ts';

/** A user or group; on input any one key is enough. */
export interface Identity {
  domain?: string | null;
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
