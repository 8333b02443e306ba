import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AttemptTrace, MatchTrace, TraceQuery, TraceStore } from '../../../queue/port.ts';
import { storedText } from '../../stored-text.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, type Row, text } from '../row.ts';
import { name, Reading } from './reading.ts';
import { joinBlocks, mayHave, placeOf, TraceBlock, type TraceBlockRow, tracesIn } from './trace-block.ts';

const OUTCOMES = ['done', 'skipped', 'gone', 'not-yet', 'transient', 'failed', 'would', 'cancelled'] as const;
/** Rows with fewer traces are joined, to so many. */
const FEW = 256;
const JOINED = 1024;

/** What matched, why, and what was done about it. */
export class SqliteTraces implements TraceStore {
  readonly #db: DatabaseSync;
  readonly #reading: Reading;
  readonly #group: GroupCommit;
  readonly #put: StatementSync;
  readonly #there: StatementSync;
  readonly #attempt: StatementSync;
  readonly #forgetAttempts: StatementSync;
  readonly #job: StatementSync;
  /** The last place in the log of which there is a match. */
  #high: number;
  /** Up to this row there is nothing to be joined. */
  #joined = 0;

  constructor(db: DatabaseSync, group: GroupCommit, path: string) {
    this.#db = db;
    this.#reading = new Reading(db, path);
    this.#group = group;
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO trace_block (id, first, last, low, high, count, names, traces) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#there = db.prepare('SELECT names, traces FROM trace_block WHERE high >= ? AND low <= ?');
    this.#attempt = db.prepare(
      'INSERT INTO attempt_trace (match, at, step, action, attempt, outcome, note, took) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#forgetAttempts = db.prepare('DELETE FROM attempt_trace WHERE match = ?');
    this.#job = db.prepare('SELECT match FROM task WHERE key = ?');
    this.#high = num(db.prepare('SELECT max(high) AS high FROM trace_block').get()?.['high']);
  }

  /** The match was dealt with before. */
  has(match: string): boolean {
    const place = placeOf(match);
    // Nearly always: what is decided about now stands behind all that was.
    if (place > this.#high) return false;
    for (const row of this.#there.iterate(place, place)) {
      const traces = { names: blob(row['names']), traces: text(row['traces']) };
      if (mayHave(traces.names, { match }) && tracesIn(traces, { match }).some((one) => one.match === match))
        return true;
    }
    return false;
  }

  /** Inside a commit. */
  write(block: TraceBlock): void {
    const row = block.row();
    if (row === undefined) return;
    this.#high = Math.max(this.#high, row.high);
    this.#insert(null, row);
  }

  #insert(id: number | null, { first, last, low, high, count, names, traces }: TraceBlockRow): void {
    this.#put.run(id, first, last, low, high, count, names, traces);
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
    const old = await this.#reading.ask(() =>
      this.#db.prepare('SELECT id FROM trace_block WHERE first < ?').all(before),
    );
    const get = this.#db.prepare('SELECT * FROM trace_block WHERE id = ?');
    for (const { id } of old) {
      // A row at a time: nobody waits long for it.
      await this.#group.run(() => {
        const row = get.get(num(id));
        if (row !== undefined) dropped += this.#pruneRow(num(id), toRow(row), before);
      }, 'soon');
    }
    await this.#join();
    return dropped;
  }

  /** A match whose job is still there is part of a story that goes on. */
  #pruneRow(id: number, row: TraceBlockRow, before: number): number {
    const kept = new TraceBlock();
    let dropped = 0;
    for (const trace of tracesIn(row, {})) {
      const { at, job, match } = trace;
      if (at >= before || (job !== null && this.#isAbout(job, match))) kept.add(trace);
      else {
        this.#forgetAttempts.run(storedText(match));
        dropped += 1;
      }
    }
    if (dropped === 0) return 0;
    const rest = kept.row();
    if (rest === undefined) this.#db.prepare('DELETE FROM trace_block WHERE id = ?').run(id);
    else this.#insert(id, rest);
    return dropped;
  }

  #isAbout(job: string, match: string): boolean {
    const present = this.#job.get(storedText(job));
    return present !== undefined && name(present['match']) === match;
  }

  /** Joins small rows that stand one behind the other: how long it takes to find a trace goes by the number of rows. */
  async #join(): Promise<void> {
    for (let ids = this.#nextToJoin(); ids !== undefined; ids = this.#nextToJoin()) {
      const some = ids;
      await this.#group.run(() => this.#joinRows(some), 'soon');
    }
  }

  /** Small rows of which no more come. Remembers what need not be looked at again. */
  #nextToJoin(): readonly number[] | undefined {
    const rows = this.#db
      .prepare('SELECT id, count, names IS NULL AS nameless FROM trace_block WHERE id > ? ORDER BY id')
      .iterate(this.#joined);
    let [ids, sum]: [number[], number] = [[], 0];
    for (const row of rows) {
      const [id, count] = [num(row['id']), num(row['count'])];
      const isSmall = count < FEW && row['nameless'] === 0;
      if (isSmall) {
        ids.push(id);
        sum += count;
      }
      if (isSmall && sum < JOINED) continue;
      if (ids.length > 1) return ids;
      this.#joined = id;
      [ids, sum] = [[], 0];
    }
    return sum >= FEW && ids.length > 1 ? ids : undefined;
  }

  #joinRows(ids: readonly number[]): void {
    const get = this.#db.prepare('SELECT * FROM trace_block WHERE id = ?');
    const rows: TraceBlockRow[] = [];
    for (const id of ids) {
      const row = get.get(id);
      if (row !== undefined) rows.push(toRow(row));
    }
    const remove = this.#db.prepare('DELETE FROM trace_block WHERE id = ?');
    for (const id of ids) remove.run(id);
    const [first] = ids;
    if (first !== undefined && rows.length > 0) this.#insert(first, joinBlocks(rows));
  }
}

