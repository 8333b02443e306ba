import { statSync } from 'node:fs';

/** Can users of this machine read it that are neither its owner nor of its group? Windows has no such bit. */
export function othersCanRead(path: string): boolean {
  // oxlint-disable-next-line no-bitwise -- permissions are bits
  return process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0;
}
