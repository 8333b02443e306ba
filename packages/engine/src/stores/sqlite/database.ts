import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDirectory } from '../make-directory.ts';
import { stateError, toStateError } from './errors.ts';
import { claimPrivate } from './private-file.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './schema.ts';

export const STATE_FILE = 'qwarden.sqlite';

/** Opens the state file for writing, makes or upgrades its tables. `''` is a temporary file of SQLite's own, gone when closed. */
export function openForWriting(stateDir: string): { db: DatabaseSync; path: string } {
  const path = stateDir === '' ? '' : join(stateDir, STATE_FILE);
  try {
    if (stateDir !== '') {
      makeDirectory(stateDir, 0o700);
      claimPrivate(path);
    }
    const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    try {
      db.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000; PRAGMA wal_autocheckpoint = 4000',
      );
      db.exec('PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY');
      migrate(db, path);
      return { db, path };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw toStateError(error, path);
  }
}

/** Opens the state file for reading, beside a process that may be writing. */
export function openForReading(stateDir: string): { db: DatabaseSync; path: string } {
  const path = join(stateDir, STATE_FILE);
  if (!existsSync(path)) throw stateError('missing', stateDir);
  try {
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      db.exec('PRAGMA busy_timeout = 2000');
      checkVersion(db, path);
      return { db, path };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw toStateError(error, path);
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const version = checkVersion(db, path);
  if (version === SCHEMA_VERSION) {
    // A file that can be read but not written would be found out only at the first event: ask now.
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
    return;
  }
  db.exec('BEGIN IMMEDIATE');
  for (const step of MIGRATIONS.slice(version)) db.exec(step);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

function checkVersion(db: DatabaseSync, path: string): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > SCHEMA_VERSION) {
    throw stateError('newer-version', path, { detail: `format ${version}; this qwarden knows ${SCHEMA_VERSION}` });
  }
  return version;
}