export function* readMatches(reading: Reading, query: TraceQuery): Generator<MatchTrace> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  for (const trace of newestFirst(reading, query)) {
    if (left <= 0) return;
    left -= 1;
    yield trace;
  }
}

function* newestFirst(reading: Reading, query: TraceQuery): Generator<MatchTrace> {
  /** Those that are not given yet, oldest first: rows may overlap. */
  let waiting: MatchTrace[] = [];
  const rows = reading.pages(
    'SELECT id, last, names FROM trace_block WHERE last >= ? AND (last, id) < (?, ?) ORDER BY last DESC, id DESC LIMIT ?',
    [query.since ?? Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0],
    (last) => [query.since ?? Number.NEGATIVE_INFINITY, num(last['last']), num(last['id'])],
  );
  for (const row of rows) {
    const last = num(row['last']);
    while ((waiting.at(-1)?.at ?? Number.NEGATIVE_INFINITY) > last) {
      const next = waiting.pop();
      if (next !== undefined) yield next;
    }
    if (!mayHave(blob(row['names']), query)) continue;
    const found = reading.db.prepare('SELECT names, traces FROM trace_block WHERE id = ?').get(num(row['id']));
    if (found === undefined) continue;
    const traces = tracesIn({ names: blob(found['names']), traces: text(found['traces']) }, query);
    waiting = [...waiting, ...traces.filter((trace) => fits(trace, query))].sort(byAge);
  }
  yield* waiting.toReversed();
}

function byAge(a: MatchTrace, b: MatchTrace): number {
  return a.at - b.at || (a.match < b.match ? -1 : 1);
}

function fits({ change, rule, at }: MatchTrace, query: TraceQuery): boolean {
  if (query.fileId !== undefined && change.fileId !== query.fileId) return false;
  if (query.path !== undefined && change.path !== query.path && change.movedFrom !== query.path) return false;
  return (query.rule === undefined || rule === query.rule) && (query.since === undefined || at >= query.since);
}

export function readAttempts(db: DatabaseSync, match: string): AttemptTrace[] {
  const rows = db.prepare('SELECT * FROM attempt_trace WHERE match = ? ORDER BY id').all(storedText(match));
  return rows.map(toAttempt);
}

function toRow(row: Row): TraceBlockRow {
  return {
    first: num(row['first']),
    last: num(row['last']),
    low: num(row['low']),
    high: num(row['high']),
    count: num(row['count']),
    names: blob(row['names']),
    traces: text(row['traces']),
  };
}

function blob(value: Row[string] | undefined): Uint8Array | null {
  return value instanceof Uint8Array ? value : null;
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
