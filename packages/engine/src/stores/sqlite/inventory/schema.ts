/** Tables of the inventory: what is known to be below each watched directory. Ids have no type on purpose, as elsewhere in the file. */
export const INVENTORY_TABLES = `
  CREATE TABLE inventory_watch (
    watch_id INTEGER PRIMARY KEY, walk INTEGER NOT NULL, walking INTEGER NOT NULL, began REAL, whole_since REAL
  );
  CREATE TABLE inventory (
    watch_id INTEGER NOT NULL, file_id NOT NULL, parent_id NOT NULL, name TEXT NOT NULL, directory INTEGER NOT NULL, created REAL,
    standing INTEGER NOT NULL, seen_by TEXT NOT NULL, told INTEGER, generation INTEGER NOT NULL,
    PRIMARY KEY (watch_id, file_id, parent_id, name)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX inventory_name ON inventory (watch_id, parent_id, name);
  CREATE INDEX inventory_told ON inventory (watch_id) WHERE told IS NOT NULL;
  CREATE TABLE inventory_departed (
    watch_id INTEGER NOT NULL, file_id NOT NULL, parent_id NOT NULL, name TEXT NOT NULL, told INTEGER,
    PRIMARY KEY (watch_id, file_id, parent_id, name)
  ) WITHOUT ROWID;
  CREATE TABLE inventory_reader (
    watch_id INTEGER NOT NULL, partition INTEGER NOT NULL, after TEXT NOT NULL, until TEXT NOT NULL, verdicts TEXT NOT NULL,
    PRIMARY KEY (watch_id, partition)
  ) WITHOUT ROWID;
`;

/** Files that were known before there was an inventory, with the path below the watched directory, until the first one is made. */
export const KNOWN_BEFORE_TABLE = `
  CREATE TABLE IF NOT EXISTS inventory_before (
    watch_id INTEGER NOT NULL, file_id NOT NULL, path TEXT NOT NULL, creation_time TEXT, PRIMARY KEY (watch_id, file_id)
  ) WITHOUT ROWID;
`;

/** Since version 4: names that directories had. */
export const FORMER_NAMES_TABLE = `
  CREATE TABLE inventory_former (
    watch_id INTEGER NOT NULL, file_id NOT NULL, until TEXT NOT NULL, parent_id NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (watch_id, file_id, until)
  ) WITHOUT ROWID;
`;
