import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  Arming,
  ArmVerdict,
  AttemptTrace,
  JobCounts,
  JobEnd,
  JobFilter,
  JobQueue,
  RuleJob,
  SettlingJob,
  Touch,
} from '../../../queue/port.ts';
import type { LockRecord } from '../../../ledger/lock-record.ts';
import { storedText } from '../../stored-text.ts';
import type { GroupCommit } from '../group-commit.ts';
import { num, numOrNull, type Row, textOrNull } from '../row.ts';
import { stateCode } from './codes.ts';
import { listJobs, listSettling, toJob } from './job-rows.ts';
import type { SqliteLockRecords } from './lock-records.ts';
import { name, Reading } from './reading.ts';
import type { SqliteTraces } from './traces.ts';

type ArmedJob = Arming['job'];
/** Jobs that are read beyond those that are taken now. */
const READ_AHEAD = 256;

/** A job that runs. */
interface Held {
  readonly lease: string;
  /** Of its row. */
  readonly id: number;
  /** Something came while it ran. */
  again: boolean;
}

/**
 * Jobs in one table. Which of them run is known to this process alone: it is the only one that takes any, and when it dies they are due
 * again, from the step where they stopped.
 */
export class SqliteJobQueue implements JobQueue {
  readonly #db: DatabaseSync;
  readonly #reading: Reading;
  readonly #group: GroupCommit;
  readonly #traces: SqliteTraces;
  readonly #locks: SqliteLockRecords;
  readonly #running = new Map<string, Held>();
  /** Keys whose last change is not on stable storage yet, with how many of these there are: nothing is begun because of it. */
  readonly #unsettled = new Map<string, number>();
  /** Rows of jobs that are due and were read ahead, in the order in which they are to be taken; whoever changes a row takes it out. */
  readonly #ahead = new Map<string, Row>();
  readonly #listeners = new Set<() => void>();
  readonly #leases = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  #taken = 0;
  readonly #get: StatementSync;
  readonly #state: StatementSync;
  readonly #names: StatementSync;
  readonly #insert: StatementSync;
  readonly #rearm: StatementSync;
  readonly #again: StatementSync;
  readonly #touch: StatementSync;
  readonly #step: StatementSync;
  readonly #end: StatementSync;
  readonly #remove: StatementSync;
  readonly #due: StatementSync;
  readonly #next: StatementSync;

