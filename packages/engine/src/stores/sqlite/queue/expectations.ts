import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Expectation, ExpectationStore } from '../../../queue/port.ts';
import { parsed, storedText } from '../../stored-text.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, text } from '../row.ts';
import { name, Reading } from './reading.ts';

/** Effects of ours whose echo is awaited; outlive a crash between the effect and its echo. */
export class SqliteExpectations implements ExpectationStore {
  readonly #db: DatabaseSync;
  readonly #reading: Reading;
  readonly #group: GroupCommit;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync, group: GroupCommit, path: string) {
    this.#db = db;
    this.#reading = new Reading(db, path);
    this.#group = group;
    this.#insert = db.prepare('INSERT INTO expectation (file_id, type, causes, expires) VALUES (?, ?, ?, ?)');
    this.#delete = db.prepare('DELETE FROM expectation WHERE id = ?');
  }

  async add(expectations: readonly Expectation[]): Promise<readonly number[]> {
    const ids: number[] = [];
    await this.#group.run(() => {
      for (const { fileId, type, causes, expiresAt } of expectations) {
        ids.push(Number(this.#insert.run(storedText(fileId), type, JSON.stringify(causes), expiresAt).lastInsertRowid));
      }
    }, 'now');
    return ids;
  }

  async withdraw(ids: readonly number[]): Promise<void> {
    if (ids.length > 0) await this.#group.run(() => this.met(ids), 'soon');
  }

  /** Inside a commit. */
  met(ids: readonly number[]): void {
    for (const id of ids) this.#delete.run(id);
  }

  async open(now: number): Promise<readonly (Expectation & { readonly id: number })[]> {
    await this.#group.run(() => {
      this.#db.prepare('DELETE FROM expectation WHERE expires < ?').run(now);
    }, 'soon');
    return await this.#reading.ask(() =>
      this.#db
        .prepare('SELECT * FROM expectation ORDER BY id')
        .all()
        .map((row) => ({
          id: num(row['id']),
          fileId: name(row['file_id']),
          type: text(row['type']),
          causes: parsed<readonly string[]>(text(row['causes'])),
          expiresAt: num(row['expires']),
        })),
    );
  }
}
