import type { DatabaseSync } from 'node:sqlite';
import type { EngineState } from '../../state.ts';
import { checkCluster } from './cluster.ts';
import { SqliteCoverageStore } from './coverage-store.ts';
import { openForWriting } from './database.ts';
import { durableGroup, type DurableGroupOptions } from './durable-group.ts';
import { toStateError } from './errors.ts';
import { SqliteEventLog } from './event-log.ts';
import { SqliteFileRecords } from './file-records.ts';
import { SqliteJobStore } from './job-store.ts';
import { num } from './row.ts';

/** What a state is opened for: one watch, one policy, one cluster. */
export interface StateScope extends DurableGroupOptions {
  readonly directoryId: string;
  readonly recursive: boolean;
  /** Absolute, as now known. */
  readonly path: string;
  /** `""` when the cluster does not say. */
  readonly clusterId: string;
  /** For the ledger: what the policy is in one line, and in full (JSON). */
  readonly why: string;
  readonly policy: string;
  readonly now: number;
  /** The file may not grow beyond so many pages; to a test that is a full disk. */
  readonly maxPages?: number | undefined;
}

/**
 * Opens the state directory for one watch. `''` opens a temporary state that is gone when closed.
 * @throws StateError
 */
export function openSqliteState(stateDir: string, scope: StateScope): EngineState {
  const { db, path } = openForWriting(stateDir);
  try {
    if (scope.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${scope.maxPages}`);
    const { watch, rule, run } = enter(db, path, scope);
    const durable = durableGroup(db, path, scope);
    return {
      run,
      jobs: new SqliteJobStore(db, watch, rule),
      files: new SqliteFileRecords(db, watch, rule),
      coverage: new SqliteCoverageStore(db, watch),
      log: new SqliteEventLog(db),
      commit: (work, urgency) => durable.group.run(work, urgency),
      close: () => durable.close(),
    };
  } catch (error) {
    db.close();
    throw toStateError(error, path);
  }
}

function enter(db: DatabaseSync, path: string, scope: StateScope): { watch: number; rule: number; run: number } {
  db.exec('BEGIN IMMEDIATE');
  checkCluster(db, path, scope.clusterId);
  db.prepare(
    'INSERT INTO watch (directory_id, recursive, path, since) VALUES (?, ?, ?, ?) ON CONFLICT (directory_id, recursive) DO UPDATE SET path = excluded.path',
  ).run(scope.directoryId, scope.recursive ? 1 : 0, scope.path, scope.now);
  const watch = db
    .prepare('SELECT id FROM watch WHERE directory_id = ? AND recursive = ?')
    .get(scope.directoryId, scope.recursive ? 1 : 0);
  const watchId = num(watch?.['id']);
  db.prepare(
    'INSERT INTO rule (watch_id, why, policy, since) VALUES (?, ?, ?, ?) ON CONFLICT (watch_id, policy) DO UPDATE SET why = excluded.why',
  ).run(watchId, scope.why, scope.policy, scope.now);
  const rule = db.prepare('SELECT id FROM rule WHERE watch_id = ? AND policy = ?').get(watchId, scope.policy);
  db.prepare('UPDATE watch SET rule_id = ? WHERE id = ?').run(num(rule?.['id']), watchId);
  // An epoch without an end is one whose process was killed: what happened after its last event is a gap.
  db.prepare(
    "UPDATE epoch SET ended = coalesce(registered, opened), end_reason = 'killed' WHERE watch_id = ? AND ended IS NULL",
  ).run(watchId);
  const run = num(db.prepare("SELECT value FROM meta WHERE key = 'run'").get()?.['value']) + 1;
  db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('run', ?)").run(run);
  db.exec('COMMIT');
  return { watch: watchId, rule: num(rule?.['id']), run };
}