  constructor(
    db: DatabaseSync,
    group: GroupCommit,
    path: string,
    { traces, locks }: { readonly traces: SqliteTraces; readonly locks: SqliteLockRecords },
  ) {
    this.#db = db;
    this.#reading = new Reading(db, path);
    this.#group = group;
    this.#traces = traces;
    this.#locks = locks;
    this.#get = db.prepare('SELECT * FROM task WHERE key = ?');
    this.#state = db.prepare('SELECT state, armed FROM task WHERE key = ?');
    this.#names = db.prepare('SELECT path, again FROM task WHERE key = ?');
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO task (rule, rule_set, file_id, path, change, match, armed, changed, settle, due, causes, key, state, step, attempts, outputs)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${stateCode('waiting')}, 0, 0, '{}')`,
    );
    this.#rearm = db.prepare(
      `UPDATE task SET rule = ?, rule_set = ?, file_id = ?, path = ?, change = ?, match = ?, armed = ?, changed = ?, settle = ?, due = ?, causes = ?,
       state = ${stateCode('waiting')}, step = 0, attempts = 0, outputs = '{}', last_error = NULL, again = NULL WHERE key = ?`,
    );
    this.#again = db.prepare('UPDATE task SET again = ? WHERE key = ?');
    this.#touch = db.prepare(
      `UPDATE task SET changed = ?, due = max(due, ?), path = ? WHERE key = ? AND state = ${stateCode('waiting')} AND step = 0 AND attempts = 0`,
    );
    this.#step = db.prepare(
      'UPDATE task SET step = ?, path = ?, outputs = ?, attempts = 0, last_error = NULL WHERE id = ?',
    );
    this.#end = db.prepare('UPDATE task SET state = ?, due = ?, attempts = ?, last_error = ?, path = ? WHERE id = ?');
    this.#remove = db.prepare('DELETE FROM task WHERE id = ?');
    this.#due = db.prepare(
      'SELECT * FROM task INDEXED BY task_due WHERE due IS NOT NULL AND due <= ? ORDER BY due, id',
    );
    this.#next = db.prepare('SELECT min(due) AS due FROM task WHERE due IS NOT NULL AND due > ?');
  }

  /** Inside a commit; see `unsettled`. A file that is written matches again and again: of armings of one job that waits the last is written. */
  armAll(armings: readonly Arming[]): ArmVerdict[] {
    const last = new Map<string, Arming>();
    for (const arming of armings) last.set(arming.job.key, arming);
    if (last.size === armings.length) return armings.map((arming) => this.#arm(arming));
    const first = new Map<string, ArmVerdict>();
    return armings.map((arming) => {
      const { key, armedAt } = arming.job;
      if (this.#running.has(key)) return this.#arm(arming);
      const before = first.get(key);
      if (before !== undefined) return before === 'armed' ? 'settles anew' : before;
      const latest = last.get(key) ?? arming;
      const verdict = this.#arm({ ...latest, job: { ...latest.job, armedAt } });
      first.set(key, verdict);
      return verdict;
    });
  }

  #arm({ job, mode }: Arming): ArmVerdict {
    const held = this.#running.get(job.key);
    if (held !== undefined) {
      if (mode === 'single' || mode === 'parallel') return 'ignored: the job runs already';
      held.again = true;
      this.#again.run(JSON.stringify({ job, mode }), storedText(job.key));
      return 'runs again afterwards';
    }
    // Most are new: to look first would be to look twice.
    const values = columns(job, job.armedAt);
    if (Number(this.#insert.run(...values).changes) === 1) return 'armed';
    const present = this.#state.get(storedText(job.key));
    const state = num(present?.['state']);
    this.#ahead.delete(job.key);
    if (state === stateCode('parked')) return 'held back: the job is parked';
    const dead = state === stateCode('dead');
    this.#rearm.run(...(dead ? values : columns(job, num(present?.['armed']))));
    return dead ? 'armed' : 'settles anew';
  }

  /** Inside a commit. */
  touch(touch: Touch): void {
    const present = this.#names.get(storedText(touch.key));
    if (present === undefined) return;
    const again = toArming(present['again']);
    if (again !== undefined) {
      const { job } = again;
      const dueAt = Math.max(job.dueAt ?? 0, touch.dueAt);
      const moved = { ...job, changedAt: touch.changedAt, dueAt, path: pathAfter(touch, job.path) };
      this.#again.run(JSON.stringify({ ...again, job: moved }), storedText(touch.key));
    }
    if (this.#running.has(touch.key)) return;
    this.#ahead.delete(touch.key);
    const path = storedText(pathAfter(touch, name(present['path'])));
    this.#touch.run(touch.changedAt, touch.dueAt, path, storedText(touch.key));
  }

  /** Holds these jobs back until what was done to them is on stable storage; then tells whoever waits for jobs. */
  async unsettled(keys: readonly string[], durable: Promise<void>): Promise<void> {
    for (const key of keys) this.#unsettled.set(key, (this.#unsettled.get(key) ?? 0) + 1);
    try {
      await durable;
    } finally {
      for (const key of keys) {
        const left = (this.#unsettled.get(key) ?? 1) - 1;
        if (left > 0) this.#unsettled.set(key, left);
        else this.#unsettled.delete(key);
      }
    }
    if (keys.length > 0) this.#tell();
  }

  take(now: number, limit: number): Promise<RuleJob[]> {
    return this.#reading.ask(() => {
      const jobs: RuleJob[] = [];
      if (limit <= 0) return jobs;
      this.#takeAhead(jobs, limit);
      if (jobs.length < limit) {
        this.#readAhead(now, limit - jobs.length + READ_AHEAD);
        this.#takeAhead(jobs, limit);
      }
      return jobs;
    });
  }

  #takeAhead(jobs: RuleJob[], limit: number): void {
    for (const [key, row] of this.#ahead) {
      if (jobs.length >= limit) return;
      this.#ahead.delete(key);
      this.#taken += 1;
      const lease = `${this.#leases}-${this.#taken}`;
      this.#running.set(key, { lease, id: num(row['id']), again: row['again'] !== null });
      jobs.push({ ...toJob(row, true), lease });
    }
  }

  /** All that run are passed over, each time: so that this is done seldom, more are read than are wanted now. */
  #readAhead(now: number, most: number): void {
    // Row by row: how many have to be passed over shows on the way.
    for (const row of this.#due.iterate(now)) {
      const key = name(row['key']);
      if (this.#running.has(key) || this.#unsettled.has(key)) continue;
      this.#ahead.set(key, row);
      if (this.#ahead.size >= most) return;
    }
  }

  async stepDone(job: RuleJob, done: Parameters<JobQueue['stepDone']>[1], attempt: AttemptTrace): Promise<boolean> {
    const { step, path, output, ledger } = done;
    const outputs = output === undefined ? job.outputs : { ...job.outputs, [output.action]: output.values };
    let leaveOut = true;
    await this.#group.run(() => {
      const held = this.#held(job);
      if (held === undefined) return;
      this.#step.run(step, storedText(path), JSON.stringify(outputs), held.id);
      this.#traces.attempt(attempt);
      if (ledger !== undefined) this.#locks.put(ledger);
      leaveOut = held.again && this.#waitingArming(job.key)?.mode === 'restart';
    }, 'now');
    return leaveOut;
  }

  finish(job: RuleJob, end: JobEnd, attempt: AttemptTrace | undefined, ledger?: LockRecord): Promise<void> {
    const held = this.#held(job);
    if (held === undefined) return Promise.resolve();
    const durable = this.#group.run(() => {
      this.#running.delete(job.key);
      if (attempt !== undefined) this.#traces.attempt(attempt);
      if (ledger !== undefined) this.#locks.put(ledger);
      const again = held.again ? this.#waitingArming(job.key) : undefined;
      // A change that came while it ran: whatever became of this run, the file is looked at anew.
      if (again !== undefined && end.kind !== 'parked') this.#rearm.run(...columns(again.job, again.job.armedAt));
      else this.#write(held.id, job, end);
    }, 'soon');
    return this.unsettled([job.key], durable);
  }

  #write(id: number, job: RuleJob, end: JobEnd): void {
    switch (end.kind) {
      case 'done':
        this.#remove.run(id);
        return;
      case 'again': {
        const attempts = end.failed ? job.attempts + 1 : job.attempts;
        const error = end.error === null ? null : storedText(end.error);
        this.#end.run(stateCode('waiting'), end.dueAt, attempts, error, storedText(end.path), id);
        return;
      }
      case 'dead':
      case 'parked':
        this.#end.run(stateCode(end.kind), null, job.attempts + 1, storedText(end.error), storedText(job.path), id);
        return;
      default:
        end satisfies never;
    }
  }

  release(job: RuleJob): Promise<void> {
    if (this.#held(job) !== undefined) {
      this.#running.delete(job.key);
      this.#tell();
    }
    return Promise.resolve();
  }

  nextDue(now: number): Promise<number | undefined> {
    return this.#reading.ask(() => numOrNull(this.#next.get(now)?.['due'] ?? null) ?? undefined);
  }

  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async *settling(_partition: number, after: number): AsyncGenerator<SettlingJob> {
    for (const job of listSettling(this.#reading, after)) if (!this.#running.has(job.key)) yield job;
  }

  counts(now: number): Promise<JobCounts> {
    return this.#reading.ask(() => countJobs(this.#db, now, this.#running.size));
  }

  async *list(filter: JobFilter): AsyncGenerator<RuleJob> {
    yield* listJobs(this.#reading, filter, (key) => this.#running.has(key));
  }

  find(key: string): Promise<RuleJob | undefined> {
    return this.#reading.ask(() => {
      const row = this.#get.get(storedText(key));
      return row === undefined ? undefined : toJob(row, this.#running.has(key));
    });
  }

  async retry(key: string, now: number): Promise<boolean> {
    let changed = false;
    await this.#group.run(() => {
      const { changes } = this.#db
        .prepare(`UPDATE task SET state = ${stateCode('waiting')}, due = ?, attempts = 0 WHERE key = ? AND due IS NULL`)
        .run(now, storedText(key));
      changed = Number(changes) === 1;
    }, 'now');
    if (changed) this.#tell();
    return changed;
  }

  async cancel(key: string, why: string, now: number): Promise<boolean> {
    let changed = false;
    await this.#group.run(() => {
      const row = this.#get.get(storedText(key));
      if (row === undefined || this.#running.has(key)) return;
      const { match, step, attempts } = toJob(row, false);
      this.#ahead.delete(key);
      this.#remove.run(num(row['id']));
      this.#traces.attempt({
        match,
        at: now,
        step,
        action: '',
        attempt: attempts,
        outcome: 'cancelled',
        note: why,
        tookMs: 0,
      });
      changed = true;
    }, 'now');
    return changed;
  }

  /** Undefined: it is not this run's any more. */
  #held(job: RuleJob): Held | undefined {
    const held = this.#running.get(job.key);
    return held?.lease === job.lease ? held : undefined;
  }

  /** What came while the job ran. */
  #waitingArming(key: string): Arming | undefined {
    return toArming(this.#names.get(storedText(key))?.['again']);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function toArming(again: Row[string] | undefined): Arming | undefined {
  const stored = textOrNull(again ?? null);
  return stored === null ? undefined : JSON.parse(stored);
}

