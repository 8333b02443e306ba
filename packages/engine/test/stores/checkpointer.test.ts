import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Checkpointer } from '../../src/stores/sqlite/checkpointer.ts';

const PAGE = 4096;

let directory: string;
let path: string;
let db: DatabaseSync;
let checkpointer: Checkpointer;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qwarden-checkpoint-'));
  path = join(directory, 'state.sqlite');
  db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)');
  checkpointer = new Checkpointer(db, path);
});
afterEach(() => {
  checkpointer.close();
  if (db.isOpen) db.close();
  rmSync(directory, { recursive: true });
});

function write(pages: number): void {
  db.prepare('INSERT INTO t (text) VALUES (?)').run('x'.repeat(pages * PAGE));
  checkpointer.committed();
}

const databasePages = () => statSync(path).size / PAGE;
const logPages = () => statSync(`${path}-wal`).size / PAGE;

it('copies a long log into the database without the main thread, and leaves a short one alone', async () => {
  write(100);
  expect(checkpointer.isBusy).toBe(false);
  for (let n = 0; n < 4; n += 1) write(1000);
  expect(checkpointer.isBusy).toBe(true);
  // Committing did not copy anything.
  expect(databasePages()).toBeLessThan(100);
  await checkpointer.idle();
  expect(databasePages()).toBeGreaterThan(4000);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
});

it('a log that is written to all the time does not grow without bound, and nothing is lost', async () => {
  let longest = 0;
  for (let n = 0; n < 150; n += 1) {
    const wasBusy = checkpointer.isBusy;
    // While a pass runs: what it has not seen keeps the log from being begun anew.
    write(500);
    longest = Math.max(longest, logPages());
    if (wasBusy) await checkpointer.idle();
  }
  expect(longest).toBeLessThan(36_000);
  checkpointer.close();
  db.close();
  db = new DatabaseSync(path);
  expect(db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 150 });
});

it('may be closed while it copies', async () => {
  for (let n = 0; n < 5; n += 1) write(1000);
  expect(checkpointer.isBusy).toBe(true);
  const idle = checkpointer.idle();
  checkpointer.close();
  db.close();
  await idle;
  const again = new DatabaseSync(path);
  expect(again.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 5 });
  again.close();
});
