import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Change } from '../../../events/change.ts';
import type { AttemptTrace, MatchTrace, TraceQuery, TraceStore } from '../../../queue/port.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, type Row, text, textOrNull } from '../row.ts';

const OUTCOMES = ['done', 'skipped', 'gone', 'not-yet', 'transient', 'failed', 'would', 'cancelled'] as const;

/** What matched, why, and what was done about it. */
export class SqliteTraces implements TraceStore {
  readonly #db: DatabaseSync;
  readonly #group: GroupCommit | undefined;
  readonly #match: StatementSync | undefined;
  readonly #attempt: StatementSync | undefined;

  /** Without a group it only reads. */
  constructor(db: DatabaseSync, group?: GroupCommit) {
    this.#db = db;
    this.#group = group;
    if (group === undefined) return;
    this.#match = db.prepare(
      `INSERT OR IGNORE INTO match_trace (match, at, rule, rule_set, file_id, path, moved_from, change, conditions, verdict, job)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#attempt = db.prepare(
      'INSERT INTO attempt_trace (match, at, step, action, attempt, outcome, note, took) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** Inside a commit. */
  match(trace: MatchTrace): void {
    const { match, at, rule, ruleSet, change, conditions, verdict, job } = trace;
    const { fileId, path, movedFrom } = change;
    this.#match?.run(
      match,
      at,
      rule,
      ruleSet,
      fileId,
      path,
      movedFrom,
      JSON.stringify(change),
      conditions,
      verdict,
      job,
    );
  }

  /** Inside a commit. */
  attempt(trace: AttemptTrace): void {
    const { match, at, step, action, attempt, outcome, note, tookMs } = trace;
    this.#attempt?.run(match, at, step, action, attempt, outcome, note, tookMs);
  }

  async *matches(query: TraceQuery): AsyncGenerator<MatchTrace> {
    const where = ['1 = 1'];
    const values: (string | number)[] = [];
    if (query.fileId !== undefined) {
      where.push('file_id = ?');
      values.push(query.fileId);
    }
    if (query.path !== undefined) {
      where.push('(path = ? OR moved_from = ?)');
      values.push(query.path, query.path);
    }
    if (query.rule !== undefined) {
      where.push('rule = ?');
      values.push(query.rule);
    }
    if (query.since !== undefined) {
      where.push('at >= ?');
      values.push(query.since);
    }
    const statement = `SELECT * FROM match_trace WHERE ${where.join(' AND ')} ORDER BY at DESC, match DESC LIMIT ?`;
    for (const row of this.#db.prepare(statement).iterate(...values, query.limit ?? -1)) yield toMatch(row);
  }

  attempts(match: string): Promise<readonly AttemptTrace[]> {
    return Promise.resolve(
      this.#db.prepare('SELECT * FROM attempt_trace WHERE match = ? ORDER BY id').all(match).map(toAttempt),
    );
  }

  async prune(before: number): Promise<number> {
    let dropped = 0;
    await this.#group?.run(() => {
      // A match whose job is still there is part of a story that goes on.
      const old = `SELECT match FROM match_trace WHERE at < ? AND match NOT IN (SELECT match FROM task)`;
      this.#db.prepare(`DELETE FROM attempt_trace WHERE match IN (${old})`).run(before);
      dropped = Number(this.#db.prepare(`DELETE FROM match_trace WHERE match IN (${old})`).run(before).changes);
    }, 'soon');
    return dropped;
  }
}

function toMatch(row: Row): MatchTrace {
  const change: Change = JSON.parse(text(row['change']));
  return {
    match: text(row['match']),
    at: num(row['at']),
    rule: text(row['rule']),
    ruleSet: text(row['rule_set']),
    change,
    conditions: text(row['conditions']),
    verdict: text(row['verdict']),
    job: textOrNull(row['job']),
  };
}

function toAttempt(row: Row): AttemptTrace {
  const outcome = text(row['outcome']);
  return {
    match: text(row['match']),
    at: num(row['at']),
    step: num(row['step']),
    action: text(row['action']),
    attempt: num(row['attempt']),
    outcome: OUTCOMES.find((known) => known === outcome) ?? 'failed',
    note: text(row['note']),
    tookMs: num(row['took']),
  };
}
