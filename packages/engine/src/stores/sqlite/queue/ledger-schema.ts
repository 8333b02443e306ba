/**
 * Tables of the ledger of retention locks. Numbers for states and arrivals are those of the table `file` (see codes.ts), whose records but
 * those of what was there before fit in as they are.
 */
export const LEDGER_TABLES = `
  -- Why: few, so that a record need not say it in full.
  CREATE TABLE lock_reason (
    id INTEGER PRIMARY KEY, rule TEXT NOT NULL, rule_set TEXT NOT NULL, why TEXT NOT NULL, UNIQUE (rule_set, rule, why)
  );
  -- file_id and directory_id have no type on purpose: a number while it is one that fits 2^53, else text. Both sort and compare exactly.
  CREATE TABLE lock_record (
    file_id NOT NULL, directory_id NOT NULL, path TEXT NOT NULL, state INTEGER NOT NULL, how INTEGER NOT NULL, links INTEGER NOT NULL,
    creation_time TEXT, recorded REAL NOT NULL, seen REAL NOT NULL, due REAL, locked REAL, retention TEXT, legal_hold INTEGER NOT NULL,
    attempts INTEGER NOT NULL, reason_id INTEGER NOT NULL, last_error TEXT, note TEXT, PRIMARY KEY (file_id, directory_id)
  ) WITHOUT ROWID;
  -- Skipped (3) and forgotten (4): these are dropped when they are old.
  CREATE INDEX lock_record_passing ON lock_record (recorded) WHERE state IN (3, 4);
`;
