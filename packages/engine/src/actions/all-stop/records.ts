import { StateError } from '../../ledger/state-error.ts';
import type { StopRecord } from './record.ts';

/** Where stops are kept: the only place that knows how the cluster was before. */
export interface StopRecords {
  /** All there are, oldest first, those that are over included. */
  list(): Promise<KeptStops>;
  /** Durable when it resolves; replaces the one with the same id. Rejects with StateError. */
  save(record: StopRecord): Promise<void>;
  /** Runs a task while no other task of any process does, so that a resume and a stop cannot get in each other's way. Rejects with StateError `in-use`. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
}

export interface KeptStops {
  readonly records: readonly StopRecord[];
  /** What is there and cannot be read, with the reason: it may be a stop that stands. It is never overwritten. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

/** For loading and describing rules; whoever runs them must bring a place. */
export const noStopRecords: StopRecords = {
  list: () => Promise.resolve({ records: [], unreadable: [] }),
  save: () => Promise.reject(new StateError('missing', 'There is no state directory to keep it in.')),
  exclusively: (task) => task(),
};
