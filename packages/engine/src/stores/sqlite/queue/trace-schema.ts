/**
 * Traces of matches, those of a commit in one row: an index entry by file and by path for each of them would touch as many pages as there are
 * traces. `names` tells which rows to look into (trace-block.ts); where it is NULL, all of them, and names are as `storedText` writes them.
 */
export const TRACE_TABLES = `
  CREATE TABLE trace_block (
    id INTEGER PRIMARY KEY, first REAL NOT NULL, last REAL NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, count INTEGER NOT NULL,
    names BLOB, traces TEXT NOT NULL
  );
  CREATE INDEX trace_block_first ON trace_block (first);
  CREATE INDEX trace_block_last ON trace_block (last);
  CREATE INDEX trace_block_high ON trace_block (high);
  -- Low and high: what was decided about before is never decided about again.
  INSERT INTO trace_block (first, last, low, high, count, traces)
    SELECT at, at, -1, -1, 1, json_object('match', match, 'at', at, 'rule', rule, 'ruleSet', rule_set, 'change', json(change),
      'conditions', conditions, 'verdict', verdict, 'job', job) FROM match_trace ORDER BY at;
  DROP TABLE match_trace;
`;
