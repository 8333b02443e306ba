import { openQueueReader, type QueueReader } from '@qwarden/engine';
import { stateDirsToRead, stateRoot } from '../commands/filelock/state-dir.ts';
import { writeTo } from '../process/streams.ts';

/** A monitor's store, opened for reading. */
export interface OpenStore {
  readonly stateDir: string;
  readonly reader: QueueReader;
}

/** The state directory (or Redis) of `--store`, or all state directories of this user. Says so when there is none. */
export function storeDirs(store: string | undefined): string[] {
  if (store !== undefined && /^rediss?:/.test(store)) return [store];
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
    for (const stateDir of storeDirs(store)) stores.push({ stateDir, reader: await openQueueReader(stateDir) });
    return await work(stores);
  } finally {
    for (const { reader } of stores) await reader.close();
  }
}

/** A state directory, or the address of a Redis as people may see it. */
export function withoutPassword(place: string): string {
  if (!/^rediss?:/.test(place)) return place;
  const url = URL.parse(place);
  if (url === null || url.password === '') return place;
  url.password = '***';
  return url.href;
}
