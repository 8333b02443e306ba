import type { DatabaseSync } from 'node:sqlite';
import type { CoverageLog, EpochRecord, KnownWatch, WatchKey } from '../../../queue/port.ts';
import { storedText } from '../../stored-text.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, numOrNull, text, textOrNull } from '../row.ts';
import { sourceCode } from './codes.ts';
import { name, type Reading } from './reading.ts';

/** The number of a watch in this file; it gets one when it has none. */
export async function watchNumber(db: DatabaseSync, group: GroupCommit, watch: WatchKey, now: number): Promise<number> {
  const { directoryId, recursive, path } = watch;
  let id = 0;
  await group.run(() => {
    db.prepare(
      'INSERT INTO watch (directory_id, recursive, path, since) VALUES (?, ?, ?, ?) ON CONFLICT (directory_id, recursive) DO UPDATE SET path = excluded.path',
    ).run(directoryId, recursive ? 1 : 0, storedText(path), now);
    const row = db
      .prepare('SELECT id FROM watch WHERE directory_id = ? AND recursive = ?')
      .get(directoryId, recursive ? 1 : 0);
    id = num(row?.['id']);
  }, 'now');
  return id;
}

/** How many events an epoch has told, as far as the log has them: before it ends nobody counts them. */
const EVENTS_OF = (epoch: string) =>
  `(SELECT coalesce(sum(batch.events), 0) FROM batch WHERE batch.epoch = ${epoch} AND batch.source = ${sourceCode('stream')})`;

/** Coverage of one watch. Rare writes, so statements are prepared when needed. */
export class SqliteCoverageLog implements CoverageLog {
  readonly #db: DatabaseSync;
  readonly #group: GroupCommit;
  readonly #watch: number;
  readonly #reading: Reading;
  readonly #key: WatchKey;

  private constructor(reading: Reading, group: GroupCommit, key: WatchKey, watch: number) {
    const { db } = reading;
    this.#db = db;
    this.#group = group;
    this.#watch = watch;
    this.#reading = reading;
    this.#key = key;
  }

  static async open(reading: Reading, group: GroupCommit, watch: WatchKey, now: number): Promise<SqliteCoverageLog> {
    const { db } = reading;
    const id = await watchNumber(db, group, watch, now);
    await group.run(() => {
      // An epoch without an end is one whose process was killed: what happened after its last event is a gap.
      db.prepare(
        `UPDATE epoch SET ended = coalesce(registered, opened), end_reason = 'killed', events = ${EVENTS_OF('epoch.id')}
         WHERE watch_id = ? AND ended IS NULL`,
      ).run(id);
    }, 'now');
    return new SqliteCoverageLog(reading, group, watch, id);
  }

  async openEpoch(at: number): Promise<number> {
    let epoch = 0;
    await this.#group.run(() => {
      const { lastInsertRowid } = this.#db
        .prepare('INSERT INTO epoch (watch_id, opened) VALUES (?, ?)')
        .run(this.#watch, at);
      epoch = Number(lastInsertRowid);
    }, 'now');
    return epoch;
  }

  registered(epoch: number, at: number): Promise<void> {
    return this.#update('registered = ?', at, epoch);
  }

  ended(epoch: number, at: number, reason: string, events: number): Promise<void> {
    return this.#update('ended = ?, end_reason = ?, events = ?', at, reason, events, epoch);
  }

  gapClosed(epoch: number, by: 'start' | 'baseline' | 'walk', at: number): Promise<void> {
    return this.#update('gap_closed_by = ?, gap_closed = ?', by, at, epoch);
  }

  seenUntil(): Promise<number | undefined> {
    const covered = this.#db
      .prepare(
        'SELECT max(id) AS id FROM epoch WHERE watch_id = ? AND gap_closed IS NOT NULL AND registered IS NOT NULL',
      )
      .get(this.#watch);
    const epoch = numOrNull(covered?.['id'] ?? null);
    if (epoch === null) return Promise.resolve(undefined);
    const registered = this.#db.prepare('SELECT registered FROM epoch WHERE id = ?').get(epoch);
    const last = this.#db
      .prepare('SELECT max(received) AS at FROM batch WHERE epoch = ? AND source = ?')
      .get(epoch, sourceCode('stream'));
    return Promise.resolve(Math.max(num(registered?.['registered']), numOrNull(last?.['at'] ?? null) ?? 0));
  }

  #update(what: string, ...values: (string | number)[]): Promise<void> {
    return this.#group.run(() => {
      this.#db.prepare(`UPDATE epoch SET ${what} WHERE id = ?`).run(...values);
    }, 'now');
  }

  async *epochs(): AsyncGenerator<EpochRecord> {
    yield* readEpochs(this.#reading, this.#key);
  }
}

export function readWatches(db: DatabaseSync): KnownWatch[] {
  const rows = db.prepare('SELECT * FROM watch ORDER BY id').all();
  return rows.map((row) => ({
    directoryId: text(row['directory_id']),
    recursive: row['recursive'] === 1,
    path: name(row['path']),
    since: num(row['since']),
  }));
}

export function* readEpochs(reading: Reading, { directoryId, recursive }: WatchKey): Generator<EpochRecord> {
  const watch = [directoryId, recursive ? 1 : 0];
  const rows = reading.pages(
    `SELECT e.id, e.opened, e.registered, e.ended, e.end_reason, e.gap_closed_by, e.gap_closed,
       CASE WHEN e.ended IS NULL THEN ${EVENTS_OF('e.id')} ELSE e.events END AS events
     FROM watch w JOIN epoch e ON e.watch_id = w.id
     WHERE w.directory_id = ? AND w.recursive = ? AND e.id > ? ORDER BY e.id LIMIT ?`,
    [...watch, 0],
    (last) => [...watch, num(last['id'])],
  );
  for (const row of rows) {
    yield {
      epoch: num(row['id']),
      openedAt: num(row['opened']),
      registeredAt: numOrNull(row['registered']),
      endedAt: numOrNull(row['ended']),
      endReason: textOrNull(row['end_reason']),
      events: num(row['events']),
      gapClosedBy: textOrNull(row['gap_closed_by']),
      gapClosedAt: numOrNull(row['gap_closed']),
    };
  }
}
