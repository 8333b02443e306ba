import type { JobStore } from './jobs/port.ts';
import type { FileRecords } from './ledger/port.ts';
import type { EventLog } from './log/port.ts';
import type { CoverageStore } from './watch/port.ts';

/**
 * Everything the engine must not forget, behind one commit. Methods that change something may only be called inside `commit`'s work.
 * All throw StateError.
 */
export interface EngineState {
  /** Number of this opening; every process that opens the state has its own. */
  readonly run: number;
  readonly jobs: JobStore;
  readonly files: FileRecords;
  readonly coverage: CoverageStore;
  readonly log: EventLog;
  /**
   * Runs `work` now, in order, and resolves when its changes are on stable storage. Works that are close in time share one commit:
   * `now` waits for the end of this turn of the event loop, `soon` a few milliseconds for company.
   */
  commit(work: () => void, urgency: 'now' | 'soon'): Promise<void>;
  /** What is not committed is dropped. */
  close(): void;
}
