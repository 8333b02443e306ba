import { closeSync, openSync } from 'node:fs';

/**
 * Makes a file that is not there yet, for its owner alone. SQLite would let everybody read it; the files that it puts beside (`-wal`, `-shm`) get
 * the mode of this one.
 */
export function claimPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
