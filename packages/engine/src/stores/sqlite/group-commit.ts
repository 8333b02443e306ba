import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { toStateError } from './errors.ts';

/** Works that share a commit at most, and how long one waits for company. */
const GROUP = { works: 256, waitMs: 10 };

interface Waiter {
  resolve: () => void;
  reject: (error: Error) => void;
}

export interface GroupCommitOptions {
  /** How long a work that is not urgent waits for company; default 10 ms, 0 = commits with the end of the turn. */
  readonly waitMs?: number | undefined;
  /** Makes what is committed durable; undefined = the commit itself does (`synchronous = FULL`). */
  readonly sync?: (() => Promise<void>) | undefined;
}

/**
 * One fsync for many works (PERFORMANCE: one by one 5,000/s, in groups 200,000/s). A work runs at once inside the open transaction; its
 * promise settles when the commit is durable. While one group is being synced, the next one gathers: the slower the disk, the larger the
 * groups. A failure is final: the whole group is undone and every later work is refused, because what was decided in memory no longer
 * agrees with the file.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #waitMs: number;
  readonly #sync: (() => Promise<void>) | undefined;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  #waiters: Waiter[] = [];
  #open = false;
  /** Somebody waits for the open group, or it has waited for company long enough. */
  #due = false;
  #syncing = false;
  #failure: Error | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(db: DatabaseSync, path: string, options: GroupCommitOptions = {}) {
    this.#waitMs = options.waitMs ?? GROUP.waitMs;
    this.#sync = options.sync;
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
      if (urgency === 'now' || this.#waitMs === 0 || this.#waiters.length >= GROUP.works) this.#due = true;
      this.#schedule();
    });
  }

  /** Refuses everything from here on; what is open is dropped. What is being synced becomes durable all the same. */
  close(): void {
    if (this.#failure === undefined) this.#fail({ code: 'ERR_INVALID_STATE' });
  }

  #schedule(): void {
    if (!this.#open || this.#syncing) return;
    if (this.#due) this.#immediate ??= setImmediate(() => this.#commit());
    else
      this.#timer ??= setTimeout(() => {
        this.#due = true;
        this.#commit();
      }, this.#waitMs);
  }

  #commit(): void {
    this.#unschedule();
    if (!this.#open || this.#syncing) return;
    try {
      this.#end.run();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#open = false;
    this.#due = false;
    const group = this.#waiters;
    this.#waiters = [];
    if (this.#sync === undefined) settle(group);
    else void this.#makeDurable(group, this.#sync);
  }

  /** Never rejects: a group that could not be synced is told so, and nothing is taken any more. */
  async #makeDurable(group: readonly Waiter[], sync: () => Promise<void>): Promise<void> {
    this.#syncing = true;
    try {
      await sync();
    } catch (error) {
      const failure = this.#fail(error);
      for (const { reject } of group) reject(failure);
      return;
    } finally {
      this.#syncing = false;
    }
    settle(group);
    this.#schedule();
  }

  #fail(cause: unknown): Error {
    const error = toStateError(cause, this.#path);
    this.#failure = error;
    this.#unschedule();
    if (this.#open) {
      this.#open = false;
      // A full disk has undone the transaction by itself already; nothing is left to undo then.
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK');
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

function settle(group: readonly Waiter[]): void {
  for (const { resolve } of group) resolve();
}
