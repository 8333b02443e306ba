/**
 * Every choice the emulator makes where api/FACTS.md says UNKNOWN, in one place.
 *
 * A person with a real cluster corrects the emulator here. Each constant names its alternatives in its type or comment.
 * `startEmulator` and `FileSystem` take `Partial<Unknowns>` so that a test can try another answer.
 */

/** HTTP status and error class of a refusal. */
export type ErrorChoice = { readonly status: number; readonly errorClass: string };

export type Unknowns = {
  // ---- limits and names (FACTS 3)
  /** What the 255 of a name counts. */
  readonly nameLengthUnit: 'code-points' | 'utf8-bytes' | 'utf16-units';
  /** Largest file offset; clusters allow more, numbers here stay exact up to this. */
  readonly maxFileSize: number;
  /** DELETE by id of a file with several names: remove the canonical name, all names, or refuse. */
  readonly deleteByIdOfHardLinked: 'canonical-name' | 'refuse';
  /** First id given to a new file; root is always 2. Ids are never used twice. */
  readonly firstFileId: number;
  /** Entries per page when `limit` is absent, and the most that is given. */
  readonly listDefaultLimit: number;
  readonly listMaxLimit: number;
  /** Path of an id that `resolve` cannot resolve. */
  readonly unresolvedPath: '' | null;

  // ---- attributes (FACTS 4)
  /** Modes of objects made over REST when nothing is inherited. */
  readonly newFileMode: number;
  readonly newDirectoryMode: number;
  readonly newSymlinkMode: number;
  readonly rootMode: number;
  /** metablocks of an object by kind. */
  readonly fileMetablocks: number;
  readonly directoryMetablocks: number;
  /** Does a new plain file carry `archive: true` (two samples do)? */
  readonly newFileArchive: boolean;
  /** Which changes move the ETag. Data, mode, owner, ACL, streams and user metadata always do. */
  readonly atimeMovesEtag: boolean;
  readonly lockMovesEtag: boolean;
  /** Rename and link count changes. */
  readonly renameMovesEtag: boolean;
  /** `lock` in GET attributes without `retrieve-file-lock`. */
  readonly lockKeyWhenNotAsked: 'absent' | 'null';
  /** `retrieve-file-lock` without READ_ACL. */
  readonly lockReadWithoutReadAcl: 'error' | 'absent';
  /** Bytes that one copy-chunk call copies at most. */
  readonly copyChunkLimit: number;
  readonly tagMismatchError: ErrorChoice;

  // ---- retention lock (FACTS 5)
  readonly lockedFileError: ErrorChoice;
  readonly retentionShortenError: ErrorChoice;
  readonly retentionInPastError: ErrorChoice;
  readonly lockNotRegularFileError: ErrorChoice;
  /** Is a retention period before the cluster's clock refused? */
  readonly retentionInPast: 'refuse' | 'accept';
  /** `retention_period: null` with a valid retention (without one it is a no-op). */
  readonly retentionNull: 'refuse' | 'ignore';
  /** Latest retention date accepted (seconds since 1970), null = none. */
  readonly retentionMaxSeconds: number | null;
  /** What `lock.retention_period` shows once the date is past. */
  readonly expiredRetentionShown: 'kept' | 'null';
  /** May a date earlier than the expired one be set? */
  readonly expiredRetentionMayMoveEarlier: boolean;
  /** Does a lock change move change_time? */
  readonly lockMovesChangeTime: boolean;
  readonly lockedUserMetadata: 'refuse' | 'allow';
  readonly lockedStreams: 'refuse' | 'allow';
  readonly lockedNewHardLink: 'refuse' | 'allow';
  /** Unlinking one of several names of a locked file. */
  readonly lockedUnlinkOneOfSeveral: 'refuse' | 'allow';
  readonly lockedParentRename: 'allow' | 'refuse';
  readonly lockedAtimeUpdate: 'allow' | 'refuse';
  /**
   * Where a tree delete that met a locked file leaves what is not deleted: back under its name (a retention lock forbids
   * that the file is renamed, so it stays where it was), or out of the namespace.
   */
  readonly treeDeleteStopped: 'hidden' | 'restored';

  // ---- notify (FACTS 6)
  /** Privilege behind the docs' `DATA_ADMINISTRATOR`. */
  readonly recursiveWatchPrivilege: string;
  /** First id of a spine. */
  readonly spineStart: 'watched-directory' | 'root';
  readonly spineWhenNotRecursive: boolean;
  /** Does the path of a directory end in '/'? */
  readonly eventPathTrailingSlash: boolean;
  /** Is `self_removed` delivered when the filter leaves it out? */
  readonly selfRemovedIgnoresFilter: boolean;
  /** Events a watcher may be behind before it overflows, and how the end looks. */
  readonly watcherQueueLimit: number;
  readonly watcherOverflow: 'close' | 'error-then-close';
  readonly watcherOverflowError: ErrorChoice;
  readonly recursiveDisabledError: ErrorChoice;
  /** Most events in one `data:` line. */
  readonly watcherBatchLimit: number;
  /** Order of the events of one write. */
  readonly writeEventOrder: readonly ('child_data_written' | 'child_size_changed' | 'child_mtime_changed')[];
  /** Does truncation also send `child_data_written`? */
  readonly truncateSendsDataWritten: boolean;
  /** Rename across the border of a watched tree: the half inside, or removed/added. */
  readonly renameAcrossBorder: 'half' | 'removed-added';
  /** Is the replaced target of a rename reported as removed first? */
  readonly renameOverSendsRemoved: boolean;
  /** Does the parent directory's own mtime change reach watchers above it? */
  readonly parentMtimeEvents: boolean;
  /** Are the objects inside a deleted tree reported one by one? (Its root always is.) */
  readonly treeDeleteSendsRemovals: boolean;
  /** Event of a lock change and of a user-metadata change; null = none. */
  readonly lockEvent: 'child_acl_changed' | 'child_extra_attrs_changed' | null;
  readonly userMetadataEvent: 'child_acl_changed' | 'child_extra_attrs_changed' | null;
  /** What a recursive-mode change does to open recursive watches. */
  readonly modeChangeOnOpenWatch: 'keeps-mode-of-start' | 'applies-at-once';
  /** A watch on something that is no directory. */
  readonly watchOnFile: 'refuse' | 'allow';
  /** Seconds between `: keepalive` comments. */
  readonly keepaliveSeconds: number;
  readonly closeAfterSelfRemoved: boolean;

  // ---- snapshots (FACTS 7)
  /** Same path, other object, in a tree diff. */
  readonly diffReplaced: 'delete-create' | 'modify';
  /** Does a lock change alone count as MODIFY? */
  readonly diffLockChange: boolean;
  readonly diffDefaultLimit: number;
  readonly diffMaxLimit: number;

  // ---- sums and quotas
  /** Does a directory count itself in its `total_directories`? qwalk and grumpwalk rely on: no (FACTS 13). */
  readonly aggregatesCountSelf: boolean;
  /** Size of the cluster that GET /v1/file-system reports. */
  readonly totalSizeBytes: number;
  readonly quotaExceededError: ErrorChoice;

  // ---- sessions, roles and HTTP (FACTS 1, 2, 6.3, 8)
  /** Body of a 401 for an expired or disabled bearer: none, as for an unknown one, or an envelope. */
  readonly expiredBearerAnswer: 'empty' | 'envelope';
  /** Does the built-in role Data-Administrators hold PRIVILEGE_FS_FILE_LOCK_WRITE? */
  readonly dataAdministratorsMayLock: boolean;
  /** Roles reach a session at its next login [D]; when do they reach an access token, which has none? */
  readonly roleChangesReachTokens: 'at-once' | 'never';
  /** What the next notify request on the same directory by the same user meets after a watcher overflowed. */
  readonly requestAfterOverflow: 'nothing-special' | 'one-error';
  /** Does the expiry of a bearer end the streams it opened? */
  readonly expiredBearerEndsStreams: boolean;
  /** Does an empty locks page say `next: null`, or point at itself (FACTS 3: both are seen)? */
  readonly locksLastPageNext: 'null' | 'string';

  // ---- tenants, shares and exports (FACTS 12)
  /** Does a fresh cluster have a share `Files` of the whole tree? */
  readonly freshShare: 'Files' | 'none';
  /** `name` of a share's trustees in a list that was asked without `populate-trustee-names`. */
  readonly shareListNamesWhenNotAsked: 'null' | 'filled';
  /** Does a file that an SMB client has open stay writable when its share becomes read-only or is closed? */
  readonly openSmbHandles: 'keep-access' | 'follow-share';
  /** Does turning SMB off (tenant, dialects) end the sessions, or are they there again when it comes back on? */
  readonly smbOff: 'keeps-sessions' | 'ends-sessions';
};

