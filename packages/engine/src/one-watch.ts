import type { QueueStore, WatchKey } from './queue/port.ts';
import { StateError } from './ledger/state-error.ts';
import { isBelow } from './text/below.ts';

/**
 * A store may have been used for another directory before. What is still to be done there must be done as that watch, which knows where its
 * directory is and what is in it.
 * @throws StateError `other-watch`
 */
export async function refuseOtherWatch(store: QueueStore, watch: WatchKey, place: string): Promise<void> {
  const others = (await store.watches()).filter(
    ({ directoryId, recursive }) => directoryId !== watch.directoryId || recursive !== watch.recursive,
  );
  for (const other of others) {
    const left = (await undecided(store, other)) ?? (await undone(store, other, watch));
    if (left === undefined) continue;
    throw new StateError(
      'other-watch',
      `${place} is that of ${other.path}${other.recursive ? ', recursive' : ''}, where ${left}. Finish that first (watch that directory again until nothing is pending), or give ${watch.path} a state of its own (--state-dir, --store).`,
    );
  }
}

/** Changes that were received for it. */
async function undecided(store: QueueStore, other: WatchKey): Promise<string | undefined> {
  const epochs = new Set<number>();
  for await (const { epoch } of store.epochs(other)) epochs.add(epoch);
  for (let partition = 0; partition < store.log.partitions; partition += 1) {
    const { position } = await store.reader(partition);
    const [next] = await store.log.read(partition, position, 1);
    if (next !== undefined && epochs.has(next.epoch)) return 'changes have not been decided about';
  }
  return undefined;
}

/** Jobs for files that are below it, and not below the one that is to be watched. */
async function undone(store: QueueStore, other: WatchKey, watch: WatchKey): Promise<string | undefined> {
  for await (const { path } of store.jobs.list({ under: other.path, states: ['waiting', 'running'] })) {
    const here = isBelow(path, watch.path) && (watch.recursive || !path.slice(watch.path.length + 1).includes('/'));
    if (!here) return `${path} and perhaps more is still to be done`;
  }
  return undefined;
}
