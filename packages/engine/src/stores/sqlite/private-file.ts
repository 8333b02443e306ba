import { closeSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { giveTo, ownerOf } from '../owner.ts';

/**
 * Makes a file that is not there yet, for its owner alone: who made it, or, made by root, the owner of the directory. SQLite would let everybody
 * read it; the files that it puts beside (`-wal`, `-shm`) get mode and owner of this one.
 * @param text what is in it; it is whole before it is given away
 */
export function claimPrivate(path: string, text = ''): void {
  let fd: number;
  try {
    fd = openSync(path, 'ax', 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return;
  }
  try {
    if (text !== '') writeFileSync(fd, text);
    giveTo(ownerOf(dirname(path)), fd);
  } finally {
    closeSync(fd);
  }
}
