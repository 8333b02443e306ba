import { type Clock, systemClock } from '@qwarden/qumulo-client';
import { queueLedger } from './ledger/queue-ledger.ts';
import type { Ledger } from './ledger/types.ts';
import { openQueueReader } from './open-queue.ts';

/**
 * Opens the ledger of a state directory (or of the queue in a Redis, by its address) for reading, beside a process that may be writing. Rejects
 * with StateError.
 */
export async function openLedger(place: string, clock: Clock = systemClock): Promise<Ledger> {
  return await queueLedger(await openQueueReader(place, clock));
}
