import type { DatabaseSync } from 'node:sqlite';
import type { QueueStore } from '../../../queue/port.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, text, textOrNull } from '../row.ts';
import { DEFAULT_LOG_BOUNDS, type LogBounds, SqliteChangeLog } from './change-log.ts';
import { SqliteCoverageLog } from './coverage-log.ts';
import { SqliteExpectations } from './expectations.ts';
import { SqliteJobQueue } from './job-queue.ts';
import { SqliteTraces } from './traces.ts';

/** The queue in the tables of an open state file: log, jobs, traces and reader share its transactions. */
export function sqliteQueue(
  db: DatabaseSync,
  group: GroupCommit,
  options: { readonly now: () => number; readonly bounds?: Partial<LogBounds> | undefined },
): Omit<QueueStore, 'close'> {
  const log = new SqliteChangeLog(db, group, { ...DEFAULT_LOG_BOUNDS, ...options.bounds });
  const traces = new SqliteTraces(db, group);
  const jobs = new SqliteJobQueue(db, group, traces);
  const expectations = new SqliteExpectations(db, group);
  const reader = db.prepare('SELECT position, state FROM reader WHERE id = ?');
  const move = db.prepare('INSERT OR REPLACE INTO reader (id, position, state) VALUES (?, ?, ?)');
  const keep = db.prepare('INSERT OR IGNORE INTO rule_set (hash, text, since) VALUES (?, ?, ?)');
  const ruleSet = db.prepare('SELECT text FROM rule_set WHERE hash = ?');
  return {
    log,
    jobs,
    traces,
    expectations,
    coverage: (watch) => SqliteCoverageLog.open(db, group, watch, options.now()),
    reader(partition) {
      const row = reader.get(partition);
      if (row === undefined) return Promise.resolve({ position: '', state: null });
      return Promise.resolve({ position: String(num(row['position'])), state: textOrNull(row['state'] ?? null) });
    },
    commit: (partition, commit) =>
      group.run(() => {
        for (const { arming, trace } of commit.arm) traces.match({ ...trace, verdict: jobs.arm(arming) });
        for (const trace of commit.traces) traces.match(trace);
        expectations.met(commit.met);
        const position = Number(commit.position === '' ? 0 : commit.position);
        move.run(partition, position, commit.state);
        log.committed(position, options.now());
      }, 'now'),
    keepRuleSet: (hash, content, now) =>
      group.run(() => {
        keep.run(hash, content, now);
      }, 'now'),
    ruleSet(hash) {
      const row = ruleSet.get(hash);
      return Promise.resolve(row === undefined ? undefined : text(row['text']));
    },
  };
}
