import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  keptRecord,
  type LockRecord,
  type LockRecordQuery,
  type LockRecords,
  type LockState,
} from '../../../ledger/lock-record.ts';
import { isBelow } from '../../../text/below.ts';
import { fromStoredText, storedText } from '../../stored-text.ts';
import { arrivalCode, arrivalOf, RECORD_STATES } from '../codes.ts';
import type { GroupCommit } from '../group-commit.ts';
import { KnownKeys } from '../known-keys.ts';
import { num, numOrNull, type Row, text } from '../row.ts';
import { name, nameOrNull, Reading } from './reading.ts';

const STATES: readonly (LockState | 'existing')[] = RECORD_STATES;
const SELECT = 'SELECT x.*, r.rule, r.rule_set, r.why FROM lock_record x JOIN lock_reason r ON r.id = x.reason_id';
const OF_FILE = `${SELECT} WHERE x.file_id = ? ORDER BY x.directory_id`;
/** Reasons that are remembered: a few for each rule set. */
const MOST_REASONS = 1000;
const PASSING = `state IN (${stateCode('skipped')}, ${stateCode('forgotten')})`;

/** The ledger, in the transactions of the queue. */
export class SqliteLockRecords implements LockRecords {
  readonly #db: DatabaseSync;
  readonly #reading: Reading;
  readonly #group: GroupCommit;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #addReason: StatementSync;
  readonly #getReason: StatementSync;
  readonly #ofFile: StatementSync;
  /** Most files that are asked about are new. */
  readonly #known: KnownKeys;
  readonly #reasons = new Map<string, number>();

  constructor(db: DatabaseSync, group: GroupCommit, path: string) {
    this.#db = db;
    this.#reading = new Reading(db, path);
    this.#group = group;
    this.#get = db.prepare(`${SELECT} WHERE x.file_id = ? AND x.directory_id = ?`);
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO lock_record (file_id, directory_id, path, state, how, links, creation_time, recorded, seen, due, locked, retention,
       legal_hold, attempts, reason_id, last_error, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#addReason = db.prepare('INSERT INTO lock_reason (rule_set, rule, why) VALUES (?, ?, ?)');
    this.#getReason = db.prepare('SELECT id FROM lock_reason WHERE rule_set = ? AND rule = ? AND why = ?');
    this.#ofFile = db.prepare(OF_FILE);
    this.#known = new KnownKeys(db.prepare('SELECT max(file_id) AS id FROM lock_record').get()?.['id']);
  }

  /** Inside a commit. */
  put(next: LockRecord): void {
    const key = toKey(next.fileId);
    const present = this.#known.isAbsent(key) ? undefined : this.#get.get(key, toKey(next.directoryId));
    const earlier = present === undefined ? undefined : toRecord(present);
    const record = keptRecord(earlier, next);
    if (record === earlier) return;
    this.#known.put(key);
    this.#put.run(
      key,
      toKey(record.directoryId),
      storedText(record.path),
      stateCode(record.state),
      arrivalCode(record.how),
      record.links,
      record.creationTime,
      record.recordedAt,
      record.seenAt,
      record.dueAt,
      record.lockedAt,
      record.retentionPeriod,
      record.legalHold ? 1 : 0,
      record.attempts,
      this.#reasonOf(record),
      storedOrNull(record.lastError),
      storedOrNull(record.note),
    );
  }

  async *list(query: LockRecordQuery): AsyncGenerator<LockRecord> {
    yield* listLocks(this.#reading, query);
  }

  find(fileId: string): Promise<readonly LockRecord[]> {
    const key = toKey(fileId);
    return this.#reading.ask(() =>
      this.#db.isOpen && this.#known.isAbsent(key) ? [] : this.#ofFile.all(key).map(toRecord),
    );
  }

