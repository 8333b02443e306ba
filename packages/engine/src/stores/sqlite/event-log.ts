import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventLog, LoggedBatch } from '../../log/port.ts';

export class SqliteEventLog implements EventLog {
  readonly #append: StatementSync;
  readonly #trim: StatementSync;

  constructor(db: DatabaseSync) {
    this.#append = db.prepare('INSERT INTO log (epoch_id, received, events, raw) VALUES (?, ?, ?, ?)');
    this.#trim = db.prepare('DELETE FROM log WHERE seq <= (SELECT max(seq) FROM log) - ?');
  }

  append(batch: LoggedBatch): void {
    this.#append.run(batch.epoch, batch.receivedAt, batch.events, batch.raw);
  }

  trim(keep: number): void {
    this.#trim.run(keep);
  }
}
