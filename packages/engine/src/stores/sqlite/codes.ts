import type { Arrival } from '../../events/arrival.ts';
import type { RecordState } from '../../ledger/port.ts';

/** Numbers in the file for words in the code. Append only: old files keep their numbers. */
export const RECORD_STATES = [
  'existing',
  'locked',
  'already-locked',
  'skipped',
  'forgotten',
] as const satisfies readonly RecordState[];
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

export function stateCode(state: RecordState): number {
  return RECORD_STATES.indexOf(state);
}

export function stateOf(code: number): RecordState {
  return RECORD_STATES[code] ?? 'forgotten';
}

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
