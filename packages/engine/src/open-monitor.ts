import { type Clock, type FileRef, type QumuloClient, systemClock } from '@qwarden/qumulo-client';
import { knownClusterId } from './actions/all-stop/cluster-id.ts';
import { noStopRecords, type StopRecords } from './actions/all-stop/records.ts';
import type { ActionStores } from './actions/catalog.ts';
import type { Actions, Outside } from './actions/port.ts';
import type { MonitorEvent } from './monitor/events.ts';
import { Monitor } from './monitor/engine.ts';
import type { MonitorRole } from './monitor/options.ts';
import type { InventoryStore } from './inventory/port.ts';
import { alignWithQueue } from './inventory/align.ts';
import type { LogBounds, QueueStore, WatchKey } from './queue/port.ts';
import { refuseOtherWatch } from './one-watch.ts';
import { openRedisQueue } from './open-queue.ts';
import type { RedisOutage } from './stores/redis/connection.ts';
import { fileStopRecords } from './stores/files/stop-records.ts';
import { openSqliteInventory } from './stores/sqlite/inventory/open.ts';
import { openSqliteQueue } from './stores/sqlite/queue/open.ts';
import { iso } from './time/iso.ts';
import type { Tracing } from './tracing/port.ts';
import { noCoverage } from './watch/no-coverage.ts';
import { withoutSlash } from './watch/place.ts';

export interface OpenMonitorOptions {
  readonly watch: { readonly ref: FileRef; readonly recursive: boolean };
  /** State directory; `''` = a temporary one. One process at a time. */
  readonly stateDir: string;
  /** A Redis for the queue, shared by several machines; without it the queue is in the state directory. */
  readonly redisUrl?: string | undefined;
  /** Default `all`. */
  readonly role?: MonitorRole | undefined;
  /** Made with the stores of the state directory. */
  readonly actions: (stores: ActionStores) => Actions;
  /** Says what its rules would do and does nothing on the cluster or elsewhere; keeps its state in a temporary place. */
  readonly dryRun: boolean;
  /** How much of the log is kept; default: `DEFAULT_LOG_BOUNDS`, in Redis at most a quarter of its memory. */
  readonly keep?: Partial<Pick<LogBounds, 'keepMs' | 'keepBytes'>> | undefined;
  readonly maxConcurrency?: number | undefined;
  readonly skewToldMs?: number | undefined;
}

export interface MonitorDeps {
  readonly client: QumuloClient;
  readonly outside: Outside & { close(): Promise<void> };
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  /** Called for every event, in order. Must not throw. */
  readonly report: (event: MonitorEvent) => void;
  /** See `openTracing`; the caller closes it. */
  readonly tracing?: Tracing | undefined;
}

/**
 * Opens the store and puts a monitor together; load its rules, then `run()`.
 * @throws StateError, the client's errors, TypeError when the watch is no directory
 */
export async function openMonitor(options: OpenMonitorOptions, deps: MonitorDeps): Promise<Monitor> {
  const { watch, dryRun, role = 'all' } = options;
  const clock = deps.clock ?? systemClock;
  const { data: root } = await deps.client.files.getAttributes(watch.ref);
  if (root.type !== 'FS_FILE_TYPE_DIRECTORY')
    throw new TypeError(`${root.path} is not a directory: a watch needs one.`);
  const path = withoutSlash(root.path);
  const onOutage = ({ kind, message }: RedisOutage) =>
    deps.report({ kind: 'store', at: iso(clock.now()), state: kind, message });
  const { store, stops, ofQueue } = await openStore(options, clock, onOutage);
  let inventory: InventoryStore | undefined;
  try {
    const clusterId = await knownClusterId(deps.client, {});
    if (clusterId !== undefined) await store.claimFor(clusterId);
    const about = `${watch.recursive ? 'all below ' : ''}${path === '' ? '/' : path} of ${deps.client.options.origin}`;
    // Before anything is read that a watcher goes by.
    const lost = role === 'worker' ? undefined : await store.holdWatch(about);
    const key = { directoryId: root.id, recursive: watch.recursive, path };
    const state = options.redisUrl === undefined ? `The state directory ${options.stateDir}` : 'The queue in Redis';
    if (role !== 'worker') await refuseOtherWatch(store, key, state);
    // A worker watches nothing: that it is told of a directory, too, makes no watch of it.
    const coverage = role === 'worker' ? noCoverage : await store.coverage(key);
    if (role !== 'worker') inventory = await openInventory(options, store, key, { clock, report: deps.report });
    return await Monitor.create({
      cluster: deps.client,
      outside: deps.outside,
      clock,
      random: deps.random ?? Math.random,
      report: deps.report,
      tracing: deps.tracing,
      store,
      actions: options.actions({ stops }),
      directory: { id: root.id, path, recursive: watch.recursive },
      coverage,
      inventory,
      dryRun,
      role,
      lost,
      ofQueue: role === 'worker' ? ofQueue : undefined,
      shared: !dryRun && options.redisUrl !== undefined,
      maxConcurrency: options.maxConcurrency,
      skewToldMs: options.skewToldMs ?? 0,
      release: () => deps.outside.close(),
    });
  } catch (error) {
    await store.close();
    inventory?.close();
    throw error;
  }
}

/** A dry run keeps its state in a temporary place: nothing of it is to be seen by others. */
async function openStore(
  { stateDir, redisUrl, dryRun, keep }: OpenMonitorOptions,
  clock: Clock,
  onOutage: (outage: RedisOutage) => void,
): Promise<{ store: QueueStore; stops: StopRecords; ofQueue?: () => Promise<WatchKey | undefined> }> {
  if (dryRun) return { store: await openSqliteQueue('', { clock }), stops: noStopRecords };
  if (redisUrl === undefined) {
    const stops = stateDir === '' ? noStopRecords : fileStopRecords(stateDir, clock);
    return { store: await openSqliteQueue(stateDir, { clock, bounds: keep }), stops };
  }
  const store = await openRedisQueue(redisUrl, { clock, onOutage, bounds: keep });
  return { store, stops: store.stops, ofQueue: () => store.watch() };
}

/** In the queue's own file; beside a queue that is a service, in the state directory. */
async function openInventory(
  { stateDir }: OpenMonitorOptions,
  store: QueueStore,
  watch: WatchKey,
  { clock, report }: { readonly clock: Clock; readonly report: MonitorDeps['report'] },
): Promise<InventoryStore> {
  const shared = await store.inventory(watch);
  if (shared !== undefined) return shared;
  const own = await openSqliteInventory(stateDir, watch, { clock });
  if (await alignWithQueue(own, store)) {
    const message = `The queue is new, and ${watch.path === '' ? '/' : watch.path} was watched from here with another before: what was pending there is not known here, and what is there by now counts as old.`;
    report({ kind: 'store', at: iso(clock.now()), state: 'new', message });
  }
  return own;
}
