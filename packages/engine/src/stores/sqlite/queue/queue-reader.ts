import type { QueueReader } from '../../../queue/port.ts';
import { storedText } from '../../stored-text.ts';
import { readClusterId } from '../cluster-id.ts';
import { openForReading } from '../database.ts';
import { stateError } from '../errors.ts';
import { readInventory } from '../inventory/read.ts';
import { bytesOf, readHistory, readLag, readPosition } from './change-log.ts';
import { readEpochs, readWatches } from './coverage-log.ts';
import { countJobs } from './job-queue.ts';
import { listJobs, toJob } from './job-rows.ts';
import { findLocks, listLocks } from './lock-records.ts';
import { readRuleSet, readRuleSets } from './queue-store.ts';
import { Reading } from './reading.ts';
import { readAttempts, readMatches } from './traces.ts';

const runsNotKnown = () => false;

/**
 * Opens the queue of a state directory for reading, beside a process that may be writing. Which jobs run only that process knows: here they
 * are due. Rejects with StateError.
 */
export async function openSqliteQueueReader(stateDir: string): Promise<QueueReader> {
  const { db, path } = openForReading(stateDir);
  const hasTable = (table: string) =>
    db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !== undefined;
  if (!hasTable('task')) {
    db.close();
    throw stateError('no-queue', path);
  }
  const reading = new Reading(db, path);
  // The monitor that wrote it may be an older one, and still run.
  const hasLedger = hasTable('lock_record');
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
    locks: {
      async *list(query) {
        if (hasLedger) yield* listLocks(reading, query);
      },
      find: (fileId) => reading.ask(() => (hasLedger ? findLocks(db, fileId) : [])),
    },
    ruleSet: (hash) => reading.ask(() => readRuleSet(db, hash)),
    ruleSets: () => reading.ask(() => readRuleSets(db)),
    watches: () => reading.ask(() => readWatches(db)),
    async *epochs(watch) {
      yield* readEpochs(reading, watch);
    },
    knownBelow: (watch) => reading.ask(() => (hasLedger ? readInventory(db, path, watch) : null)),
    clusterId: () => reading.ask(() => readClusterId(db)),
    close() {
      if (db.isOpen) db.close();
      return Promise.resolve();
    },
  };
}
