import type { Arrival } from '../../events/arrival.ts';
import type { LockState } from '../../ledger/lock-record.ts';

/** Numbers in the file for words in the code. Append only: old files keep their numbers. */
/** `existing` stood in tables of earlier files. */
export const RECORD_STATES = [
  'existing',
  'locked',
  'already-locked',
  'skipped',
  'forgotten',
  'failed',
] as const satisfies readonly (LockState | 'existing')[];
export const ARRIVALS = [
  'created',
  'moved-in',
  'renamed',
  'linked',
  'in-new-directory',
  'catch-up',
  'existing',
  'retry',
  'changed',
] as const satisfies readonly Arrival[];

export function arrivalCode(how: Arrival): number {
  return ARRIVALS.indexOf(how);
}

export function arrivalOf(code: number): Arrival {
  return ARRIVALS[code] ?? 'created';
}

/** File ids are decimal strings of up to 64 bits. Those that fit are stored as numbers: smaller, and faster to find. */
export function fileKey(fileId: string): number | string {
  return fileId.length <= 15 ? Number(fileId) : fileId;
}
