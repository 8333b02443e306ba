import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChangeLog, LogEntry, LogLag, NewBatch, Position } from '../../../queue/port.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, type Row, text } from '../row.ts';
import { toSource, sourceCode } from './codes.ts';
import { LogTail } from './log-tail.ts';

const PAGE = 500;

export interface LogBounds {
  /** Entries that were decided about are kept so long, ms. */
  readonly keepMs: number;
  /** And at most so many bytes of them. */
  readonly keepBytes: number;
  /** Not decided about: beyond it `append` waits, and with it the watch. */
  readonly mostUnreadBatches: number;
}

export const DEFAULT_LOG_BOUNDS: LogBounds = {
  keepMs: 7 * 86_400_000,
  keepBytes: 1024 ** 3,
  mostUnreadBatches: 1_000_000,
};

/** How often the bounds are looked after: every so many batches. */
const TRIM_EVERY = 1000;

/** One row a batch, bytes as they came. One partition: one process reads it. */
export class SqliteChangeLog implements ChangeLog {
  readonly partitions = 1;
  readonly #db: DatabaseSync;
  readonly #group: GroupCommit;
  readonly #bounds: LogBounds;
  readonly #insert: StatementSync;
  readonly #after: StatementSync;
  readonly #oldest: StatementSync;
  readonly #tail = new LogTail();
  /** The last that was written, and the last of those on stable storage. */
  #last: number;
  #durable: number;
  #read: number;
  #bytes: number;
  #sinceTrim = 0;
  #wakeReaders: (() => void)[] = [];
  #wakeWriters: (() => void)[] = [];

  constructor(db: DatabaseSync, group: GroupCommit, bounds: LogBounds) {
    this.#db = db;
    this.#group = group;
    this.#bounds = bounds;
    this.#insert = db.prepare(
      'INSERT INTO batch (seq, epoch, received, events, root, source, raw) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#after = db.prepare('SELECT * FROM batch WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?');
    this.#oldest = db.prepare('SELECT received FROM batch WHERE seq > ? ORDER BY seq LIMIT 1');
    this.#read = num(db.prepare('SELECT position FROM reader WHERE id = 0').get()?.['position']);
    // Numbers are never used again, also when the table has been emptied.
    this.#last = Math.max(num(db.prepare('SELECT max(seq) AS seq FROM batch').get()?.['seq']), this.#read);
    this.#durable = this.#last;
    this.#bytes = num(db.prepare('SELECT sum(length(raw)) AS n FROM batch').get()?.['n']);
  }

  async append(batch: NewBatch): Promise<void> {
    while (this.#last - this.#read >= this.#bounds.mostUnreadBatches) await this.#roomAgain();
    let seq = 0;
    await this.#group.run(() => {
      this.#last += 1;
      seq = this.#last;
      const { epoch, receivedAt, events, root, source, raw } = batch;
      this.#insert.run(this.#last, epoch, receivedAt, events, root, sourceCode(source), raw);
      this.#bytes += raw.length;
      this.#sinceTrim += 1;
    }, 'now');
    this.#durable = Math.max(this.#durable, seq);
    this.#tail.push(seq, { ...batch, position: String(seq) });
    const waiting = this.#wakeReaders;
    this.#wakeReaders = [];
    for (const wake of waiting) wake();
  }

  /** `append` waits for its reader. */
  get full(): boolean {
    return this.#last - this.#read >= this.#bounds.mostUnreadBatches;
  }

  read(_partition: number, after: Position, limit: number): Promise<LogEntry[]> {
    const seq = Number(after === '' ? 0 : after);
    if (seq >= this.#durable) return Promise.resolve([]);
    const atHand = this.#tail.read(seq, limit);
    return Promise.resolve(atHand.length > 0 ? atHand : this.#after.all(seq, this.#durable, limit).map(toEntry));
  }

  more(_partition: number, after: Position, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#durable > Number(after === '' ? 0 : after)) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#wakeReaders = this.#wakeReaders.filter((other) => other !== wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#wakeReaders.push(wake);
    });
  }

  async *history(query: { since?: number | undefined; after?: Position | undefined }): AsyncGenerator<LogEntry> {
    const since = query.since ?? 0;
    const page = this.#db.prepare('SELECT * FROM batch WHERE seq > ? AND received >= ? ORDER BY seq LIMIT ?');
    let after = Number(query.after ?? 0);
    for (;;) {
      const rows = page.all(after, since, PAGE);
      for (const row of rows) {
        after = num(row['seq']);
        yield toEntry(row);
      }
      if (rows.length < PAGE) return;
    }
  }

  lag(): Promise<LogLag> {
    const unread = this.#db
      .prepare('SELECT count(*) AS n, sum(events) AS events FROM batch WHERE seq > ?')
      .get(this.#read);
    const oldest = this.#oldest.get(this.#read);
    return Promise.resolve({
      batches: num(unread?.['n']),
      events: num(unread?.['events']),
      oldestAt: oldest === undefined ? null : num(oldest['received']),
      bytes: this.#bytes,
    });
  }

  /** The reader has committed; inside its transaction. */
  committed(position: number, now: number): void {
    this.#read = position;
    if (this.#sinceTrim >= TRIM_EVERY) this.#trim(now);
    const waiting = this.#wakeWriters;
    this.#wakeWriters = [];
    for (const wake of waiting) wake();
  }

  #roomAgain(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeWriters.push(resolve);
    });
  }

  /** Drops what was decided about and is too old, or too much. */
  #trim(now: number): void {
    this.#sinceTrim = 0;
    // From the oldest to the first that is young enough: to look for the last that is too old would be to look at all.
    const young = this.#db
      .prepare('SELECT seq FROM batch WHERE received >= ? ORDER BY seq LIMIT 1')
      .get(now - this.#bounds.keepMs);
    this.#drop(Math.min(this.#read, young === undefined ? this.#read : num(young['seq']) - 1));
    // What is too much goes in quarters, oldest first: finding out costs a look at each row.
    while (this.#bytes > this.#bounds.keepBytes) {
      const first = num(this.#db.prepare('SELECT min(seq) AS seq FROM batch').get()?.['seq']);
      if (first === 0 || first > this.#read) return;
      this.#drop(Math.min(this.#read, first + Math.ceil((this.#read - first + 1) / 4)));
    }
  }

  #drop(upTo: number): void {
    if (upTo <= 0) return;
    const gone = this.#db.prepare('SELECT sum(length(raw)) AS n FROM batch WHERE seq <= ?').get(upTo);
    this.#db.prepare('DELETE FROM batch WHERE seq <= ?').run(upTo);
    this.#bytes -= num(gone?.['n']);
  }
}

function toEntry(row: Row): LogEntry {
  return {
    position: String(num(row['seq'])),
    epoch: num(row['epoch']),
    receivedAt: num(row['received']),
    events: num(row['events']),
    root: text(row['root']),
    source: toSource(num(row['source'])),
    raw: text(row['raw']),
  };
}
