/** One batch of notifications, as it came. */
export interface LoggedBatch {
  readonly epoch: number;
  readonly receivedAt: number;
  readonly events: number;
  /** The JSON text. */
  readonly raw: string;
}

/**
 * Every batch that was taken in. Appended in the same commit as the jobs that it led to, so that the reader's position and its jobs
 * cannot differ; what is kept afterwards is history, bounded by `keep`.
 */
export interface EventLog {
  append(batch: LoggedBatch): void;
  /** Drops all but about the newest `keep` batches. */
  trim(keep: number): void;
}
