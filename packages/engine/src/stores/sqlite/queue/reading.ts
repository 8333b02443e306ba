import type { SQLInputValue, SQLOutputValue, DatabaseSync } from 'node:sqlite';
import { fromStoredText } from '../../stored-text.ts';
import { toStateError } from '../errors.ts';
import { type Row, text, textOrNull } from '../row.ts';

const PAGE = 500;

/** Reads from the tables of a queue. Promises reject with StateError, and nothing throws before there is a promise. */
export class Reading {
  readonly db: DatabaseSync;
  readonly #path: string;

  constructor(db: DatabaseSync, path: string) {
    this.db = db;
    this.#path = path;
  }

  /** The answer of `ask`, which runs at once. */
  ask<T>(ask: () => T): Promise<T> {
    try {
      return Promise.resolve(ask());
    } catch (error) {
      return Promise.reject(toStateError(error, this.#path));
    }
  }

  /** The first row. @throws StateError */
  first(statement: string, ...values: readonly SQLInputValue[]): Row | undefined {
    try {
      return this.db.prepare(statement).get(...values);
    } catch (error) {
      throw toStateError(error, this.#path);
    }
  }

  /**
   * All rows, page after page: a statement that is read slowly would hold up the write-ahead log. `next` gives from the last row of a page
   * the values with which the statement gives the next one; its last value, the size of the page, is added here.
   */
  *pages(statement: string, first: readonly SQLInputValue[], next: (last: Row) => readonly SQLInputValue[]) {
    try {
      const page = this.db.prepare(statement);
      for (let values = first; ; ) {
        const rows = page.all(...values, PAGE);
        yield* rows;
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        values = next(last);
      }
    } catch (error) {
      throw toStateError(error, this.#path);
    }
  }
}

/** Readers of columns that were written with `storedText`. */
export function name(value: SQLOutputValue | undefined): string {
  return fromStoredText(text(value));
}

export function nameOrNull(value: SQLOutputValue | undefined): string | null {
  const stored = textOrNull(value);
  return stored === null ? null : fromStoredText(stored);
}
