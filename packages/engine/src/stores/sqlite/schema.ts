import { FORMER_NAMES_TABLE, INVENTORY_TABLES, KNOWN_BEFORE_TABLE } from './inventory/schema.ts';
import { ONE_ENGINE } from './one-engine.ts';
import { LEDGER_TABLES } from './queue/ledger-schema.ts';
import { QUEUE_INDEXES, QUEUE_TABLES } from './queue/schema.ts';
import { TRACE_TABLES } from './queue/trace-schema.ts';

/** Raise with every change of the tables, and add the step to `MIGRATIONS`. */
export const SCHEMA_VERSION = 4;

/** `MIGRATIONS[n]` takes a file from version n to n + 1. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) WITHOUT ROWID;
  -- rule_id: the policy of the latest run.
  CREATE TABLE watch (
    id INTEGER PRIMARY KEY, directory_id TEXT NOT NULL, recursive INTEGER NOT NULL, path TEXT NOT NULL, since REAL NOT NULL,
    began_cluster REAL, baseline_done REAL, rule_id INTEGER, UNIQUE (directory_id, recursive)
  );
  -- A policy as it was applied; records and jobs point to it.
  CREATE TABLE rule (
    id INTEGER PRIMARY KEY, watch_id INTEGER NOT NULL, why TEXT NOT NULL, policy TEXT NOT NULL, since REAL NOT NULL,
    UNIQUE (watch_id, policy)
  );
  CREATE TABLE epoch (
    id INTEGER PRIMARY KEY, watch_id INTEGER NOT NULL, opened REAL NOT NULL, registered REAL, ended REAL, end_reason TEXT,
    events INTEGER NOT NULL DEFAULT 0, gap_closed_by TEXT, gap_closed REAL
  );
  CREATE TABLE log (seq INTEGER PRIMARY KEY, epoch_id INTEGER NOT NULL, received REAL NOT NULL, events INTEGER NOT NULL, raw TEXT NOT NULL);
  -- file_id has no type on purpose: a number while it fits 2^53, else text. Both sort and compare exactly.
  CREATE TABLE job (
    watch_id INTEGER NOT NULL, file_id NOT NULL, path TEXT NOT NULL, how INTEGER NOT NULL, seen REAL NOT NULL, changed REAL NOT NULL,
    due REAL, attempts INTEGER NOT NULL, links INTEGER NOT NULL, run INTEGER NOT NULL, rule_id INTEGER NOT NULL, last_error TEXT,
    PRIMARY KEY (watch_id, file_id)
  ) WITHOUT ROWID;
  CREATE INDEX job_due ON job (watch_id, due) WHERE due IS NOT NULL;
  CREATE TABLE file (
    watch_id INTEGER NOT NULL, file_id NOT NULL, path TEXT NOT NULL, state INTEGER NOT NULL, how INTEGER NOT NULL, matched INTEGER NOT NULL,
    links INTEGER NOT NULL, creation_time TEXT, recorded REAL NOT NULL, seen REAL NOT NULL, due REAL, locked REAL, retention TEXT,
    legal_hold INTEGER NOT NULL, attempts INTEGER NOT NULL, rule_id INTEGER NOT NULL, last_error TEXT, note TEXT,
    PRIMARY KEY (watch_id, file_id)
  ) WITHOUT ROWID;
  `,
  QUEUE_TABLES,
  LEDGER_TABLES + INVENTORY_TABLES + TRACE_TABLES + QUEUE_INDEXES + ONE_ENGINE,
  FORMER_NAMES_TABLE + KNOWN_BEFORE_TABLE,
];
