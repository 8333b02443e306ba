import type { DatabaseSync } from 'node:sqlite';
import type { CoverageStore, WatchRecord } from '../../watch/port.ts';
import { num, numOrNull, text } from './row.ts';

/** Coverage record of one watch. Rare writes, so statements are prepared when needed. */
export class SqliteCoverageStore implements CoverageStore {
  readonly #db: DatabaseSync;
  readonly #watch: number;

  constructor(db: DatabaseSync, watch: number) {
    this.#db = db;
    this.#watch = watch;
  }

  watch(): WatchRecord {
    const row = this.#db.prepare('SELECT * FROM watch WHERE id = ?').get(this.#watch) ?? {};
    return {
      directoryId: text(row['directory_id']),
      recursive: row['recursive'] === 1,
      path: text(row['path']),
      since: num(row['since']),
      beganClusterMs: numOrNull(row['began_cluster']) ?? undefined,
      baselineDoneAt: numOrNull(row['baseline_done']) ?? undefined,
    };
  }

  setPath(path: string): void {
    this.#db.prepare('UPDATE watch SET path = ? WHERE id = ?').run(path, this.#watch);
  }

  setBegan(clusterMs: number): void {
    this.#db
      .prepare('UPDATE watch SET began_cluster = ? WHERE id = ? AND began_cluster IS NULL')
      .run(clusterMs, this.#watch);
  }

  setBaselineDone(at: number): void {
    this.#db.prepare('UPDATE watch SET baseline_done = ? WHERE id = ?').run(at, this.#watch);
  }

  openEpoch(at: number): number {
    return Number(
      this.#db.prepare('INSERT INTO epoch (watch_id, opened) VALUES (?, ?)').run(this.#watch, at).lastInsertRowid,
    );
  }

  registered(epoch: number, at: number): void {
    this.#db.prepare('UPDATE epoch SET registered = ? WHERE id = ?').run(at, epoch);
  }

  ended(epoch: number, at: number, reason: string, events: number): void {
    this.#db
      .prepare('UPDATE epoch SET ended = ?, end_reason = ?, events = ? WHERE id = ?')
      .run(at, reason, events, epoch);
  }

  gapClosed(epoch: number, by: 'baseline' | 'walk' | 'start', at: number): void {
    this.#db.prepare('UPDATE epoch SET gap_closed_by = ?, gap_closed = ? WHERE id = ?').run(by, at, epoch);
  }
}
