import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { toStateError } from './errors.ts';

/** Works that share a commit at most, and how long one waits for company. */
const GROUP = { works: 256, waitMs: 5 };

interface Waiter {
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * One fsync for many works (PERFORMANCE: one by one 5,000/s, in groups 200,000/s). A work runs at once inside the open transaction; its
 * promise settles with the commit. A failure is final: the whole group is undone and every later work is refused, because what was
 * decided in memory no longer agrees with the file.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #waitMs: number;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  #waiters: Waiter[] = [];
  #open = false;
  #failure: Error | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(db: DatabaseSync, path: string, waitMs: number = GROUP.waitMs) {
    this.#waitMs = waitMs;
    this.#db = db;
    this.#path = path;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#end = db.prepare('COMMIT');
  }

  run(work: () => void, urgency: 'now' | 'soon'): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    try {
      if (!this.#open) {
        this.#begin.run();
        this.#open = true;
      }
      work();
    } catch (error) {
      return Promise.reject(this.#fail(error));
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (urgency === 'now' || this.#waitMs === 0 || this.#waiters.length >= GROUP.works)
        this.#immediate ??= setImmediate(() => this.flush());
      else this.#timer ??= setTimeout(() => this.flush(), this.#waitMs);
    });
  }

  /** Commits what is open, now. */
  flush(): void {
    this.#unschedule();
    if (!this.#open) return;
    try {
      this.#end.run();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#open = false;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { resolve } of waiters) resolve();
  }

  /** Refuses everything from here on; what is open is dropped. */
  close(): void {
    if (this.#failure === undefined) this.#fail({ code: 'ERR_INVALID_STATE' });
  }

  #fail(cause: unknown): Error {
    const error = toStateError(cause, this.#path);
    this.#failure = error;
    this.#unschedule();
    if (this.#open) {
      this.#open = false;
      // A full disk has undone the transaction by itself already; nothing is left to undo then.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(error);
    return error;
  }

  #unschedule(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#timer = undefined;
  }
}
