import type { DatabaseSync } from 'node:sqlite';
import { stateError } from './errors.ts';
import { textOrNull } from './row.ts';

/** Which cluster a state file is about; null when that was never said. */
export function readClusterId(db: DatabaseSync): string | null {
  return textOrNull(db.prepare("SELECT value FROM meta WHERE key = 'cluster_id'").get()?.['value'] ?? null);
}

/**
 * Inside a transaction. `""`: the cluster does not say which it is.
 * @throws StateError when the file is about another cluster
 */
export function claimFor(db: DatabaseSync, path: string, clusterId: string): void {
  const known = readClusterId(db);
  if (clusterId === '' || known === clusterId) return;
  if (known !== null && known !== '')
    throw stateError('other-cluster', path, { detail: `cluster ${known}, now connected to ${clusterId}` });
  db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('cluster_id', ?)").run(clusterId);
}
