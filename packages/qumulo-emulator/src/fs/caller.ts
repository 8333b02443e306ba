/** Who asks, for what, and when: the inputs common to every operation. */

/** Decoded `{ref}`: an absolute path (trailing slash allowed) or a decimal id. */
export type Ref = string;

/** Nanoseconds since 1970 by the cluster's clock. */
export type Clock = { nowNs(): bigint };

/** Who asks. Make one per session and reuse it. */
export type Caller = {
  /** auth_id, decimal string */
  readonly authId: string;
  /** auth_ids of all groups, the primary one first */
  readonly groupIds: readonly string[];
  /** names of RBAC privileges (`PRIVILEGE_…`); FILE_FULL_ACCESS and FILE_READ_ACCESS bypass file permissions */
  readonly privileges: ReadonlySet<string>;
};

export const fullAccess = 'PRIVILEGE_FILE_FULL_ACCESS';
export const readAccess = 'PRIVILEGE_FILE_READ_ACCESS';
export const fileLockWrite = 'PRIVILEGE_FS_FILE_LOCK_WRITE';
