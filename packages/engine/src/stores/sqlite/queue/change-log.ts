import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChangeLog, LogBounds, LogEntry, LogLag, NewBatch, Position } from '../../../queue/port.ts';
import { storedText } from '../../stored-text.ts';
import { stateError } from '../errors.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, type Row, text } from '../row.ts';
import { sourceCode, toSource } from './codes.ts';
import { name, Reading } from './reading.ts';
import { LogTail } from './log-tail.ts';

/** How often the bounds are looked after: every so many batches. */
const TRIM_EVERY = 1000;

interface WaitingBatch {
  readonly batch: NewBatch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One row a batch, bytes as they came. One partition: one process reads it. */
export class SqliteChangeLog implements ChangeLog {
  readonly partitions = 1;
  readonly #db: DatabaseSync;
  readonly #reading: Reading;
  readonly #group: GroupCommit;
  readonly #path: string;
  readonly #bounds: LogBounds;
  readonly #insert: StatementSync;
  readonly #after: StatementSync;
  readonly #tail = new LogTail();
  /** The last that was written, and the last of those on stable storage. */
  #last: number;
  #durable: number;
  #read: number;
  #bytes: number;
  #sinceTrim = 0;
  #closed = false;
  /** In the order in which they came; one for which there is no room holds up those behind it. */
  #waiting: WaitingBatch[] = [];
  #wakeReaders: (() => void)[] = [];

  constructor(db: DatabaseSync, group: GroupCommit, path: string, bounds: LogBounds) {
    this.#db = db;
    this.#reading = new Reading(db, path);
    this.#group = group;
    this.#path = path;
    this.#bounds = bounds;
    this.#insert = db.prepare(
      'INSERT INTO batch (seq, epoch, received, events, root, source, raw) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#after = db.prepare('SELECT * FROM batch WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?');
    this.#read = readPosition(db);
    // Numbers are never used again, also when the table has been emptied.
    this.#last = Math.max(num(db.prepare('SELECT max(seq) AS seq FROM batch').get()?.['seq']), this.#read);
    this.#durable = this.#last;
    this.#bytes = bytesOf(db);
  }

  append(batch: NewBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#pump();
    });
  }

  /** `append` waits for its reader. */
  get #full(): boolean {
    return this.#last - this.#read >= this.#bounds.mostUnreadBatches;
  }

  #pump(): void {
    while (!this.#full || this.#closed) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#add(next.batch).then(next.resolve, next.reject);
    }
  }

  async #add(batch: NewBatch): Promise<void> {
    let seq = 0;
    await this.#group.run(() => {
      seq = this.#write(batch);
    }, 'now');
    this.#durable = Math.max(this.#durable, seq);
    this.#tail.push(seq, { ...batch, position: String(seq) });
    this.#wake();
  }

  #write({ epoch, receivedAt, events, root, source, raw }: NewBatch): number {
    this.#last += 1;
    this.#insert.run(this.#last, epoch, receivedAt, events, storedText(root), sourceCode(source), raw);
    this.#bytes += Buffer.byteLength(raw);
    this.#sinceTrim += 1;
    return this.#last;
  }

  #wake(): void {
    const waiting = this.#wakeReaders;
    this.#wakeReaders = [];
    for (const wake of waiting) wake();
  }

  read(_partition: number, after: Position, limit: number): Promise<LogEntry[]> {
    return this.#reading.ask(() => {
      const seq = toSeq(after);
      const atHand = this.#closed ? [] : this.#tail.read(seq, limit);
      return atHand.length > 0 ? atHand : this.#after.all(seq, this.#durable, limit).map(toEntry);
    });
  }

  more(_partition: number, after: Position, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#closed || this.#durable > toSeq(after)) return Promise.resolve();
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

  async *history(query: Parameters<ChangeLog['history']>[0]): AsyncGenerator<LogEntry> {
    yield* readHistory(this.#reading, query);
  }

  lag(): Promise<LogLag> {
    return this.#reading.ask(() => readLag(this.#db, this.#read, this.#bytes));
  }

  /** Rejects before anything is written: inside a commit a refusal is the end of the store. */
  check(position: Position): void {
    if (toSeq(position) < this.#read) {
      const detail = `the reader stands at ${this.#read} and would go back to ${position}`;
      throw stateError('in-use', this.#path, { detail });
    }
  }

  /** The reader has committed; inside its transaction. */
  committed(position: Position, now: number): void {
    this.#read = toSeq(position);
    if (this.#sinceTrim >= TRIM_EVERY) this.#trim(now);
    if (this.#waiting.length > 0) queueMicrotask(() => this.#pump());
  }

  /** Those who wait are told. */
  close(): void {
    this.#closed = true;
    this.#pump();
    this.#wake();
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
    const gone = this.#db.prepare('SELECT sum(octet_length(raw)) AS n FROM batch WHERE seq <= ?').get(upTo);
    this.#db.prepare('DELETE FROM batch WHERE seq <= ?').run(upTo);
    this.#bytes -= num(gone?.['n']);
  }
}

export function* readHistory(
  reading: Reading,
  query: { readonly since?: number | undefined; readonly after?: Position | undefined },
): Generator<LogEntry> {
  const since = query.since ?? 0;
  const after = toSeq(query.after ?? '');
  // From the end: there is no index by time, and what is asked for is mostly the latest of a log of a gigabyte.
  const older = reading.first(
    'SELECT seq FROM batch WHERE received < ? AND seq > ? ORDER BY seq DESC LIMIT 1',
    since,
    after,
  );
  const rows = reading.pages(
    'SELECT * FROM batch WHERE received >= ? AND seq > ? ORDER BY seq LIMIT ?',
    [since, Math.max(after, num(older?.['seq']))],
    (last) => [since, num(last['seq'])],
  );
  for (const row of rows) yield toEntry(row);
}

export function readLag(db: DatabaseSync, read: number, bytes: number): LogLag {
  const unread = db.prepare('SELECT count(*) AS n, sum(events) AS events FROM batch WHERE seq > ?').get(read);
  const oldest = db.prepare('SELECT received FROM batch WHERE seq > ? ORDER BY seq LIMIT 1').get(read);
  return {
    batches: num(unread?.['n']),
    events: num(unread?.['events']),
    oldestAt: oldest === undefined ? null : num(oldest['received']),
    bytes,
  };
}

export function readPosition(db: DatabaseSync): number {
  return num(db.prepare('SELECT position FROM reader WHERE id = 0').get()?.['position']);
}

export function bytesOf(db: DatabaseSync): number {
  return num(db.prepare('SELECT sum(octet_length(raw)) AS n FROM batch').get()?.['n']);
}

export function toSeq(position: Position): number {
  return Number(position === '' ? 0 : position);
}

function toEntry(row: Row): LogEntry {
  return {
    position: String(num(row['seq'])),
    epoch: num(row['epoch']),
    receivedAt: num(row['received']),
    events: num(row['events']),
    root: name(row['root']),
    source: toSource(num(row['source'])),
    raw: text(row['raw']),
  };
}
