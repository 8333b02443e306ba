import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { FilelockPolicy } from '../../filelock/policy.ts';
import type { CoverageEpoch, Ledger, LedgerQuery, LedgerRow, LedgerState, LedgerWatch } from '../../ledger/types.ts';
import type { LockRule } from '../../ledger/lock-rules.ts';
import { type PathCondition, pathCondition } from '../../ledger/path-condition.ts';
import { asksForLock, noCounts, statesOf, wholeSeconds } from '../../ledger/query.ts';
import { arrivalOf, fileKey, RECORD_STATES, stateCode, stateOf } from './codes.ts';
import { openForReading } from './database.ts';
import { toStateError } from './errors.ts';
import { num, numOrNull, type Row, text, textOrNull } from './row.ts';

const ABSOLUTE = "CASE w.path WHEN '/' THEN '' ELSE w.path END || '/' || x.path";
const FROM_JOBS = `
  SELECT x.file_id, ${ABSOLUTE} AS path, x.due, x.how, x.seen, x.attempts, x.last_error, r.why
  FROM job x JOIN watch w ON w.id = x.watch_id LEFT JOIN rule r ON r.id = x.rule_id`;
const FROM_FILES = `
  SELECT x.file_id, ${ABSOLUTE} AS path, x.state, x.retention, x.legal_hold, x.how, x.seen, x.due, x.locked, x.attempts, x.last_error, x.note, r.why
  FROM file x JOIN watch w ON w.id = x.watch_id LEFT JOIN rule r ON r.id = x.rule_id`;
/** By the primary key, which begins with the watch: `x.file_id = ?` alone would read the whole table. */
const OF_FILE = 'x.watch_id IN (SELECT id FROM watch) AND x.file_id = ?';

/** Opens the ledger of a state directory for reading, beside a process that may be writing. @throws StateError */
export function openSqliteLedger(stateDir: string): Ledger {
  const { db, path } = openForReading(stateDir);
  return new SqliteLedger(db, path);
}

interface Conditions {
  readonly where: string[];
  readonly values: SQLInputValue[];
}

