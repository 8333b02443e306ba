/** Tables of the queue between watch, rules and actions. */
export const QUEUE_TABLES = `
  CREATE TABLE batch (
    seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, received REAL NOT NULL, events INTEGER NOT NULL, root TEXT NOT NULL,
    source INTEGER NOT NULL, raw TEXT NOT NULL
  );
  CREATE TABLE reader (id INTEGER PRIMARY KEY, position INTEGER NOT NULL, state TEXT);
  CREATE TABLE rule_set (hash TEXT PRIMARY KEY, text TEXT NOT NULL, since REAL NOT NULL) WITHOUT ROWID;
  -- again: an arming that came while the job ran.
  CREATE TABLE task (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, rule_set TEXT NOT NULL, file_id TEXT NOT NULL, path TEXT NOT NULL,
    change TEXT NOT NULL, match TEXT NOT NULL, state INTEGER NOT NULL, armed REAL NOT NULL, changed REAL NOT NULL, settle REAL NOT NULL,
    due REAL, step INTEGER NOT NULL, attempts INTEGER NOT NULL, outputs TEXT NOT NULL, causes TEXT NOT NULL, last_error TEXT, again TEXT
  );
  CREATE INDEX task_due ON task (due) WHERE due IS NOT NULL;
  CREATE TABLE match_trace (
    match TEXT PRIMARY KEY, at REAL NOT NULL, rule TEXT NOT NULL, rule_set TEXT NOT NULL, file_id TEXT NOT NULL, path TEXT NOT NULL,
    moved_from TEXT, change TEXT NOT NULL, conditions TEXT NOT NULL, verdict TEXT NOT NULL, job TEXT
  ) WITHOUT ROWID;
  CREATE INDEX match_trace_file ON match_trace (file_id);
  CREATE INDEX match_trace_path ON match_trace (path);
  CREATE INDEX match_trace_moved_from ON match_trace (moved_from) WHERE moved_from IS NOT NULL;
  CREATE INDEX match_trace_at ON match_trace (at);
  CREATE TABLE attempt_trace (
    id INTEGER PRIMARY KEY, match TEXT NOT NULL, at REAL NOT NULL, step INTEGER NOT NULL, action TEXT NOT NULL, attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL, note TEXT NOT NULL, took REAL NOT NULL
  );
  CREATE INDEX attempt_trace_match ON attempt_trace (match);
  -- A number is never used again: who withdraws late must not withdraw another's.
  CREATE TABLE expectation (
    id INTEGER PRIMARY KEY AUTOINCREMENT, file_id TEXT NOT NULL, type TEXT NOT NULL, causes TEXT NOT NULL, expires REAL NOT NULL
  );
`;

/** Of version 3. */
export const QUEUE_INDEXES = `
  -- Dead and parked ones are few.
  CREATE INDEX task_ended ON task (state) WHERE due IS NULL;
`;
