import type { DatabaseSync } from 'node:sqlite';
import { DEFAULT_LOG_BOUNDS, type KeptRuleSet, type LogBounds, type QueueStore } from '../../../queue/port.ts';
import { storedText } from '../../stored-text.ts';
import type { GroupCommit } from '../group-commit.ts';
import { claimFor, readClusterId } from '../cluster-id.ts';
import { readInventory } from '../inventory/read.ts';
import { SqliteInventory } from '../inventory/store.ts';
import { num, textOrNull } from '../row.ts';
import { SqliteChangeLog, toSeq } from './change-log.ts';
import { readEpochs, readWatches, SqliteCoverageLog, watchNumber } from './coverage-log.ts';
import { SqliteExpectations } from './expectations.ts';
import { SqliteJobQueue } from './job-queue.ts';
import { SqliteLockRecords } from './lock-records.ts';
import { name, nameOrNull, Reading } from './reading.ts';
import { TraceBlock } from './trace-block.ts';
import { SqliteTraces } from './traces.ts';

/** The queue in the tables of an open state file: log, jobs, traces and reader share its transactions. `stop` comes before the file is closed. */
export function sqliteQueue(
  db: DatabaseSync,
  group: GroupCommit,
  path: string,
  options: { readonly now: () => number; readonly bounds?: Partial<LogBounds> | undefined },
): Omit<QueueStore, 'close'> & { readonly stop: () => void } {
  const log = new SqliteChangeLog(db, group, path, { ...DEFAULT_LOG_BOUNDS, ...options.bounds });
  const traces = new SqliteTraces(db, group, path);
  const locks = new SqliteLockRecords(db, group, path);
  const jobs = new SqliteJobQueue(db, group, path, { traces, locks });
  const expectations = new SqliteExpectations(db, group, path);
  const reading = new Reading(db, path);
  const reader = db.prepare('SELECT position, state FROM reader WHERE id = ?');
  const move = db.prepare('INSERT OR REPLACE INTO reader (id, position, state) VALUES (?, ?, ?)');
  const keep = db.prepare(
    'INSERT INTO rule_set (hash, text, since) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET since = excluded.since',
  );
  return {
    log,
    jobs,
    traces,
    expectations,
    locks,
    claimFor: (clusterId) => group.run(() => claimFor(db, path, clusterId), 'now'),
    clusterId: () => reading.ask(() => readClusterId(db)),
    watches: () => reading.ask(() => readWatches(db)),
    async *epochs(watch) {
      yield* readEpochs(reading, watch);
    },
    coverage: (watch) => SqliteCoverageLog.open(reading, group, watch, options.now()),
    knownBelow: (watch) => reading.ask(() => readInventory(db, path, watch)),
    inventory: async (watch) =>
      new SqliteInventory(
        { db, group, path, watch: await watchNumber(db, group, watch, options.now()) },
        watch.directoryId,
      ),
    // The state directory is this process's alone already.
    holdWatch: () => Promise.resolve(new AbortController().signal),
    reader: (partition) =>
      reading.ask(() => {
        const row = reader.get(partition);
        if (row === undefined) return { position: '', state: null };
        const position = num(row['position']);
        return { position: position === 0 ? '' : String(position), state: textOrNull(row['state'] ?? null) };
      }),
    async commit(partition, commit) {
      log.check(commit.position);
      const durable = group.run(() => {
        const block = new TraceBlock();
        const seen = new Set<string>();
        const isNew = (match: string) => !seen.has(match) && !traces.has(match) && seen.add(match).size > 0;
        const fresh = commit.arm.filter(({ trace }) => isNew(trace.match));
        const verdicts = jobs.armAll(fresh.map(({ arming }) => arming));
        for (const [n, { trace }] of fresh.entries()) {
          const verdict = verdicts[n];
          if (verdict !== undefined) block.add({ ...trace, verdict });
        }
        for (const touch of commit.touch) jobs.touch(touch);
        for (const trace of commit.traces) if (isNew(trace.match)) block.add(trace);
        traces.write(block);
        expectations.met(commit.met);
        move.run(partition, toSeq(commit.position), commit.state);
        log.committed(commit.position, options.now());
      }, 'now');
      const keys = commit.arm.map(({ arming }) => arming.job.key);
      await jobs.unsettled(keys, durable);
    },
    keepRuleSet: (hash, content, now) =>
      group.run(() => {
        if (readRuleSets(db)[0]?.hash !== hash) keep.run(hash, storedText(content), now);
      }, 'now'),
    ruleSet: (hash) => reading.ask(() => readRuleSet(db, hash)),
    ruleSets: () => reading.ask(() => readRuleSets(db)),
    stop: () => log.close(),
  };
}

export function readRuleSet(db: DatabaseSync, hash: string): string | undefined {
  return nameOrNull(db.prepare('SELECT text FROM rule_set WHERE hash = ?').get(hash)?.['text']) ?? undefined;
}

export function readRuleSets(db: DatabaseSync): KeptRuleSet[] {
  const rows = db.prepare('SELECT hash, since FROM rule_set ORDER BY since DESC, hash').all();
  return rows.map((row) => ({ hash: name(row['hash']), since: num(row['since']) }));
}
