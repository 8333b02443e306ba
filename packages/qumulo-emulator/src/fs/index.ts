/** The emulated file system: a pure, synchronous domain library. */
export type * from './api.ts';
export { FsError } from './errors.ts';
export { changeTypes } from './watch/types.ts';
