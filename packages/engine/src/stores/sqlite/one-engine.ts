import { KNOWN_BEFORE_TABLE } from './inventory/schema.ts';

/**
 * `filelock` had tables of its own before it became a rule of the monitor's engine. What it recorded of retention locks goes into the ledger;
 * what was pending is told once more, as an entry of the log, so that the rule decides about it. What it knew is found again by the first
 * inventory, which is told under which name it was known. Numbers of states: 0 = was there before; 1, 2 = had a retention lock.
 */
export const ONE_ENGINE = `${KNOWN_BEFORE_TABLE}
  INSERT OR IGNORE INTO lock_reason (rule, rule_set, why)
    SELECT 'filelock ' || watch.directory_id, '', rule.why FROM rule JOIN watch ON watch.id = rule.watch_id;
  INSERT OR IGNORE INTO lock_record
    SELECT file.file_id, CASE WHEN length(watch.directory_id) <= 15 THEN CAST(watch.directory_id AS REAL) ELSE watch.directory_id END,
      rtrim(watch.path, '/') || '/' || file.path, file.state, file.how, file.links, file.creation_time, file.recorded, file.seen, file.due,
      file.locked, file.retention, file.legal_hold, file.attempts, lock_reason.id, file.last_error, file.note
    FROM file JOIN watch ON watch.id = file.watch_id JOIN rule ON rule.id = file.rule_id
      JOIN lock_reason ON lock_reason.rule_set = '' AND lock_reason.rule = 'filelock ' || watch.directory_id AND lock_reason.why = rule.why
    WHERE file.state <> 0;
  INSERT INTO batch (epoch, received, events, root, source, raw)
    SELECT 0, unixepoch() * 1000.0, count(*), watch.path, 3, json_group_array(json_object(
      'type', 'child_file_added', 'path', job.path, 'spine', json_array(
        CASE typeof(job.file_id) WHEN 'text' THEN job.file_id ELSE CAST(CAST(job.file_id AS INTEGER) AS TEXT) END), 'stream_name', NULL))
    FROM job JOIN watch ON watch.id = job.watch_id GROUP BY watch.id;
  INSERT INTO inventory_watch (watch_id, walk, walking, began, whole_since)
    SELECT id, 0, 0, began_cluster, NULL FROM watch WHERE began_cluster IS NOT NULL;
  INSERT INTO inventory_before SELECT watch_id, file_id, path, creation_time FROM file WHERE state <= 2;
  DROP TABLE job;
  DROP TABLE file;
  DROP TABLE rule;
  DROP TABLE log;
`;