export const defaultUnknowns: Unknowns = {
  nameLengthUnit: 'code-points',
  maxFileSize: Number.MAX_SAFE_INTEGER,
  deleteByIdOfHardLinked: 'canonical-name',
  firstFileId: 1_000_003,
  listDefaultLimit: 1_000,
  listMaxLimit: 10_000,
  unresolvedPath: '',

  newFileMode: 0o644,
  newDirectoryMode: 0o755,
  newSymlinkMode: 0o777,
  rootMode: 0o755,
  fileMetablocks: 1,
  directoryMetablocks: 1,
  newFileArchive: true,
  atimeMovesEtag: false,
  lockMovesEtag: false,
  renameMovesEtag: true,
  lockKeyWhenNotAsked: 'absent',
  lockReadWithoutReadAcl: 'error',
  copyChunkLimit: 128 * 1024 * 1024,
  tagMismatchError: { status: 412, errorClass: 'fs_tag_mismatch_error' },

  lockedFileError: { status: 403, errorClass: 'fs_access_denied_error' },
  retentionShortenError: { status: 403, errorClass: 'fs_access_denied_error' },
  retentionInPastError: { status: 400, errorClass: 'fs_invalid_argument_error' },
  lockNotRegularFileError: { status: 400, errorClass: 'fs_invalid_file_type_error' },
  retentionInPast: 'refuse',
  retentionNull: 'refuse',
  retentionMaxSeconds: null,
  expiredRetentionShown: 'kept',
  expiredRetentionMayMoveEarlier: true,
  lockMovesChangeTime: true,
  lockedUserMetadata: 'refuse',
  lockedStreams: 'refuse',
  lockedNewHardLink: 'refuse',
  lockedUnlinkOneOfSeveral: 'refuse',
  lockedParentRename: 'allow',
  lockedAtimeUpdate: 'allow',
  treeDeleteStopped: 'restored',

  recursiveWatchPrivilege: 'PRIVILEGE_FILE_FULL_ACCESS',
  spineStart: 'watched-directory',
  spineWhenNotRecursive: true,
  eventPathTrailingSlash: false,
  selfRemovedIgnoresFilter: true,
  watcherQueueLimit: 100_000,
  watcherOverflow: 'error-then-close',
  watcherOverflowError: { status: 503, errorClass: 'fs_watcher_missed_events_error' },
  recursiveDisabledError: { status: 403, errorClass: 'fs_recursive_notify_disabled_error' },
  watcherBatchLimit: 1_000,
  writeEventOrder: ['child_data_written', 'child_size_changed', 'child_mtime_changed'],
  truncateSendsDataWritten: false,
  renameAcrossBorder: 'half',
  renameOverSendsRemoved: true,
  parentMtimeEvents: false,
  treeDeleteSendsRemovals: false,
  lockEvent: null,
  userMetadataEvent: null,
  modeChangeOnOpenWatch: 'keeps-mode-of-start',
  watchOnFile: 'refuse',
  keepaliveSeconds: 15,
  closeAfterSelfRemoved: true,

  diffReplaced: 'delete-create',
  diffLockChange: false,
  diffDefaultLimit: 1_000,
  diffMaxLimit: 10_000,

  aggregatesCountSelf: false,
  totalSizeBytes: 100 * 2 ** 40,
  quotaExceededError: { status: 403, errorClass: 'fs_quota_exceeded_error' },

  expiredBearerAnswer: 'empty',
  dataAdministratorsMayLock: false,
  roleChangesReachTokens: 'at-once',
  requestAfterOverflow: 'nothing-special',
  expiredBearerEndsStreams: false,
  locksLastPageNext: 'string',

  freshShare: 'Files',
  shareListNamesWhenNotAsked: 'null',
  openSmbHandles: 'keep-access',
  smbOff: 'keeps-sessions',
};

