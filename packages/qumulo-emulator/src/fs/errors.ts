/**
 * Every error the file system can answer, one named function each: class, HTTP status, text.
 *
 * Sources are the rows of FACTS 2.2 (api/FACTS.md). `[V]`, `[D]`, `[I]` are its confidence marks; where it says UNKNOWN the
 * class and status come from `unknowns.ts` so that they can be corrected in one place.
 */
import { type ErrorChoice, unknownErrors } from '../unknowns.ts';

/** An error with everything the wire envelope needs. `description` is for people and never branched on. */
export class FsError extends Error {
  override readonly name = 'FsError';
  readonly errorClass: string;
  readonly status: number;

  constructor(status: number, errorClass: string, description: string) {
    super(description);
    this.status = status;
    this.errorClass = errorClass;
  }

  get description(): string {
    return this.message;
  }
}

const make = (status: number, errorClass: string, description: string): FsError =>
  new FsError(status, errorClass, description);

const chosen = (choice: ErrorChoice, description: string): FsError =>
  new FsError(choice.status, choice.errorClass, description);

/** A path names nothing (404 [V]). `what` is the missing path or name. */
export const noSuchEntry = (what: string): FsError => make(404, 'fs_no_such_entry_error', what);

/** An id names nothing (class [V], status [I]). */
export const noSuchInode = (id: string): FsError => make(404, 'fs_no_such_inode_error', `no such inode: ${id}`);

/** A ref that is neither an absolute path nor a decimal id; FACTS 13 asks for a 4xx. */
export const badRef = (ref: string): FsError =>
  make(400, 'decode_error', `'${ref}' is neither an absolute path nor a file id`);

/** A path component is no directory, or a directory operation met something else (class [D], status [I]). */
export const notADirectory = (what: string): FsError => chosen(unknownErrors.notADirectory, `not a directory: ${what}`);

/** A file operation met something that has no data (class [D], status [I]). */
export const notAFile = (what: string): FsError => chosen(unknownErrors.notAFile, `not a file: ${what}`);

/** The operation does not suit this kind of object (class from the audit list [D], status [I]). */
export const invalidFileType = (what: string): FsError => make(400, 'fs_invalid_file_type_error', what);

/** The name is taken (409 [V]). */
export const entryExists = (name: string): FsError =>
  make(409, 'fs_entry_exists_error', `entry already exists: ${name}`);

/** Removal of a directory that has children (class [D], status [I]). */
export const directoryNotEmpty = (what: string): FsError =>
  chosen(unknownErrors.directoryNotEmpty, `directory not empty: ${what}`);

/** Rename of a directory into itself (class [V]; status UNKNOWN, 400 chosen). */
export const directoryCycle = (what: string): FsError =>
  chosen(unknownErrors.directoryCycle, `cannot move ${what} into itself`);

/** Permissions of the file refuse the caller (class [D], status [I]). */
export const accessDenied = (what: string): FsError => chosen(unknownErrors.accessDenied, `access denied: ${what}`);

/** Only the owner may do this (class [D], status [I]). */
export const notOwner = (what: string): FsError =>
  chosen(unknownErrors.notOwner, `only the owner may do this: ${what}`);

/** The caller's roles lack the privilege for recursive watches, or for retention locks (UNKNOWN). */
export const watchForbidden = (privilege: string): FsError =>
  chosen(unknownErrors.recursiveWatchForbidden, `this operation requires ${privilege}`);
export const lockForbidden = (privilege: string): FsError =>
  chosen(unknownErrors.lockForbidden, `this operation requires ${privilege}`);

/** The name is empty, '.', '..', or holds '/' or NUL (class from the audit list, status [I]). */
export const invalidName = (name: string): FsError =>
  make(400, 'fs_invalid_name_error', `invalid name: ${JSON.stringify(name)}`);

/** A name or path is over the documented limit (FACTS 3: 255 and 32,760). */
export const nameTooLong = (limit: number): FsError =>
  make(400, 'fs_name_too_long_error', `name is longer than ${limit}`);
export const pathTooLong = (limit: number): FsError =>
  make(400, 'fs_path_too_long_error', `path is longer than ${limit}`);

/** A file has as many hard links as it may have (FACTS 3: 1,024). */
export const tooManyLinks = (limit: number): FsError =>
  make(409, 'fs_too_many_links_error', `a file may have at most ${limit} hard links`);

/** An ACL has more ACEs than it may (FACTS 3: 200). */
export const tooManyAces = (limit: number): FsError =>
  make(400, 'fs_acl_too_large_error', `an ACL may have at most ${limit} entries`);

/** Delete by id of a file with several names (class known to exist, purpose UNKNOWN: FACTS 3). */
export const hardlinkAmbiguity = (id: string): FsError =>
  chosen(unknownErrors.hardlinkAmbiguity, `file ${id} has several names; delete it by path`);

