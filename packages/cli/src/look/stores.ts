import { openQueueReader, type QueueReader } from '@qwarden/engine';
import { stateDirsToRead, stateRoot } from '../commands/filelock/state-dir.ts';
import { writeTo } from '../process/streams.ts';
import { isRedis, shownPlace } from './place.ts';
import { askWhatRuns, withWhatRuns } from './running.ts';

/** A monitor's store, opened for reading. */
export interface OpenStore {
  /** State directory, or address of a Redis with all that is needed to open it: not to be shown. */
  readonly place: string;
  /** The same for people, without the password. */
  readonly stateDir: string;
  readonly reader: QueueReader;
}

/** The state directory (or Redis) of `--store`, or all state directories of this user. Says so when there is none. */
export function storeDirs(store: string | undefined): string[] {
  if (store !== undefined && isRedis(store)) return [store];
  const stateDirs = stateDirsToRead(process.env, store?.replace(/^sqlite:/, ''), 'monitor');
  if (stateDirs.length === 0) {
    const root = stateRoot(process.env, 'monitor');
    writeTo(
      process.stderr,
      `No monitor has run yet: there is nothing below ${root}. Name another place with --store.\n`,
    );
  }
  return stateDirs;
}

/** Opens them all for the time of `work`. Rejects with StateError. */
export async function withStores<T>(
  store: string | undefined,
  work: (stores: readonly OpenStore[]) => Promise<T>,
): Promise<T> {
  const stores: OpenStore[] = [];
  try {
    for (const place of storeDirs(store)) {
      const reader = await openQueueReader(place);
      const jobs = withWhatRuns(reader.jobs, place, askWhatRuns);
      stores.push({ place, stateDir: shownPlace(place), reader: withJobs(reader, jobs) });
    }
    return await work(stores);
  } finally {
    for (const { reader } of stores) await reader.close();
  }
}

function withJobs(reader: QueueReader, jobs: QueueReader['jobs']): QueueReader {
  const { log, traces, locks } = reader;
  return {
    log,
    jobs,
    traces,
    locks,
    ruleSet: (hash) => reader.ruleSet(hash),
    ruleSets: () => reader.ruleSets(),
    watches: () => reader.watches(),
    epochs: (watch) => reader.epochs(watch),
    knownBelow: (watch) => reader.knownBelow(watch),
    clusterId: () => reader.clusterId(),
    close: () => reader.close(),
  };
}
