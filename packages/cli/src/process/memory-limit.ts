import type { Logger } from '../log/logger.ts';

const MEGABYTE = 1024 ** 2;
/** It takes 115 MB when nothing happens, and more under load (docs/performance.md). */
const ENOUGH_BYTES = 192 * MEGABYTE;

/** Says beforehand what a container, or a service, that may use too little memory would end by without a word. */
export function warnOfLittleMemory(logger: Logger, limitBytes: number = process.constrainedMemory()): void {
  // 0: there is no limit, or the system does not tell.
  if (limitBytes === 0 || limitBytes >= ENOUGH_BYTES) return;
  const limit = Math.floor(limitBytes / MEGABYTE);
  const text = `Only ${limit} MB of memory may be used here, and it may need ${ENOUGH_BYTES / MEGABYTE} MB: the system kills it then (exit code 137). Nothing is lost by that, but give it 256 MB.`;
  logger.log({ level: 'WARNING', kind: 'memory', text, fields: { limitBytes } });
}
