import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

/**
 * Brings SQLite's write-ahead log to stable storage outside the main thread. With `synchronous = NORMAL` a commit only writes the log, and
 * the database stays consistent whatever happens; after this sync everything committed before its start is durable too, exactly as with
 * `FULL`, but an fsync of some milliseconds holds up no event and no answer. (The log has no locks that closing this descriptor could drop.)
 */
export class WalSync {
  readonly #fd: number;
  #running = 0;
  #closed = false;

  /** The database must be open, in WAL mode, and have been written to. Throws what the file system throws. */
  constructor(databasePath: string) {
    this.#fd = openSync(`${databasePath}-wal`, 'r+');
    // What was written while the state was opened.
    fdatasyncSync(this.#fd);
  }

  /** Resolves when everything committed until now is on stable storage. */
  sync(): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('The write-ahead log is closed already.'));
    this.#running += 1;
    return new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => {
        this.#running -= 1;
        if (this.#closed) this.#release();
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /** A sync that runs is not disturbed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }

  #release(): void {
    if (this.#running === 0) closeSync(this.#fd);
  }
}
