import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FileRecord, FileRecords } from '../../ledger/port.ts';
import { arrivalCode, arrivalOf, fileKey, stateCode, stateOf } from './codes.ts';
import { KnownKeys } from './known-keys.ts';
import { num, numOrNull, type Row, text, textOrNull } from './row.ts';

const COLUMNS =
  'file_id, path, state, how, matched, links, creation_time, recorded, seen, due, locked, retention, legal_hold, attempts, last_error, note';

/** The ledger's records of one watch, written under one rule. Nobody else writes them while this is open. */
export class SqliteFileRecords implements FileRecords {
  readonly #watch: number;
  readonly #rule: number;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #rename: StatementSync;
  readonly #remove: StatementSync;
  readonly #existing: StatementSync;
  readonly #matched: StatementSync;
  readonly #matchedAfter: StatementSync;
  readonly #prune: StatementSync;
  readonly #known: KnownKeys;

  constructor(db: DatabaseSync, watch: number, rule: number) {
    this.#watch = watch;
    this.#rule = rule;
    this.#get = db.prepare(`SELECT ${COLUMNS} FROM file WHERE watch_id = ? AND file_id = ?`);
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO file (watch_id, rule_id, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#rename = db.prepare('UPDATE file SET path = ? WHERE watch_id = ? AND file_id = ?');
    this.#remove = db.prepare('DELETE FROM file WHERE watch_id = ? AND file_id = ?');
    const existing = stateCode('existing');
    this.#existing = db.prepare(`SELECT count(*) AS n FROM file WHERE watch_id = ? AND state = ${existing}`);
    const matched = `SELECT ${COLUMNS} FROM file WHERE watch_id = ? AND state = ${existing} AND matched = 1`;
    this.#matched = db.prepare(`${matched} ORDER BY file_id LIMIT ?`);
    this.#matchedAfter = db.prepare(`${matched} AND file_id > ? ORDER BY file_id LIMIT ?`);
    this.#prune = db.prepare(
      `DELETE FROM file WHERE watch_id = ? AND state IN (${stateCode('skipped')}, ${stateCode('forgotten')}) AND recorded < ?`,
    );
    const highest = db.prepare('SELECT max(file_id) AS id FROM file WHERE watch_id = ?').get(watch);
    this.#known = new KnownKeys(highest?.['id']);
  }

  get(fileId: string): FileRecord | undefined {
    const key = fileKey(fileId);
    if (this.#known.isAbsent(key)) return undefined;
    const row = this.#get.get(this.#watch, key);
    if (row !== undefined) return toRecord(row);
    this.#known.absent(key);
    return undefined;
  }

  put(record: FileRecord): void {
    const key = fileKey(record.fileId);
    this.#known.put(key);
    this.#put.run(
      this.#watch,
      this.#rule,
      key,
      record.path,
      stateCode(record.state),
      arrivalCode(record.how),
      record.matched ? 1 : 0,
      record.links,
      record.creationTime,
      record.recordedAt,
      record.seenAt,
      record.dueAt,
      record.lockedAt,
      record.retentionPeriod,
      record.legalHold ? 1 : 0,
      record.attempts,
      record.lastError,
      record.note,
    );
  }

  rename(fileId: string, path: string): void {
    this.#rename.run(path, this.#watch, fileKey(fileId));
  }

  remove(fileId: string): boolean {
    return this.#remove.run(this.#watch, fileKey(fileId)).changes === 1;
  }

  countExisting(): number {
    return num(this.#existing.get(this.#watch)?.['n']);
  }

  existingMatched(after: string | undefined, limit: number): FileRecord[] {
    const rows =
      after === undefined
        ? this.#matched.all(this.#watch, limit)
        : this.#matchedAfter.all(this.#watch, fileKey(after), limit);
    return rows.map(toRecord);
  }

  prune(before: number): number {
    return Number(this.#prune.run(this.#watch, before).changes);
  }
}

function toRecord(row: Row): FileRecord {
  return {
    fileId: text(row['file_id']),
    path: text(row['path']),
    state: stateOf(num(row['state'])),
    how: arrivalOf(num(row['how'])),
    matched: row['matched'] === 1,
    links: num(row['links']),
    creationTime: textOrNull(row['creation_time']),
    recordedAt: num(row['recorded']),
    seenAt: num(row['seen']),
    dueAt: numOrNull(row['due']),
    lockedAt: numOrNull(row['locked']),
    retentionPeriod: textOrNull(row['retention']),
    legalHold: row['legal_hold'] === 1,
    attempts: num(row['attempts']),
    lastError: textOrNull(row['last_error']),
    note: textOrNull(row['note']),
  };
}
