import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Change } from '../../../events/change.ts';
import type { AttemptTrace, MatchTrace, TraceQuery, TraceStore } from '../../../queue/port.ts';
import { isBelow } from '../../job-filter.ts';
import { parsed, storedText } from '../../stored-text.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, type Row, text } from '../row.ts';
import { name, nameOrNull, Reading } from './reading.ts';

const OUTCOMES = ['done', 'skipped', 'gone', 'not-yet', 'transient', 'failed', 'would', 'cancelled'] as const;

/** What matched, why, and what was done about it. */
export class SqliteTraces implements TraceStore {
  readonly #db: DatabaseSync;
  readonly #reading: Reading;
  readonly #group: GroupCommit;
  readonly #match: StatementSync;
  readonly #known: StatementSync;
  readonly #attempt: StatementSync;

  constructor(db: DatabaseSync, group: GroupCommit, path: string) {
    this.#db = db;
    this.#reading = new Reading(db, path);
    this.#group = group;
    this.#match = db.prepare(
      `INSERT OR IGNORE INTO match_trace (match, at, rule, rule_set, file_id, path, moved_from, change, conditions, verdict, job)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#known = db.prepare('SELECT 1 FROM match_trace WHERE match = ?');
    this.#attempt = db.prepare(
      'INSERT INTO attempt_trace (match, at, step, action, attempt, outcome, note, took) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** The match was dealt with before. */
  has(match: string): boolean {
    return this.#known.get(storedText(match)) !== undefined;
  }

  /** Inside a commit. */
  match(trace: MatchTrace): void {
    const { match, at, rule, ruleSet, change, conditions, verdict, job } = trace;
    const { fileId, path, movedFrom } = change;
    this.#match.run(
      storedText(match),
      at,
      storedText(rule),
      storedText(ruleSet),
      storedText(fileId),
      storedText(path),
      movedFrom === null ? null : storedText(movedFrom),
      JSON.stringify(change),
      storedText(conditions),
      storedText(verdict),
      job === null ? null : storedText(job),
    );
  }

  /** Inside a commit. */
  attempt(trace: AttemptTrace): void {
    const { match, at, step, action, attempt, outcome, note, tookMs } = trace;
    this.#attempt.run(storedText(match), at, step, storedText(action), attempt, outcome, storedText(note), tookMs);
  }

  async *matches(query: TraceQuery): AsyncGenerator<MatchTrace> {
    yield* readMatches(this.#reading, query);
  }

  attempts(match: string): Promise<readonly AttemptTrace[]> {
    return this.#reading.ask(() => readAttempts(this.#db, match));
  }

  async prune(before: number): Promise<number> {
    let dropped = 0;
    await this.#group.run(() => {
      // A match whose job is still there is part of a story that goes on.
      const old = `SELECT match FROM match_trace WHERE at < ? AND match NOT IN (SELECT match FROM task)`;
      this.#db.prepare(`DELETE FROM attempt_trace WHERE match IN (${old})`).run(before);
      dropped = Number(this.#db.prepare(`DELETE FROM match_trace WHERE match IN (${old})`).run(before).changes);
    }, 'soon');
    return dropped;
  }
}

export function* readMatches(reading: Reading, query: TraceQuery): Generator<MatchTrace> {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...more: (string | number)[]) => {
    where.push(`${condition} AND`);
    values.push(...more);
  };
  if (query.fileId !== undefined) add('file_id = ?', storedText(query.fileId));
  if (query.path !== undefined) add('(path = ? OR moved_from = ?)', storedText(query.path), storedText(query.path));
  if (query.rule !== undefined) add('rule = ?', storedText(query.rule));
  if (query.since !== undefined) add('at >= ?', query.since);
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  const rows = reading.pages(
    `SELECT * FROM match_trace WHERE ${where.join(' ')} (at, match) < (?, ?) ORDER BY at DESC, match DESC LIMIT ?`,
    [...values, Number.POSITIVE_INFINITY, ''],
    (last) => [...values, num(last['at']), text(last['match'])],
  );
  for (const row of rows) {
    if (left <= 0) return;
    const trace = toMatch(row);
    const { path, movedFrom } = trace.change;
    if (query.under !== undefined && !isBelow(path, query.under) && !isBelow(movedFrom ?? '', query.under)) continue;
    left -= 1;
    yield trace;
  }
}

export function readAttempts(db: DatabaseSync, match: string): AttemptTrace[] {
  const rows = db.prepare('SELECT * FROM attempt_trace WHERE match = ? ORDER BY id').all(storedText(match));
  return rows.map(toAttempt);
}

function toMatch(row: Row): MatchTrace {
  return {
    match: name(row['match']),
    at: num(row['at']),
    rule: name(row['rule']),
    ruleSet: name(row['rule_set']),
    change: parsed<Change>(text(row['change'])),
    conditions: name(row['conditions']),
    verdict: name(row['verdict']),
    job: nameOrNull(row['job']),
  };
}

function toAttempt(row: Row): AttemptTrace {
  const outcome = text(row['outcome']);
  return {
    match: name(row['match']),
    at: num(row['at']),
    step: num(row['step']),
    action: name(row['action']),
    attempt: num(row['attempt']),
    outcome: OUTCOMES.find((known) => known === outcome) ?? 'failed',
    note: name(row['note']),
    tookMs: num(row['took']),
  };
}
