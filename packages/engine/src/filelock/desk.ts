import type { Job } from '../jobs/port.ts';
import type { FileRecord } from '../ledger/port.ts';
import type { EngineState } from '../state.ts';
import type { FilelockEvent } from './events.ts';
import type { Tally } from './tally.ts';

/** What a piece of work wants done once it is durable. */
export interface After {
  readonly armed: Job[];
  readonly events: FilelockEvent[];
}

export interface DeskOptions {
  readonly state: EngineState;
  readonly tally: Tally;
  readonly report: (event: FilelockEvent) => void;
  /** Jobs that are durable now. */
  readonly offer: (jobs: readonly Job[]) => void;
  readonly onFatal: (error: unknown) => void;
}

/**
 * The one place that changes jobs and records, so that the counters always agree with them. Nothing is reported or started before it is
 * durable. Methods other than `work` may only be called inside a `work`.
 */
export class Desk {
  readonly #o: DeskOptions;

  constructor(options: DeskOptions) {
    this.#o = options;
    const { pending, existing } = {
      pending: options.state.jobs.countPending(),
      existing: options.state.files.countExisting(),
    };
    options.tally.counters.pending = pending;
    options.tally.counters.existing = existing;
  }

  /** Resolves when the work is durable, and what it reported is told. Rejects, after `onFatal`, when it cannot be made so. */
  async work(urgency: 'now' | 'soon', change: (after: After) => void): Promise<void> {
    const after: After = { armed: [], events: [] };
    try {
      await this.#o.state.commit(() => change(after), urgency);
    } catch (error) {
      this.#o.onFatal(error);
      throw error;
    }
    for (const event of after.events) this.#o.report(event);
    this.#o.offer(after.armed);
  }

  job(fileId: string): Job | undefined {
    return this.#o.state.jobs.get(fileId);
  }

  record(fileId: string): FileRecord | undefined {
    return this.#o.state.files.get(fileId);
  }

  /** Inserts a job or moves it. `previous`: the one that is there. */
  arm(job: Job, previous: Job | undefined): void {
    if (job.dueAt !== null && (previous === undefined || previous.dueAt === null)) this.#o.tally.counters.pending += 1;
    if (job.dueAt === null && previous !== undefined && previous.dueAt !== null) this.#o.tally.counters.pending -= 1;
    this.#o.state.jobs.put(job);
  }

  touch(previous: Job, changedAt: number, dueAt: number): void {
    if (this.#o.state.jobs.touch(previous.fileId, changedAt, dueAt) && previous.dueAt === null)
      this.#o.tally.counters.pending += 1;
  }

  drop(previous: Job): void {
    if (this.#o.state.jobs.remove(previous.fileId) && previous.dueAt !== null) this.#o.tally.counters.pending -= 1;
  }

  putRecord(record: FileRecord, previous: FileRecord | undefined): void {
    if (previous?.state === 'existing') this.#o.tally.counters.existing -= 1;
    if (record.state === 'existing') this.#o.tally.counters.existing += 1;
    this.#o.state.files.put(record);
  }

  renameRecord(previous: FileRecord, path: string): void {
    if (previous.path !== path) this.#o.state.files.rename(previous.fileId, path);
  }

  dropRecord(previous: FileRecord): void {
    if (this.#o.state.files.remove(previous.fileId) && previous.state === 'existing')
      this.#o.tally.counters.existing -= 1;
  }
}
