import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { num } from './row.ts';

/** Pages of the write-ahead log: from so many on that are not in the database yet, a pass copies them. */
const PASS_PAGES = 4000;
/**
 * SQLite itself, on the main thread, sees to a log as long as this: only a writer can begin it anew, and under steady load there is always
 * something that the last pass has not copied. Passes follow each other closely when that is near, so that it finds next to nothing to do.
 */
const LONGEST_PAGES = 32_000;
const NEAR = { fromPages: 28_000, passPages: 250 };

/** Opens the file anew for each pass: a connection that stays would be one more to close before the file may be touched by others. */
const WORK = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  parentPort.on('message', (pass) => {
    if (!pass) return parentPort.close();
    const db = new DatabaseSync(workerData);
    try {
      db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_checkpoint(PASSIVE)');
    } finally {
      db.close();
    }
    parentPort.postMessage(true);
  });
`;
/** The first SQLite that tells the length of the log without doing anything about it. */
const TELLS_SINCE = [3, 51] as const;

/**
 * Copies the write-ahead log into the database outside the main thread. SQLite does that within a commit, for some ten milliseconds of copying
 * and two fsyncs of up to some hundred, in which no event is read and no answer. The thread is there only once there is work for it.
 */
export class Checkpointer {
  readonly #path: string;
  /** Undefined: SQLite goes on as before. */
  readonly #length: StatementSync | undefined;
  #worker: Worker | undefined;
  #running = false;
  #over = false;
  #idle: (() => void)[] = [];

  /** `db`: the connection that writes, with `synchronous = NORMAL`. */
  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    if (!tellsLength(process.versions.sqlite ?? '')) return;
    this.#length = db.prepare('PRAGMA wal_checkpoint(NOOP)');
    db.exec(`PRAGMA wal_autocheckpoint = ${LONGEST_PAGES}`);
  }

  get isBusy(): boolean {
    return this.#running;
  }

  /** Resolves when no pass runs. */
  idle(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  /** To be called after a commit, while no transaction is open. */
  committed(): void {
    if (this.#length === undefined || this.#running || this.#over) return;
    const row = this.#length.get();
    const pages = num(row?.['log']);
    // A pass would keep SQLite from it.
    if (pages >= LONGEST_PAGES) return;
    const left = pages - num(row?.['checkpointed']);
    if (left >= (pages >= NEAR.fromPages ? NEAR.passPages : PASS_PAGES)) this.#pass();
  }

  /** A pass that runs is not disturbed: it ends by itself. */
  close(): void {
    this.#over = true;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a thread, not a window
    this.#worker?.postMessage(false);
    this.#worker = undefined;
  }

  #pass(): void {
    this.#running = true;
    this.#worker ??= this.#start();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a thread, not a window
    this.#worker.postMessage(true);
  }

  #start(): Worker {
    const worker = new Worker(WORK, {
      eval: true,
      workerData: this.#path,
      // Not those of the program: a profile, say, would be written over that of the main thread.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    });
    worker.on('message', () => this.#done());
    // What it could not do, SQLite does when the log is long enough, and says what is wrong.
    worker.on('error', () => {
      this.#over = true;
      this.#done();
    });
    worker.unref();
    return worker;
  }

  #done(): void {
    this.#running = false;
    for (const idle of this.#idle.splice(0)) idle();
  }
}

function tellsLength(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > TELLS_SINCE[0] || (major === TELLS_SINCE[0] && minor >= TELLS_SINCE[1]);
}
