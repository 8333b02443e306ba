import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@qwarden/qumulo-client';
import { makeDirectory } from '../make-directory.ts';
import { stateError, toStateError } from './errors.ts';
import { claimPrivate } from './private-file.ts';

const WAIT = { totalMs: 2000, stepMs: 50 };

/** Exclusive use of a state directory. */
export interface ProcessLock {
  release(): void;
}

/**
 * Takes the state directory for this process: an open exclusive transaction on a file of its own, so that the operating system lets go of it
 * the moment the process dies, however it dies. A holder that is just dying is waited for.
 * @throws StateError `in-use`, with the holder's pid when its note can be read.
 */
export async function lockStateDir(stateDir: string, clock: Clock): Promise<ProcessLock> {
  const path = join(stateDir, 'qwarden.lock');
  const note = join(stateDir, 'qwarden.pid');
  const deadline = clock.monotonic() + WAIT.totalMs;
  for (;;) {
    const db = tryLock(stateDir, path);
    if (db !== undefined) {
      // One that died may have been of another user.
      rmSync(note, { force: true });
      claimPrivate(note, `${process.pid}\n`);
      return {
        release() {
          if (!db.isOpen) return;
          rmSync(note, { force: true });
          db.close();
        },
      };
    }
    if (clock.monotonic() >= deadline) {
      const pid = holder(note);
      throw stateError('in-use', stateDir, { pid, ...(pid === undefined ? {} : { detail: `process ${pid}` }) });
    }
    await clock.sleep(WAIT.stepMs);
  }
}

/**
 * The process that has a state directory to itself; null when it is not known which; undefined when none has, or that cannot be told from
 * here. Takes nothing.
 */
export function holderOfStateDir(stateDir: string): number | null | undefined {
  const path = join(stateDir, 'qwarden.lock');
  if (!existsSync(path)) return undefined;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    db.exec('PRAGMA busy_timeout = 0');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return undefined;
  } catch (error) {
    return toStateError(error, path).kind === 'in-use' ? (holder(join(stateDir, 'qwarden.pid')) ?? null) : undefined;
  } finally {
    db?.close();
  }
}

function tryLock(stateDir: string, path: string): DatabaseSync | undefined {
  let db: DatabaseSync | undefined;
  try {
    makeDirectory(stateDir, 0o700);
    claimPrivate(path);
    db = new DatabaseSync(path);
    db.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    const failure = toStateError(error, path);
    if (failure.kind === 'in-use') return undefined;
    throw failure;
  }
}

function holder(note: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(note, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    // The note is a courtesy; the lock itself does not depend on it.
    return undefined;
  }
}
