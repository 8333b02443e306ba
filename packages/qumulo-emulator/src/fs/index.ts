/** The emulated file system: a pure, synchronous domain library. */
export type * from './api.ts';
export { FsError } from './errors.ts';
export { changeTypes } from './watch/types.ts';
export { FileSystem, type FileSystemOptions } from './filesystem.ts';
export { posixIdentities, posixNumbers, authIdOfGid, authIdOfUid } from './acl/posix-identities.ts';
export { creatorGroup, creatorOwner, everyone, fileGroup, fileOwner, ownerRights } from './acl/acl.ts';
export { formatTime, fromNs, parseTime, type Time } from './times.ts';
export { canonicalAuthId, parseSize } from './numbers.ts';
