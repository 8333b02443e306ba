import type { DatabaseSync } from 'node:sqlite';
import type { Inventory } from '../../../inventory/port.ts';
import { viewOf } from '../../../inventory/view.ts';
import type { WatchKey } from '../../../queue/port.ts';
import { num } from '../row.ts';
import { SqliteInventory } from './store.ts';

const readOnly = { run: () => Promise.reject(new Error('an inventory that was opened for reading is changed')) };

/** The inventory of a watch in a file that is open for reading. Null: there is none, or it is not whole yet. */
export function readInventory(
  db: DatabaseSync,
  path: string,
  { directoryId, recursive, path: root }: WatchKey,
): Inventory | null {
  const watch = db
    .prepare('SELECT id FROM watch WHERE directory_id = ? AND recursive = ?')
    .get(directoryId, recursive ? 1 : 0);
  if (watch === undefined) return null;
  const store = new SqliteInventory({ db, group: readOnly, path, watch: num(watch['id']) }, directoryId);
  return store.record().wholeSince === undefined ? null : viewOf(store, () => root);
}