function pathAfter({ renames }: Touch, path: string): string {
  return renames.reduce((now, { from, to }) => (now === from ? to : now), path);
}

/** Values of an arming, as `#insert` and `#rearm` want them. */
function columns(job: ArmedJob, armedAt: number): (string | number | null)[] {
  return [
    storedText(job.rule),
    storedText(job.ruleSet),
    storedText(job.fileId),
    storedText(job.path),
    JSON.stringify(job.change),
    storedText(job.match),
    armedAt,
    job.changedAt,
    job.settleMs,
    job.dueAt,
    JSON.stringify(job.causes),
    storedText(job.key),
  ];
}

/** `running`: how many of those that are due run, when that is known. */
export function countJobs(db: DatabaseSync, now: number, running: number): JobCounts {
  // From the indexes alone: there may be millions, and somebody looks every second.
  const count = (where: string) => num(db.prepare(`SELECT count(*) AS n FROM task WHERE ${where}`).get(now)?.['n']);
  const counts = {
    waiting: count('due > ?'),
    due: Math.max(0, count('due <= ?') - running),
    running,
    dead: 0,
    parked: 0,
  };
  for (const row of db.prepare('SELECT state, count(*) AS n FROM task WHERE due IS NULL GROUP BY state').all()) {
    if (num(row['state']) === stateCode('dead')) counts.dead += num(row['n']);
    else counts.parked += num(row['n']);
  }
  return counts;
}
