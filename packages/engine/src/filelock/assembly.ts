import { lockFile } from '../actions/lock/lock.ts';
import { Whereabouts } from '../actions/lock/whereabouts.ts';
import type { Clock } from '@qwarden/qumulo-client';
import type { Cluster } from '../cluster.ts';
import { Gate } from '../jobs/gate.ts';
import { ConcurrencyLimiter } from '../jobs/limiter.ts';
import { Scheduler } from '../jobs/scheduler.ts';
import type { Selection } from '../rules/selection.ts';
import type { EngineState } from '../state.ts';
import { WatchedDirectory } from '../watch/place.ts';
import { type SupervisorOptions, WatchSupervisor } from '../watch/supervisor.ts';
import { Arrivals } from './arrivals.ts';
import { CatchUp } from './catch-up.ts';
import { Desk } from './desk.ts';
import type { FilelockEvent } from './events.ts';
import { ARRIVAL_EVENTS, FILELOCK_EVENTS, Intake } from './intake.ts';
import { Inventory } from './inventory.ts';
import { Lookups } from './lookups.ts';
import type { FilelockPolicy } from './policy.ts';
import { Recorder } from './recorder.ts';
import { Tally } from './tally.ts';
import { Worker } from './worker.ts';

const DEFAULT_CONCURRENCY = 128;

export interface EngineOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: FilelockEvent) => void;
  readonly state: EngineState;
  readonly selection: Selection;
  readonly policy: FilelockPolicy;
  readonly directory: { readonly id: string; readonly path: string; readonly recursive: boolean };
  readonly dryRun: boolean;
  readonly maxConcurrency: number | undefined;
  readonly skewToldMs: number;
  /** Called by `close()`, after the state is closed. */
  readonly release: () => void;
}

/** What the parts ask of, and tell to, the run that they are parts of. */
export interface Hooks extends Pick<SupervisorOptions, 'onRegistered' | 'onEnded' | 'onRetry' | 'onRefused'> {
  /** Ends watching, walking, looking. */
  readonly watching: AbortSignal;
  /** Ends calls that set retention locks. */
  readonly calling: AbortSignal;
  readonly onFatal: (error: unknown) => void;
  readonly onRemoved: () => void;
  readonly onRenamed: (oldPath: string, path: string) => void;
  /** Cluster's time when the watch first began, when an earlier inventory was cut off. */
  readonly beganBeforeMs: () => number | undefined;
  /** Cluster's time when the watch first began. */
  readonly watchBeganMs: () => number | undefined;
  /** The first inventory is not done, or was done so lately that events may still be on their way that it has overtaken. */
  readonly baselineRecent: () => boolean;
}

export interface Parts {
  readonly tally: Tally;
  readonly limiter: ConcurrencyLimiter;
  readonly scheduler: Scheduler;
  readonly desk: Desk;
  readonly intake: Intake;
  readonly catchUp: CatchUp;
  readonly supervisor: WatchSupervisor;
  readonly directory: WatchedDirectory;
}

/** Puts the engine's parts together for one watch and one policy: events -> log -> jobs -> retention locks -> ledger. */
export function assemble(options: EngineOptions, hooks: Hooks): Parts {
  const { cluster, clock, random, state, policy, selection, directory: root, report } = options;
  const tally = new Tally();
  const directory = new WatchedDirectory({
    cluster,
    directoryId: root.id,
    path: root.path,
    recursive: root.recursive,
    onRenamed: hooks.onRenamed,
  });
  const limiter = new ConcurrencyLimiter(options.maxConcurrency ?? DEFAULT_CONCURRENCY);
  const gate = new Gate(random);
  const desk: Desk = new Desk({
    state,
    tally,
    report,
    offer: (jobs) => scheduler.offer(jobs),
    onFatal: hooks.onFatal,
  });
  const watchPath = () => directory.path();
  const arrivals = new Arrivals({
    desk,
    tally,
    clock,
    selection,
    intervalMs: policy.intervalMs,
    run: state.run,
    watchPath,
  });
  const recorder = new Recorder({ desk, arrivals, tally, clock, random });
  const whereabouts = new Whereabouts(cluster, directory, selection);
  const worker = new Worker({
    clock,
    limiter,
    gate,
    recorder,
    report,
    lock: (job) =>
      lockFile(job, { cluster, policy, whereabouts, dryRun: options.dryRun, run: state.run, signal: hooks.calling }),
    inFlight: () => scheduler.inFlight,
  });
  const scheduler: Scheduler = new Scheduler({
    jobs: state.jobs,
    clock,
    limiter,
    gate,
    run: (job) => worker.run(job),
    onFatal: hooks.onFatal,
  });
  const inventory = new Inventory({
    cluster,
    desk,
    arrivals,
    clock,
    watchPath,
    refreshPath: (signal) => directory.refresh(signal),
    beganClusterMs: hooks.beganBeforeMs,
    watchBeganMs: hooks.watchBeganMs,
    baselineRecent: hooks.baselineRecent,
    renamedInside: (fileId) => intake.renamedInside(fileId),
  });
  const lookups = new Lookups({
    cluster,
    inventory,
    arrivals,
    desk,
    clock,
    random,
    signal: hooks.watching,
  });
  const intake: Intake = new Intake({
    desk,
    arrivals,
    log: state.log,
    tally,
    clock,
    recursive: root.recursive,
    baselineRecent: hooks.baselineRecent,
    lookUp: (lookup) => lookups.add(lookup),
  });
  const catchUp = new CatchUp({
    inventory,
    directory,
    directoryId: root.id,
    policy,
    arrivals,
    desk,
    state,
    clock,
    random,
    report,
    onRemoved: hooks.onRemoved,
  });
  const supervisor = new WatchSupervisor({
    cluster,
    clock,
    random,
    directoryId: root.id,
    recursive: root.recursive,
    filter: policy.intervalMs > 0 ? FILELOCK_EVENTS : ARRIVAL_EVENTS,
    coverage: {
      async openEpoch(at) {
        let epoch = 0;
        await desk.work('now', () => {
          epoch = state.coverage.openEpoch(at);
        });
        return epoch;
      },
      registered: (epoch, at) =>
        desk.work('now', () => {
          state.coverage.registered(epoch, at);
          // With the very first registration, and before anybody hears of it: a first inventory that is cut off tells by this what is new.
          state.coverage.setBegan(cluster.clusterClock.nowMs());
        }),
      ended: (epoch, at, reason, events) => desk.work('now', () => state.coverage.ended(epoch, at, reason, events)),
    },
    take: (epoch, batch) => intake.take(epoch, batch),
    onRegistered: hooks.onRegistered,
    onEnded: hooks.onEnded,
    onRetry: hooks.onRetry,
    onRefused: hooks.onRefused,
  });
  return { tally, limiter, scheduler, desk, intake, catchUp, supervisor, directory };
}