/**
 * Refusals whose situation is known and whose status or class is not (FACTS 2.2, 6, 7): correct them here. Unlike the answers
 * above no choice of the emulator depends on them, so they are not options.
 */
export const unknownErrors = {
  /** Class listed, status UNKNOWN: 400, 404, 409, 422. */
  notADirectory: { status: 400, errorClass: 'fs_not_a_directory_error' },
  notAFile: { status: 400, errorClass: 'fs_not_a_file_error' },
  /** Class seen, status UNKNOWN: 400, 409. */
  directoryCycle: { status: 400, errorClass: 'fs_directory_cycle_error' },
  /** Class listed, status UNKNOWN: 409, 400. */
  directoryNotEmpty: { status: 409, errorClass: 'fs_directory_not_empty_error' },
  /** Classes listed, status UNKNOWN: 403, 401. */
  accessDenied: { status: 403, errorClass: 'fs_access_denied_error' },
  notOwner: { status: 403, errorClass: 'fs_access_perm_not_owner_error' },
  /** A recursive watch, a lock change without the privilege: 403; the class of other privileges, or `fs_access_denied_error`. */
  recursiveWatchForbidden: { status: 403, errorClass: 'http_unauthorized_error' },
  lockForbidden: { status: 403, errorClass: 'http_unauthorized_error' },
  /** A name that is none of the 24 types: 400; the class of a mistyped field, or `http_bad_request_error`. */
  badNotifyFilter: { status: 400, errorClass: 'decode_error' },
  /** A query value of the wrong form: 400 seen, class UNKNOWN (`decode_error`?). */
  badQuery: { status: 400, errorClass: 'http_bad_request_error' },
  /** 405 seen, class UNKNOWN. */
  verbNotOffered: { status: 405, errorClass: 'http_method_not_allowed_error' },
  /** `If-Match` of what is no file (roles, exports, policies): 412 documented, class UNKNOWN (`fs_tag_mismatch_error`?). */
  staleVersion: { status: 412, errorClass: 'http_precondition_failed_error' },
  /** Diff of snapshots of different trees, or newer < older. */
  snapshotsNotComparable: { status: 400, errorClass: 'snapshot_diff_invalid_snapshots_error' },
  /** The class exists, what it is for is not told; see `deleteByIdOfHardLinked`. */
  hardlinkAmbiguity: { status: 409, errorClass: 'fs_entry_hardlink_ambiguity_error' },
  /** A tenant that is not there, a name that another has; by the pattern of exports. */
  tenantNotFound: { status: 404, errorClass: 'api_multitenancy_tenant_not_found_error' },
  tenantNameTaken: { status: 409, errorClass: 'api_multitenancy_tenant_name_exists_error' },
  /** A network that another tenant has: 409, 400. */
  networkTaken: { status: 409, errorClass: 'api_multitenancy_network_in_use_error' },
  /** Deleting a tenant that has networks, or the last one: 409, 400. That it is refused is documented. */
  tenantInUse: { status: 409, errorClass: 'api_multitenancy_tenant_in_use_error' },
  /** A share that is not there, or whose name is taken; by the pattern of exports. */
  shareNotFound: { status: 404, errorClass: 'smb_share_doesnt_exist_error' },
  shareNameTaken: { status: 409, errorClass: 'smb_share_already_exists_error' },
  /** A share name that Windows does not allow, or is too long; a path that is not absolute. */
  badShareName: { status: 400, errorClass: 'smb_share_invalid_name_error' },
  badSharePath: { status: 400, errorClass: 'smb_share_invalid_path_error' },
  auditDestinationNotFound: { status: 404, errorClass: 'audit_destination_not_found_error' },
  /** `change-password` with a wrong old password: 403, 401, 400. */
  wrongOldPassword: { status: 403, errorClass: 'auth_incorrect_password_error' },
} satisfies Record<string, ErrorChoice>;

/** The defaults with some answers replaced. */
export const withUnknowns = (overrides: Partial<Unknowns> = {}): Unknowns => ({ ...defaultUnknowns, ...overrides });
