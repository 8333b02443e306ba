import { type Clock, systemClock } from '@qwarden/qumulo-client';
import { joinedLedger } from './ledger/joined.ts';
import { queueLedger } from './ledger/queue-ledger.ts';
import { StateError } from './ledger/state-error.ts';
import type { Ledger } from './ledger/types.ts';
import { isRedis, openQueueReader } from './open-queue.ts';
import { openSqliteLedger } from './stores/sqlite/ledger-reader.ts';

/**
 * Opens the ledger of a state directory (or of the queue in a Redis, by its address) for reading, beside a process that may be writing. Rejects
 * with StateError.
 */
export async function openLedger(place: string, clock: Clock = systemClock): Promise<Ledger> {
  if (isRedis(place)) return await queueLedger(await openQueueReader(place, clock));
  const ledgers = [await Promise.resolve().then(() => openSqliteLedger(place))];
  try {
    ledgers.push(await queueLedger(await openQueueReader(place, clock)));
  } catch (error) {
    // Kept by `filelock` alone.
    if (!(error instanceof StateError) || error.kind !== 'no-queue') {
      await ledgers[0]?.close();
      throw error;
    }
  }
  return joinedLedger(ledgers);
}
