import type { QueueReader } from '../../../queue/port.ts';
import { storedText } from '../../stored-text.ts';
import { openForReading } from '../database.ts';
import { bytesOf, readHistory, readLag, readPosition } from './change-log.ts';
import { countJobs } from './job-queue.ts';
import { listJobs, toJob } from './job-rows.ts';
import { readRuleSet } from './queue-store.ts';
import { Reading } from './reading.ts';
import { readAttempts, readMatches } from './traces.ts';

const runsNotKnown = () => false;

/**
 * Opens the queue of a state directory for reading, beside a process that may be writing. Which jobs run only that process knows: here they
 * are due. Rejects with StateError.
 */
export async function openSqliteQueueReader(stateDir: string): Promise<QueueReader> {
  const { db, path } = openForReading(stateDir);
  const reading = new Reading(db, path);
  return {
    log: {
      partitions: 1,
      async *history(query) {
        yield* readHistory(reading, query);
      },
      lag: () => reading.ask(() => readLag(db, readPosition(db), bytesOf(db))),
    },
    jobs: {
      counts: (now) => reading.ask(() => countJobs(db, now, 0)),
      async *list(filter) {
        yield* listJobs(reading, filter, runsNotKnown);
      },
      find: (key) =>
        reading.ask(() => {
          const row = db.prepare('SELECT * FROM task WHERE key = ?').get(storedText(key));
          return row === undefined ? undefined : toJob(row, false);
        }),
    },
    traces: {
      async *matches(query) {
        yield* readMatches(reading, query);
      },
      attempts: (match) => reading.ask(() => readAttempts(db, match)),
    },
    ruleSet: (hash) => reading.ask(() => readRuleSet(db, hash)),
    close() {
      if (db.isOpen) db.close();
      return Promise.resolve();
    },
  };
}
