import { join } from 'node:path';
import type { Clock } from '@qwarden/qumulo-client';
import type { InventoryStore } from '../../../inventory/port.ts';
import type { WatchKey } from '../../../queue/port.ts';
import { openForWriting } from '../database.ts';
import { durableGroup, type DurableGroupOptions } from '../durable-group.ts';
import { toStateError } from '../errors.ts';
import { lockStateDir } from '../process-lock.ts';
import { watchNumber } from '../queue/coverage-log.ts';
import { SqliteInventory } from './store.ts';

/** Where the inventory is kept below the state directory when the queue is elsewhere. */
const DIRECTORY = 'inventory';

/**
 * Opens an inventory in a file of its own, for a queue that is a service (Redis). `''` opens a temporary one that is gone when closed.
 * @throws StateError
 */
export async function openSqliteInventory(
  stateDir: string,
  watch: WatchKey,
  options: DurableGroupOptions & { readonly clock: Clock },
): Promise<InventoryStore> {
  const { clock } = options;
  const directory = stateDir === '' ? '' : join(stateDir, DIRECTORY);
  const held = directory === '' ? undefined : await lockStateDir(directory, clock);
  try {
    const { db, path } = openForWriting(directory);
    try {
      const durable = durableGroup(db, path, options);
      const { group } = durable;
      const number = await watchNumber(db, group, watch, clock.now());
      return new SqliteInventory({ db, group, path, watch: number }, watch.directoryId, {
        close() {
          durable.close();
          held?.release();
        },
      });
    } catch (error) {
      db.close();
      throw toStateError(error, path);
    }
  } catch (error) {
    held?.release();
    throw error;
  }
}
