import type { DatabaseSync } from 'node:sqlite';
import { stateError } from './errors.ts';
import { text } from './row.ts';

/** The first says whose file it is, `''` nothing; throws StateError `other-cluster` for any other. */
export function checkCluster(db: DatabaseSync, path: string, clusterId: string): void {
  const known = text(db.prepare("SELECT value FROM meta WHERE key = 'cluster_id'").get()?.['value']);
  if (clusterId === '' || known === clusterId) return;
  if (known !== '')
    throw stateError('other-cluster', path, { detail: `cluster ${known}, now connected to ${clusterId}` });
  db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('cluster_id', ?)").run(clusterId);
}
