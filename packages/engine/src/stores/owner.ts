import { constants, closeSync, fchownSync, fstatSync, openSync, type Stats, statSync } from 'node:fs';

export type Owner = Pick<Stats, 'uid' | 'gid'>;

/** Who owns a file or directory; undefined when nothing is there. */
export function ownerOf(path: string): Owner | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/**
 * Gives a file that root has just made to the owner of what it replaces, or of its directory: else a command that an administrator runs takes
 * the state away from the service that it belongs to. Who is not root owns what it makes.
 */
export function giveTo(owner: Owner | undefined, fd: number): void {
  if (owner === undefined || process.geteuid?.() !== 0) return;
  const now = fstatSync(fd);
  if (now.uid === owner.uid && now.gid === owner.gid) return;
  try {
    fchownSync(fd, owner.uid, owner.gid);
  } catch (error) {
    // A root without that capability, as in a container, or a file system that knows no owners.
    if (!(error instanceof Error && 'code' in error && GIVEN_UP.has(error.code))) throw error;
  }
}

/** The same for a directory. What has taken its place meanwhile is not followed anywhere. */
export function giveDirectoryTo(owner: Owner | undefined, path: string): void {
  if (process.geteuid?.() !== 0) return;
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    giveTo(owner, fd);
  } finally {
    closeSync(fd);
  }
}

const GIVEN_UP: ReadonlySet<unknown> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EINVAL']);
