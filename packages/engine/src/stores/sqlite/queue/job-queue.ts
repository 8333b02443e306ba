import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Arming, AttemptTrace, JobCounts, JobEnd, JobFilter, JobQueue, RuleJob } from '../../../queue/port.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, numOrNull, type Row, text, textOrNull } from '../row.ts';
import { stateCode } from './codes.ts';
import { toJob } from './job-rows.ts';
import type { SqliteTraces } from './traces.ts';

type ArmedJob = Arming['job'];
/** What became of an arming; goes into the trace of its match. */
export type ArmVerdict =
  | 'armed'
  | 'settles anew'
  | 'runs again afterwards'
  | 'ignored: the job runs already'
  | 'held back: the job is parked';

/**
 * Jobs in one table. Which of them run is known to this process alone: it is the only one that takes any, and when it dies they are due
 * again, from the step where they stopped.
 */
export class SqliteJobQueue implements JobQueue {
  readonly #db: DatabaseSync;
  readonly #group: GroupCommit;
  readonly #traces: SqliteTraces;
  /** With what came while each ran, if something did; and their row ids. */
  readonly #running = new Map<string, { readonly id: number; again: Arming | null }>();
  readonly #runningIds = new Set<number>();
  readonly #get: StatementSync;
  readonly #state: StatementSync;
  readonly #insert: StatementSync;
  readonly #rearm: StatementSync;
  readonly #again: StatementSync;
  readonly #step: StatementSync;
  readonly #end: StatementSync;
  readonly #remove: StatementSync;
  readonly #due: StatementSync;
  readonly #row: StatementSync;
  readonly #next: StatementSync;

