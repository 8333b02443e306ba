import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Job, JobStore } from '../../jobs/port.ts';
import { arrivalCode, arrivalOf, fileKey } from './codes.ts';
import { KnownKeys } from './known-keys.ts';
import { num, numOrNull, type Row, text, textOrNull } from './row.ts';

const COLUMNS = 'file_id, path, how, seen, changed, due, attempts, links, run, last_error';

/** A job is looked at three times between its event and its outcome; so many are kept at hand, and those that are due besides. */
const AT_HAND = 8192;

/** The jobs of one watch under one rule. Nobody else writes them while this is open, so what is at hand is always as stored. */
export class SqliteJobStore implements JobStore {
  readonly #atHand = new Map<string, Job>();
  readonly #watch: number;
  readonly #rule: number;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #touch: StatementSync;
  readonly #remove: StatementSync;
  readonly #due: StatementSync;
  readonly #next: StatementSync;
  readonly #revive: StatementSync;
  readonly #pending: StatementSync;
  readonly #dead: StatementSync;
  readonly #known: KnownKeys;

  constructor(db: DatabaseSync, watch: number, rule: number) {
    this.#watch = watch;
    this.#rule = rule;
    this.#get = db.prepare(`SELECT ${COLUMNS} FROM job WHERE watch_id = ? AND file_id = ?`);
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO job (watch_id, rule_id, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#touch = db.prepare(
      `UPDATE job SET changed = ?, due = ?, attempts = CASE WHEN due IS NULL THEN 0 ELSE attempts END WHERE watch_id = ? AND file_id = ?`,
    );
    this.#remove = db.prepare('DELETE FROM job WHERE watch_id = ? AND file_id = ?');
    this.#due = db.prepare(
      `SELECT ${COLUMNS} FROM job INDEXED BY job_due WHERE watch_id = ? AND due IS NOT NULL AND due <= ? ORDER BY due LIMIT ?`,
    );
    this.#next = db.prepare('SELECT min(due) AS due FROM job WHERE watch_id = ? AND due IS NOT NULL AND due > ?');
    this.#revive = db.prepare('UPDATE job SET due = ?, attempts = 0 WHERE watch_id = ? AND due IS NULL');
    this.#pending = db.prepare('SELECT count(*) AS n FROM job WHERE watch_id = ? AND due IS NOT NULL');
    this.#dead = db.prepare('SELECT count(*) AS n FROM job WHERE watch_id = ? AND due IS NULL');
    const highest = db.prepare('SELECT max(file_id) AS id FROM job WHERE watch_id = ?').get(watch);
    this.#known = new KnownKeys(highest?.['id']);
  }

  get(fileId: string): Job | undefined {
    const atHand = this.#atHand.get(fileId);
    if (atHand !== undefined) return atHand;
    const key = fileKey(fileId);
    if (this.#known.isAbsent(key)) return undefined;
    const row = this.#get.get(this.#watch, key);
    return row === undefined ? undefined : toJob(row);
  }

  put(job: Job): void {
    const key = fileKey(job.fileId);
    this.#known.put(key);
    this.#keepAtHand(job);
    this.#put.run(
      this.#watch,
      this.#rule,
      key,
      job.path,
      arrivalCode(job.how),
      job.seenAt,
      job.changedAt,
      job.dueAt,
      job.attempts,
      job.links,
      job.run,
      job.lastError,
    );
  }

  touch(fileId: string, changedAt: number, dueAt: number): boolean {
    const job = this.#atHand.get(fileId);
    if (job !== undefined) this.#atHand.set(fileId, { ...job, changedAt, dueAt });
    return this.#touch.run(changedAt, dueAt, this.#watch, fileKey(fileId)).changes === 1;
  }

  remove(fileId: string): boolean {
    this.#atHand.delete(fileId);
    return this.#remove.run(this.#watch, fileKey(fileId)).changes === 1;
  }

  due(now: number, limit: number): Job[] {
    const jobs = this.#due.all(this.#watch, now, limit).map(toJob);
    // They are about to be run.
    for (const job of jobs) this.#keepAtHand(job, Number.POSITIVE_INFINITY);
    return jobs;
  }

  nextDueAfter(now: number): number | undefined {
    return numOrNull(this.#next.get(this.#watch, now)?.['due']) ?? undefined;
  }

  reviveDead(now: number): number {
    return Number(this.#revive.run(now, this.#watch).changes);
  }

  countPending(): number {
    return num(this.#pending.get(this.#watch)?.['n']);
  }

  countDead(): number {
    return num(this.#dead.get(this.#watch)?.['n']);
  }

  /**
   * Dead letters are not: whoever asks for one gets it as stored. Nor are the latest of a burst, when there are many already: those that
   * came before them are wanted first.
   */
  #keepAtHand(job: Job, most = AT_HAND): void {
    if (job.dueAt === null) this.#atHand.delete(job.fileId);
    else if (this.#atHand.size < most || this.#atHand.has(job.fileId)) this.#atHand.set(job.fileId, job);
  }
}

function toJob(row: Row): Job {
  return {
    fileId: text(row['file_id']),
    path: text(row['path']),
    how: arrivalOf(num(row['how'])),
    seenAt: num(row['seen']),
    changedAt: num(row['changed']),
    dueAt: numOrNull(row['due']),
    attempts: num(row['attempts']),
    links: num(row['links']),
    run: num(row['run']),
    lastError: textOrNull(row['last_error']),
  };
}
