import { type Clock, systemClock } from '@qwarden/qumulo-client';
import type { QueueReader, QueueStore } from './queue/port.ts';
import { openSqliteQueue } from './stores/sqlite/queue/open.ts';
import { openSqliteQueueReader } from './stores/sqlite/queue/queue-reader.ts';

/** Opens the queue of a monitor for reading, beside a process that may be writing. Rejects with StateError. */
export function openQueueReader(stateDir: string): Promise<QueueReader> {
  return openSqliteQueueReader(stateDir);
}

/**
 * Opens the queue of a monitor that does not run, to change its jobs; the state directory is this process's until it is closed. Makes none
 * where there is none. Rejects with StateError.
 */
export async function openQueue(
  stateDir: string,
  clock: Clock = systemClock,
): Promise<Pick<QueueStore, 'jobs' | 'close'>> {
  const reader = await openSqliteQueueReader(stateDir);
  await reader.close();
  return await openSqliteQueue(stateDir, { clock });
}