  async prune(before: number): Promise<number> {
    let dropped = 0;
    await this.#group.run(() => {
      const old = this.#db.prepare(`DELETE FROM lock_record WHERE ${PASSING} AND recorded < ?`).run(before);
      dropped = Number(old.changes);
    }, 'soon');
    return dropped;
  }

  #reasonOf({ ruleSet, rule, why }: LockRecord): number {
    const reason = [storedText(ruleSet), storedText(rule), storedText(why)] as const;
    const text = reason.join('\0');
    let id = this.#reasons.get(text);
    if (id === undefined) {
      const known = this.#getReason.get(...reason);
      id = Number(known === undefined ? this.#addReason.run(...reason).lastInsertRowid : known['id']);
      if (this.#reasons.size >= MOST_REASONS) this.#reasons.clear();
      this.#reasons.set(text, id);
    }
    return id;
  }
}

export function* listLocks(reading: Reading, query: LockRecordQuery): Generator<LockRecord> {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...more: (string | number)[]) => {
    where.push(`AND ${condition}`);
    values.push(...more);
  };
  if (query.states !== undefined) add(`x.state IN (${query.states.map(stateCode).join(', ')})`);
  if (query.fileId !== undefined) add('x.file_id = ?', toKey(query.fileId));
  if (query.legalHold !== undefined) add(`x.legal_hold = ${query.legalHold ? 1 : 0}`);
  if (query.until !== undefined) add('x.retention <= ?', query.until);
  if (query.after !== undefined) add('x.retention >= ?', query.after);
  const under = query.under?.replace(/\/+$/, '') ?? '';
  // Names that UTF-8 cannot say are stored in a form that sorts before all paths; which of them are below it is looked at here.
  if (under !== '') add("(x.path = ? OR (x.path > ? AND x.path < ?) OR x.path < '/')", under, `${under}/`, `${under}0`);
  const rows = reading.pages(
    `${SELECT} WHERE (x.file_id, x.directory_id) > (?, ?) ${where.join(' ')} ORDER BY x.file_id, x.directory_id LIMIT ?`,
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, ...values],
    (last) => [keyOf(last['file_id']), keyOf(last['directory_id']), ...values],
  );
  for (const row of rows) {
    const record = toRecord(row);
    if (isBelow(record.path, under)) yield record;
  }
}

export function findLocks(db: DatabaseSync, fileId: string): LockRecord[] {
  return db.prepare(OF_FILE).all(toKey(fileId)).map(toRecord);
}

function toRecord(row: Row): LockRecord {
  const state = STATES[num(row['state'])];
  return {
    fileId: fromStoredText(text(row['file_id'])),
    directoryId: fromStoredText(text(row['directory_id'])),
    path: name(row['path']),
    state: state === undefined || state === 'existing' ? 'forgotten' : state,
    how: arrivalOf(num(row['how'])),
    links: num(row['links']),
    creationTime: nameOrNull(row['creation_time']),
    recordedAt: num(row['recorded']),
    seenAt: num(row['seen']),
    dueAt: numOrNull(row['due']),
    lockedAt: numOrNull(row['locked']),
    retentionPeriod: nameOrNull(row['retention']),
    legalHold: row['legal_hold'] === 1,
    attempts: num(row['attempts']),
    lastError: nameOrNull(row['last_error']),
    note: nameOrNull(row['note']),
    rule: name(row['rule']),
    ruleSet: name(row['rule_set']),
    why: name(row['why']),
  };
}

function stateCode(state: LockState): number {
  return STATES.indexOf(state);
}

/** Ids of the cluster are decimal numbers of up to 64 bits. */
function toKey(id: string): number | string {
  return /^(?:0|[1-9]\d{0,14})$/.test(id) ? Number(id) : storedText(id);
}

function keyOf(stored: Row[string] | undefined): number | string {
  return typeof stored === 'number' ? stored : text(stored);
}

function storedOrNull(value: string | null): string | null {
  return value === null ? null : storedText(value);
}
