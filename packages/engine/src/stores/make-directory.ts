import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it; one that is there already is fine. Not `mkdirSync(…, { recursive: true })`: that spins
 * for ever where the system says ENOENT although the directory above exists, as below `/proc` (seen with Node 24).
 * @throws the system's error (EACCES, EROFS, ENOSPC, ENOTDIR, EEXIST when it is a file, …).
 */
export function makeDirectory(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (isDirectory(path)) return;
    const above = dirname(path);
    if (!isCode(error, 'ENOENT') || isDirectory(above)) throw error;
    makeDirectory(above, mode);
    makeDirectory(path, mode);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
