/** Wire types of ACLs and the port through which the file system learns names of identities. */

export type FsIdentityType =
  | 'LOCAL_USER'
  | 'LOCAL_GROUP'
  | 'NFS_GID'
  | 'NFS_UID'
  | 'SMB_SID'
  | 'INTERNAL'
  | 'QUMULO_OPERATOR';

/** `owner_details` and `group_details`. */
export type FsIdentity = { id_type: FsIdentityType; id_value: string };

export type TrusteeDomain =
  | 'LOCAL'
  | 'API_NULL_DOMAIN'
  | 'WORLD'
  | 'POSIX_USER'
  | 'POSIX_GROUP'
  | 'ACTIVE_DIRECTORY'
  | 'API_INVALID_DOMAIN'
  | 'API_RESERVED_DOMAIN'
  | 'API_INTERNAL_DOMAIN'
  | 'API_OPERATOR_DOMAIN'
  | 'API_CREATOR_DOMAIN';

/** Identity object of the v2 ACL; on input any one of auth_id, uid, gid, sid, name suffices. On output all six are there. */
export type Trustee = {
  domain?: TrusteeDomain | null;
  auth_id?: string | null;
  uid?: number | null;
  gid?: number | null;
  sid?: string | null;
  name?: string | null;
};

/** How the file system asks about users and groups. The identity side implements it; `posixIdentities` is a stand-in. */
export type Identities = {
  /** Owner or group as `owner_details`. */
  describe(authId: string, as: 'owner' | 'group'): FsIdentity;
  /** auth_id of `owner_details`/`group_details`; undefined when unknown. */
  fromDetails(details: FsIdentity): string | undefined;
  /** All six keys; unknown ones null. */
  trustee(authId: string): Required<Trustee>;
  /** auth_id of a trustee as sent; undefined when unknown. */
  fromTrustee(trustee: Trustee): string | undefined;
};

export type AceType = 'ALLOWED' | 'DENIED';
export type AclControl = 'PRESENT' | 'DEFAULTED' | 'TRUSTED' | 'AUTO_INHERIT' | 'PROTECTED';
export type SpecialPermission = 'STICKY_BIT' | 'SET_GID' | 'SET_UID';
export type AceFlag = 'OBJECT_INHERIT' | 'CONTAINER_INHERIT' | 'NO_PROPAGATE_INHERIT' | 'INHERIT_ONLY' | 'INHERITED';
export type AceRight =
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
  | 'SYNCHRONIZE';

export type AceV2 = { type: AceType; flags: AceFlag[]; trustee: Trustee; rights: AceRight[] };
export type AclV2 = { control: AclControl[]; posix_special_permissions: SpecialPermission[]; aces: AceV2[] };

/** v1: the trustee is a bare auth_id. */
export type AceV1 = { type: AceType; flags: AceFlag[]; trustee: string; rights: AceRight[] };
export type AclV1 = { control: AclControl[]; posix_special_permissions: SpecialPermission[]; aces: AceV1[] };