  constructor(db: DatabaseSync, group: GroupCommit, traces: SqliteTraces) {
    this.#db = db;
    this.#group = group;
    this.#traces = traces;
    this.#get = db.prepare('SELECT * FROM task WHERE key = ?');
    this.#state = db.prepare('SELECT state FROM task WHERE key = ?');
    this.#insert = db.prepare(
      `INSERT INTO task (key, rule, rule_set, file_id, path, change, match, state, armed, changed, settle, due, step, attempts, outputs, causes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ${stateCode('waiting')}, ?, ?, ?, ?, 0, 0, '{}', ?) ON CONFLICT (key) DO NOTHING`,
    );
    this.#rearm = db.prepare(
      `UPDATE task SET rule_set = ?, path = ?, change = ?, match = ?, state = ${stateCode('waiting')}, changed = ?, settle = ?, due = ?, step = 0,
       attempts = 0, outputs = '{}', causes = ?, last_error = NULL, again = NULL WHERE key = ?`,
    );
    this.#again = db.prepare('UPDATE task SET again = ? WHERE key = ?');
    this.#step = db.prepare(
      'UPDATE task SET step = ?, path = ?, outputs = ?, attempts = 0, last_error = NULL WHERE key = ?',
    );
    this.#end = db.prepare('UPDATE task SET state = ?, due = ?, attempts = ?, last_error = ?, path = ? WHERE key = ?');
    this.#remove = db.prepare('DELETE FROM task WHERE key = ?');
    this.#due = db.prepare(
      'SELECT id FROM task INDEXED BY task_due WHERE due IS NOT NULL AND due <= ? ORDER BY due LIMIT ?',
    );
    this.#row = db.prepare('SELECT * FROM task WHERE id = ?');
    this.#next = db.prepare('SELECT min(due) AS due FROM task WHERE due IS NOT NULL AND due > ?');
  }

  /** Inside a commit. */
  arm({ job, mode }: Arming): ArmVerdict {
    // Most are new: one statement, and a look only at one that is there.
    const { changes } = this.#insert.run(
      job.key,
      job.rule,
      job.ruleSet,
      job.fileId,
      job.path,
      JSON.stringify(job.change),
      job.match,
      job.armedAt,
      job.changedAt,
      job.settleMs,
      job.dueAt,
      JSON.stringify(job.causes),
    );
    if (changes === 1) return 'armed';
    if (num(this.#state.get(job.key)?.['state']) === stateCode('parked')) return 'held back: the job is parked';
    const run = this.#running.get(job.key);
    if (run !== undefined) {
      if (mode === 'single') return 'ignored: the job runs already';
      const again: Arming = { job, mode };
      this.#again.run(JSON.stringify(again), job.key);
      run.again = again;
      return 'runs again afterwards';
    }
    this.#armAnew(job);
    return 'settles anew';
  }

  take(now: number, limit: number): Promise<RuleJob[]> {
    const jobs: RuleJob[] = [];
    // Those that run are due too: their ids stand in the index, their rows need not be read.
    for (const due of this.#due.all(now, limit + this.#running.size)) {
      const id = num(due['id']);
      if (this.#runningIds.has(id)) continue;
      if (jobs.length >= limit) break;
      const row = this.#row.get(id);
      if (row === undefined) continue;
      this.#running.set(text(row['key']), { id, again: armingOf(row) });
      this.#runningIds.add(id);
      jobs.push(toJob(row, true));
    }
    return Promise.resolve(jobs);
  }

  async stepDone(
    job: RuleJob,
    done: {
      step: number;
      path: string;
      output?: { action: string; values: Readonly<Record<string, string>> } | undefined;
    },
    attempt: AttemptTrace,
  ): Promise<boolean> {
    const { step, path, output } = done;
    const outputs = output === undefined ? job.outputs : { ...job.outputs, [output.action]: output.values };
    let restart = false;
    await this.#group.run(() => {
      this.#step.run(step, path, JSON.stringify(outputs), job.key);
      this.#traces.attempt(attempt);
      restart = this.#running.get(job.key)?.again?.mode === 'restart';
    }, 'now');
    return restart;
  }

  finish(job: RuleJob, end: JobEnd, attempt: AttemptTrace | undefined): Promise<void> {
    return this.#group.run(() => {
      const again = this.#running.get(job.key)?.again ?? null;
      this.#forget(job.key);
      if (attempt !== undefined) this.#traces.attempt(attempt);
      // A change that came while it ran: whatever became of this run, the file is looked at anew.
      if (again !== null && end.kind !== 'parked') this.#armAnew(again.job);
      else this.#write(job, end);
    }, 'soon');
  }

  #write(job: RuleJob, end: JobEnd): void {
    switch (end.kind) {
      case 'done':
        this.#remove.run(job.key);
        return;
      case 'again':
        this.#end.run(
          stateCode('waiting'),
          end.dueAt,
          end.failed ? job.attempts + 1 : job.attempts,
          end.error,
          end.path,
          job.key,
        );
        return;
      case 'dead':
      case 'parked':
        this.#end.run(stateCode(end.kind), null, job.attempts + 1, end.error, job.path, job.key);
        return;
      default:
        end satisfies never;
    }
  }

  release(job: RuleJob): Promise<void> {
    this.#forget(job.key);
    return Promise.resolve();
  }

  nextDue(now: number): Promise<number | undefined> {
    return Promise.resolve(numOrNull(this.#next.get(now)?.['due'] ?? null) ?? undefined);
  }

  counts(now: number): Promise<JobCounts> {
    const counts = { waiting: 0, due: 0, running: this.#running.size, dead: 0, parked: 0 };
    for (const row of this.#db
      .prepare('SELECT state, due <= ? AS due, count(*) AS n FROM task GROUP BY 1, 2')
      .all(now)) {
      const n = num(row['n']);
      if (num(row['state']) === stateCode('dead')) counts.dead += n;
      else if (num(row['state']) === stateCode('parked')) counts.parked += n;
      else if (row['due'] === 1) counts.due += n;
      else counts.waiting += n;
    }
    counts.due = Math.max(0, counts.due - counts.running);
    return Promise.resolve(counts);
  }

  async *list(filter: JobFilter): AsyncGenerator<RuleJob> {
    yield* listJobs(this.#db, filter, (key) => this.#running.has(key));
  }

  find(key: string): Promise<RuleJob | undefined> {
    const row = this.#get.get(key);
    return Promise.resolve(row === undefined ? undefined : toJob(row, this.#running.has(key)));
  }

  async retry(key: string, now: number): Promise<boolean> {
    let changed = false;
    await this.#group.run(() => {
      const { changes } = this.#db
        .prepare(`UPDATE task SET state = ${stateCode('waiting')}, due = ?, attempts = 0 WHERE key = ? AND due IS NULL`)
        .run(now, key);
      changed = changes === 1;
    }, 'now');
    return changed;
  }

  async cancel(key: string, why: string, now: number): Promise<boolean> {
    let changed = false;
    await this.#group.run(() => {
      const row = this.#get.get(key);
      if (row === undefined || this.#running.has(key)) return;
      const job = toJob(row, false);
      this.#remove.run(key);
      this.#traces.attempt({
        match: job.match,
        at: now,
        step: job.step,
        action: '',
        attempt: job.attempts,
        outcome: 'cancelled',
        note: why,
        tookMs: 0,
      });
      changed = true;
    }, 'now');
    return changed;
  }

  #forget(key: string): void {
    const run = this.#running.get(key);
    if (run === undefined) return;
    this.#running.delete(key);
    this.#runningIds.delete(run.id);
  }

  #armAnew(job: ArmedJob): void {
    this.#rearm.run(
      job.ruleSet,
      job.path,
      JSON.stringify(job.change),
      job.match,
      job.changedAt,
      job.settleMs,
      job.dueAt,
      JSON.stringify(job.causes),
      job.key,
    );
  }
}

/** What came while the job ran, in this process or in one before it. */
function armingOf(row: Row): Arming | null {
  const again = textOrNull(row['again']);
  if (again === null) return null;
  const arming: Arming = JSON.parse(again);
  return arming;
}

/** Also for a process that only reads: what runs is then not known, and shown as due. */
export function* listJobs(
  db: DatabaseSync,
  filter: JobFilter,
  isRunning: (key: string) => boolean,
): Generator<RuleJob> {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...more: (string | number)[]) => {
    where.push(condition);
    values.push(...more);
  };
  if (filter.rule !== undefined) add('rule = ?', filter.rule);
  if (filter.fileId !== undefined) add('file_id = ?', filter.fileId);
  if (filter.under !== undefined && filter.under !== '/') {
    const under = filter.under.endsWith('/') ? filter.under.slice(0, -1) : filter.under;
    add('(path = ? OR substr(path, 1, length(?)) = ?)', under, `${under}/`, `${under}/`);
  }
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const states = filter.states === undefined ? undefined : new Set(filter.states);
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  for (const row of db.prepare(`SELECT * FROM task ${condition} ORDER BY due IS NULL, due, id`).iterate(...values)) {
    const job = toJob(row, isRunning(text(row['key'])));
    if (states !== undefined && !states.has(job.state)) continue;
    if (left <= 0) return;
    left -= 1;
    yield job;
  }
}
