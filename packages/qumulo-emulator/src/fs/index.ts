/** The emulated file system: a pure, synchronous domain library. */
export type * from './api.ts';
export { FsError } from './errors.ts';
export { FileSystem, type FileSystemOptions } from './filesystem.ts';
export { authIdOfGid, authIdOfUid } from './acl/posix-identities.ts';
export { everyone, fileGroup, fileOwner } from './acl/acl.ts';
export { formatTime, fromNs, parseTime } from './times.ts';