/** `If-Match` does not match (412 [D], class UNKNOWN). */
export const tagMismatch = (choice: ErrorChoice): FsError =>
  chosen(choice, 'the object changed since the ETag in If-Match was issued');

/** A copy source changed since `source_etag` was read. */
export const sourceTagMismatch = (choice: ErrorChoice): FsError =>
  chosen(choice, 'the source changed since source_etag was issued');

/** A body or query value has the wrong form (class [V], status [I]). */
export const decodeError = (text: string): FsError => make(400, 'decode_error', text);
export const fieldMissing = (field: string): FsError => decodeError(`field '${field}' not found`);

/** Values that are well-formed but make no sense together. */
export const invalidArgument = (text: string): FsError => make(400, 'fs_invalid_argument_error', text);

/** A write would pass the largest file size. */
export const fileTooLarge = (): FsError => make(400, 'fs_file_too_large_error', 'file would be too large');

/** A change of a file that has a valid retention lock (UNKNOWN: `unknowns.lockedFileError`). */
export const fileLocked = (choice: ErrorChoice, what: string): FsError =>
  chosen(choice, `file is locked (retention period or legal hold): ${what}`);

/** Retention would be shortened or cleared (UNKNOWN: `unknowns.retentionShortenError`). */
export const retentionShortened = (choice: ErrorChoice, until: string): FsError =>
  chosen(choice, `retention period may only be extended; the file is retained until ${until}`);

/** Retention lies in the past (UNKNOWN: `unknowns.retentionInPastError`). */
export const retentionInPast = (choice: ErrorChoice): FsError =>
  chosen(choice, 'retention period must be in the future');

/** A retention lock was asked for something that is no regular file (UNKNOWN: `unknowns.lockNotRegularFileError`). */
export const lockNotRegularFile = (choice: ErrorChoice, what: string): FsError =>
  chosen(choice, `only regular files can be locked: ${what}`);

/** Growth beyond a quota (UNKNOWN: `unknowns.quotaExceededError`). */
export const quotaExceeded = (choice: ErrorChoice, directory: string): FsError =>
  chosen(choice, `the quota of directory ${directory} is used up`);

export const quotaExists = (id: string): FsError =>
  make(409, 'api_quotas_quota_limit_already_set_error', `directory ${id} already has a quota`);
export const quotaNotFound = (id: string): FsError =>
  make(404, 'api_quotas_quota_limit_not_found_error', `directory ${id} has no quota`);

/** (404 [V]) */
export const snapshotNotFound = (id: number): FsError =>
  make(404, 'snapshot_not_found_error', `snapshot ${id} does not exist`);
/** Diff of snapshots of different trees, or newer < older (UNKNOWN, FACTS 7). */
export const snapshotsNotComparable = (text: string): FsError => chosen(unknownErrors.snapshotsNotComparable, text);
export const snapshotLocked = (id: number): FsError =>
  make(403, 'snapshot_locked_error', `snapshot ${id} is locked; only its expiration may be extended`);
export const snapshotNotLocked = (id: number): FsError =>
  make(400, 'snapshot_not_locked_error', `snapshot ${id} is not locked`);
export const tooManySnapshots = (limit: number): FsError =>
  make(409, 'snapshot_limit_reached_error', `a cluster may have at most ${limit} snapshots`);

/** Tree-delete job that is gone or never was (404 [D]; the SDK's wait loop takes this class as "finished"). */
export const treeDeleteJobNotFound = (id: string): FsError =>
  make(404, 'http_not_found_error', `tree delete job ${id} does not exist`);

export const streamNotFound = (id: string): FsError => make(404, 'fs_no_such_entry_error', `no such stream: ${id}`);

/** A user-metadata key that is not there (404 [V], class as for entries). */
export const metadataNotFound = (key: string): FsError =>
  make(404, 'fs_no_such_entry_error', `no such user metadata: ${key}`);
export const metadataExists = (key: string): FsError =>
  make(409, 'fs_entry_exists_error', `user metadata already exists: ${key}`);
export const metadataTooLarge = (limit: number): FsError =>
  make(400, 'fs_user_metadata_too_large_error', `key and value together must stay under ${limit} bytes`);

/** Watch refusals (FACTS 2.2; class and status UNKNOWN except as marked there). */
export const recursiveNotifyDisabled = (choice: ErrorChoice): FsError =>
  chosen(choice, 'recursive change notification is disabled on this cluster');
export const badNotifyFilter = (name: string): FsError =>
  chosen(unknownErrors.badNotifyFilter, `unknown notification type: '${name}'`);
export const watcherOverflow = (choice: ErrorChoice): FsError =>
  chosen(choice, 'the watcher fell behind and missed events');
