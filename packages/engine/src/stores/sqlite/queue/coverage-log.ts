import type { DatabaseSync } from 'node:sqlite';
import type { CoverageLog, EpochRecord, WatchKey } from '../../../queue/port.ts';
import { SqliteCoverageStore } from '../coverage-store.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, numOrNull, textOrNull } from '../row.ts';
import { sourceCode } from './codes.ts';

/** The number of a watch in this file; it gets one when it has none. */
export async function watchNumber(db: DatabaseSync, group: GroupCommit, watch: WatchKey, now: number): Promise<number> {
  const { directoryId, recursive, path } = watch;
  let id = 0;
  await group.run(() => {
    db.prepare(
      'INSERT INTO watch (directory_id, recursive, path, since) VALUES (?, ?, ?, ?) ON CONFLICT (directory_id, recursive) DO UPDATE SET path = excluded.path',
    ).run(directoryId, recursive ? 1 : 0, path, now);
    const row = db
      .prepare('SELECT id FROM watch WHERE directory_id = ? AND recursive = ?')
      .get(directoryId, recursive ? 1 : 0);
    id = num(row?.['id']);
  }, 'now');
  return id;
}

/** Coverage of one watch in the tables that `filelock` has for it too. */
export class SqliteCoverageLog implements CoverageLog {
  readonly #db: DatabaseSync;
  readonly #group: GroupCommit;
  readonly #watch: number;
  readonly #store: SqliteCoverageStore;

  private constructor(db: DatabaseSync, group: GroupCommit, watch: number) {
    this.#db = db;
    this.#group = group;
    this.#watch = watch;
    this.#store = new SqliteCoverageStore(db, watch);
  }

  static async open(db: DatabaseSync, group: GroupCommit, watch: WatchKey, now: number): Promise<SqliteCoverageLog> {
    const id = await watchNumber(db, group, watch, now);
    await group.run(() => {
      // An epoch without an end is one whose process was killed: what happened after its last event is a gap.
      db.prepare(
        "UPDATE epoch SET ended = coalesce(registered, opened), end_reason = 'killed' WHERE watch_id = ? AND ended IS NULL",
      ).run(id);
    }, 'now');
    return new SqliteCoverageLog(db, group, id);
  }

  async openEpoch(at: number): Promise<number> {
    let epoch = 0;
    await this.#group.run(() => {
      epoch = this.#store.openEpoch(at);
    }, 'now');
    return epoch;
  }

  registered(epoch: number, at: number): Promise<void> {
    return this.#group.run(() => this.#store.registered(epoch, at), 'now');
  }

  ended(epoch: number, at: number, reason: string, events: number): Promise<void> {
    return this.#group.run(() => this.#store.ended(epoch, at, reason, events), 'now');
  }

  gapClosed(epoch: number, by: 'start' | 'baseline' | 'walk', at: number): Promise<void> {
    return this.#group.run(() => this.#store.gapClosed(epoch, by, at), 'now');
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

  async *epochs(): AsyncGenerator<EpochRecord> {
    for (const row of this.#db.prepare('SELECT * FROM epoch WHERE watch_id = ? ORDER BY id').iterate(this.#watch)) {
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
}