class SqliteLedger implements Ledger {
  readonly clusterId: string | null;
  readonly #db: DatabaseSync;
  readonly #path: string;
  #findJob: StatementSync | undefined;
  #findFile: StatementSync | undefined;

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.clusterId = textOrNull(db.prepare("SELECT value FROM meta WHERE key = 'cluster_id'").get()?.['value']);
  }

  async *list(query: LedgerQuery = {}): AsyncGenerator<LedgerRow> {
    const states = statesOf(query);
    const onPath = pathCondition(query.path);
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    for (const row of this.#parts(query, states, onPath)) {
      if (left <= 0) return;
      if (onPath?.glob !== undefined && !onPath.glob(row.path)) continue;
      left -= 1;
      yield row;
    }
  }

  async find(fileId: string): Promise<readonly LedgerRow[]> {
    try {
      const jobs = (this.#findJob ??= this.#db.prepare(`${FROM_JOBS} WHERE ${OF_FILE}`)).all(fileKey(fileId));
      const files = (this.#findFile ??= this.#db.prepare(`${FROM_FILES} WHERE ${OF_FILE}`)).all(fileKey(fileId));
      return [...jobs.map(fromJob), ...files.map(fromRecord)];
    } catch (error) {
      throw toStateError(error, this.#path);
    }
  }

  async counts(): Promise<Readonly<Record<LedgerState, number>>> {
    const counts = noCounts();
    for (const row of this.#all('SELECT state, count(*) AS n FROM file GROUP BY state'))
      counts[stateOf(num(row['state']))] = num(row['n']);
    for (const row of this.#all('SELECT due IS NULL AS dead, count(*) AS n FROM job GROUP BY 1')) {
      counts[row['dead'] === 1 ? 'failed' : 'pending'] = num(row['n']);
    }
    return counts;
  }

  async watches(): Promise<readonly LedgerWatch[]> {
    return [...this.#all('SELECT w.*, r.why, r.policy FROM watch w JOIN rule r ON r.id = w.rule_id ORDER BY w.id')].map(
      (row) => {
        const epochs = [
          ...this.#all('SELECT * FROM epoch WHERE watch_id = ? ORDER BY id DESC LIMIT 1', [num(row['id'])]),
        ].map(toEpoch);
        const count = [...this.#all('SELECT count(*) AS n FROM epoch WHERE watch_id = ?', [num(row['id'])])][0];
        return {
          directoryId: text(row['directory_id']),
          path: text(row['path']),
          recursive: row['recursive'] === 1,
          since: iso(num(row['since'])),
          why: text(row['why']),
          covers: coversOf(text(row['policy'])),
          baselineDone: row['baseline_done'] !== null,
          epochs: num(count?.['n']),
          lastEpoch: epochs[0] ?? null,
        };
      },
    );
  }

  async *coverage(): AsyncGenerator<CoverageEpoch & { readonly directoryId: string; readonly path: string }> {
    const rows = this.#all(
      'SELECT e.*, w.directory_id, w.path FROM epoch e JOIN watch w ON w.id = e.watch_id WHERE w.rule_id IS NOT NULL ORDER BY w.id, e.id',
    );
    for (const row of rows) yield { ...toEpoch(row), directoryId: text(row['directory_id']), path: text(row['path']) };
  }

  rules(): Promise<readonly LockRule[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
    return Promise.resolve();
  }

  *#parts(
    query: LedgerQuery,
    states: ReadonlySet<LedgerState>,
    onPath: PathCondition | undefined,
  ): Generator<LedgerRow> {
    const common = commonConditions(query, onPath);
    const jobs: Conditions = { where: [...common.where], values: [...common.values] };
    if (!states.has('pending')) jobs.where.push('x.due IS NULL');
    if (!states.has('failed')) jobs.where.push('x.due IS NOT NULL');
    if ((states.has('pending') || states.has('failed')) && !asksForLock(query)) {
      for (const row of this.#all(sql(FROM_JOBS, jobs), jobs.values)) yield fromJob(row);
    }
    const recordStates = RECORD_STATES.filter((state) => states.has(state));
    if (recordStates.length === 0) return;
    const files: Conditions = { where: [...common.where], values: [...common.values] };
    files.where.push(`x.state IN (${recordStates.map(stateCode).join(', ')})`);
    if (query.held !== undefined) files.where.push(`x.legal_hold = ${query.held ? 1 : 0}`);
    if (query.until !== undefined) add(files, 'x.retention <= ?', wholeSeconds(query.until));
    if (query.after !== undefined) add(files, 'x.retention >= ?', wholeSeconds(query.after));
    for (const row of this.#all(sql(FROM_FILES, files), files.values)) yield fromRecord(row);
  }

  *#all(statement: string, values: readonly SQLInputValue[] = []): Generator<Row> {
    try {
      yield* this.#db.prepare(statement).iterate(...values);
    } catch (error) {
      throw toStateError(error, this.#path);
    }
  }
}

function commonConditions(query: LedgerQuery, onPath: PathCondition | undefined): Conditions {
  const conditions: Conditions = { where: [], values: [] };
  if (query.fileId !== undefined) add(conditions, OF_FILE, fileKey(query.fileId));
  if (onPath !== undefined && onPath.prefix !== '') {
    conditions.where.push(`(${ABSOLUTE} = ? OR substr(${ABSOLUTE}, 1, length(?)) = ?)`);
    conditions.values.push(onPath.prefix, `${onPath.prefix}/`, `${onPath.prefix}/`);
  }
  return conditions;
}

function add(conditions: Conditions, where: string, value: SQLInputValue): void {
  conditions.where.push(where);
  conditions.values.push(value);
}

function sql(select: string, { where }: Conditions): string {
  return where.length === 0 ? select : `${select} WHERE ${where.join(' AND ')}`;
}

function fromJob(row: Row): LedgerRow {
  const due = numOrNull(row['due']);
  return {
    fileId: text(row['file_id']),
    path: text(row['path']),
    state: due === null ? 'failed' : 'pending',
    retentionPeriod: null,
    legalHold: false,
    why: text(row['why']),
    how: arrivalOf(num(row['how'])),
    seenAt: iso(num(row['seen'])),
    dueAt: due === null ? null : iso(due),
    lockedAt: null,
    attempts: num(row['attempts']),
    lastError: textOrNull(row['last_error']),
    note: null,
  };
}

function fromRecord(row: Row): LedgerRow {
  const due = numOrNull(row['due']);
  const locked = numOrNull(row['locked']);
  return {
    fileId: text(row['file_id']),
    path: text(row['path']),
    state: stateOf(num(row['state'])),
    retentionPeriod: textOrNull(row['retention']),
    legalHold: row['legal_hold'] === 1,
    why: text(row['why']),
    how: arrivalOf(num(row['how'])),
    seenAt: iso(num(row['seen'])),
    dueAt: due === null ? null : iso(due),
    lockedAt: locked === null ? null : iso(locked),
    attempts: num(row['attempts']),
    lastError: textOrNull(row['last_error']),
    note: textOrNull(row['note']),
  };
}

function toEpoch(row: Row): CoverageEpoch {
  const when = (name: string) => {
    const ms = numOrNull(row[name]);
    return ms === null ? null : iso(ms);
  };
  return {
    openedAt: iso(num(row['opened'])),
    registeredAt: when('registered'),
    endedAt: when('ended'),
    endReason: textOrNull(row['end_reason']),
    events: num(row['events']),
    gapClosedBy: textOrNull(row['gap_closed_by']),
    gapClosedAt: when('gap_closed'),
  };
}

/** Written by us as JSON of a FilelockPolicy; anything missing means what it means there. */
function coversOf(policy: string): LedgerWatch['covers'] {
  const parsed: Partial<FilelockPolicy> = policy === '' ? {} : JSON.parse(policy);
  return {
    include: parsed.include ?? [],
    exclude: parsed.exclude ?? [],
    builtinExcludes: parsed.builtinExcludes ?? true,
    intervalMs: parsed.intervalMs ?? 0,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
