import { type Clock, systemClock } from '@qwarden/qumulo-client';
import { type Finding, findingsOf } from './examine/finding.ts';
import { StateError } from './ledger/state-error.ts';
import { isRedis, openQueueReader } from './open-queue.ts';
import { examineStateDir } from './stores/sqlite/examine.ts';

const work = findingsOf('jobs');

/**
 * Looks at where a monitor or `filelock` keeps its work (state directory, or address of a Redis), without changing anything, also beside a
 * process that works with it. `clusterId`: of the cluster that it is to be used for, when known.
 */
export async function examineStore(
  place: string,
  clusterId: string | undefined,
  clock: Clock = systemClock,
): Promise<Finding[]> {
  if (!isRedis(place)) {
    const found = examineStateDir(place, clusterId);
    const whole = found.some(({ check, verdict }) => check === 'store-integrity' && verdict === 'ok');
    return whole ? [...found, ...(await openWork(place, clock))] : found;
  }
  const { examineRedis } = await import('./stores/redis/examine.ts');
  const { findings, hasQueue } = await examineRedis(place, clusterId);
  const fit = findings.every(({ verdict }) => verdict !== 'failed');
  return hasQueue && fit ? [...findings, ...(await openWork(place, clock))] : [...findings];
}

/** What waits for a person. */
async function openWork(place: string, clock: Clock): Promise<Finding[]> {
  try {
    const reader = await openQueueReader(place, clock);
    try {
      const { dead, parked } = await reader.jobs.counts(clock.now());
      if (dead + parked === 0) return [work.ok('Nothing waits for a person.')];
      const message = `${dead} jobs could not be done and ${parked} are held back: they wait for a person.`;
      return [work.warning(message, 'qwarden dead list says why; then qwarden dead retry, or qwarden dead discard.')];
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    if (error.kind === 'no-queue') return [work.skipped('No process of this version has worked with it yet.')];
    return [work.unknown(error.message)];
  }
}
