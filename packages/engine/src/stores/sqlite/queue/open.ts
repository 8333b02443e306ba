import type { Clock } from '@qwarden/qumulo-client';
import type { LogBounds, QueueStore } from '../../../queue/port.ts';
import { openForWriting } from '../database.ts';
import { durableGroup, type DurableGroupOptions } from '../durable-group.ts';
import { toStateError } from '../errors.ts';
import { lockStateDir } from '../process-lock.ts';
import { sqliteQueue } from './queue-store.ts';

export interface SqliteQueueOptions extends DurableGroupOptions {
  readonly clock: Clock;
  readonly bounds?: Partial<LogBounds> | undefined;
  /** The file may not grow beyond so many pages; to a test that is a full disk. */
  readonly maxPages?: number | undefined;
}

/**
 * Opens the queue in a state directory, for this process alone. `''` opens a temporary one that is gone when closed.
 * @throws StateError
 */
export async function openSqliteQueue(stateDir: string, options: SqliteQueueOptions): Promise<QueueStore> {
  const { clock, bounds } = options;
  const held = stateDir === '' ? undefined : await lockStateDir(stateDir, clock);
  try {
    const { db, path } = openForWriting(stateDir);
    try {
      if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${options.maxPages}`);
      const durable = durableGroup(db, path, options);
      const { stop, ...queue } = sqliteQueue(db, durable.group, path, { now: () => clock.now(), bounds });
      return {
        ...queue,
        close() {
          durable.close();
          stop();
          held?.release();
          return Promise.resolve();
        },
      };
    } catch (error) {
      db.close();
      throw toStateError(error, path);
    }
  } catch (error) {
    held?.release();
    throw error;
  }
}
