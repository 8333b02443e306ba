import type { Clock, FileAttributes, QumuloClient } from '@qwarden/qumulo-client';
import type { Bookkeeper } from '../inventory/bookkeeper.ts';
import type { Judgement } from '../inventory/judge.ts';
import type { InventoryStore } from '../inventory/port.ts';
import { Survey } from '../inventory/survey.ts';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import type { ChangeLog } from '../queue/port.ts';
import { iso } from '../time/iso.ts';
import { isNotThere, type WatchedDirectory } from '../watch/place.ts';
import type { CatchUpReason, MonitorEvent } from './events.ts';
import { toldOf } from './told.ts';
import { isSharp, sharpenClock } from './sharpen-clock.ts';
import { ToldTimes } from './told-times.ts';
import { SyntheticBatches } from './synthetic.ts';

const BACKOFF: BackoffPolicy = { baseMs: 500, capMs: 30_000, floorMs: 100 };
/** The cluster's clock is known to about a second, and events are a moment on their way. */
const TOLERANCE_MS = 5000;
/** So late a change of the stream can be, at most, to be looked for. */
const LATE_MS = 10_000;
/** What was there before the watch first began was never its concern; when that was, is known to about a second too. */
const BEGAN_TOLERANCE_MS = 2000;
/** So far back the log is asked whether it has told of a file already, where there is no inventory. */
const LOOK_BACK_MS = 60_000;
/** How often the log is asked whether its reader has come so far. */
const ASK_AGAIN: BackoffPolicy = { baseMs: 10, capMs: 1000, floorMs: 5 };

export interface CatchUpOptions {
  readonly cluster: QumuloClient;
  readonly log: Pick<ChangeLog, 'append' | 'history' | 'lag'>;
  readonly inventory: InventoryStore;
  readonly bookkeeper: Bookkeeper;
  readonly directory: WatchedDirectory;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: MonitorEvent) => void;
  readonly onRemoved: () => void;
  /** When the watch first began, local clock; undefined: now. */
  readonly began: () => Promise<number | undefined>;
  /** The gap before this epoch is closed; durable when it resolves. `looked`: files and directories that the walk has seen. */
  readonly closed: (epoch: number, by: 'baseline' | 'walk', looked: number) => Promise<void>;
}

interface Task {
  readonly epoch: number;
  readonly reason: CatchUpReason;
  /** Local clock: what happened between these was not told. */
  readonly since: number;
  readonly until: number;
  readonly judge: () => Promise<Judgement>;
}

/**
 * Closes a gap by a walk that is compared with the inventory: what came, went, was renamed or written meanwhile is written into the log as if
 * the cluster had told it. The first walk of a watch makes the inventory.
 */
export class CatchUp {
  readonly #o: CatchUpOptions;

  constructor(options: CatchUpOptions) {
    this.#o = options;
  }

  /**
   * Tries until it is done or the epoch has ended. Rejects only with StateError.
   * @param seenUntil everything was seen until then, local clock; undefined: nothing was watched before
   */
  async close(
    epoch: number,
    reason: 'gap' | 'restart',
    seenUntil: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const task = await this.#task(epoch, reason, seenUntil);
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.#once(task, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Error && error.name === 'StateError') throw error;
        if (isNotThere(error)) {
          this.#o.onRemoved();
          return;
        }
        const retryInMs = backoffMs(BACKOFF, attempt, this.#o.random);
        const message = error instanceof Error ? error.message : String(error);
        this.#o.report({ kind: 'catch-up-failed', at: this.#now(), reason: task.reason, message, retryInMs });
        try {
          await this.#o.clock.sleep(retryInMs, signal);
        } catch {
          return;
        }
      }
    }
  }

  /** What is to be done depends on what is known. */
  async #task(epoch: number, reason: 'gap' | 'restart', seenUntil: number | undefined): Promise<Task> {
    const { clock, cluster, inventory, log } = this.#o;
    const until = clock.now();
    const skew = cluster.clusterClock.skewMs() ?? 0;
    const { beganClusterMs, wholeSince } = inventory.record();
    if (seenUntil === undefined) {
      if (beganClusterMs === undefined)
        await inventory.commit(() => inventory.setRecord({ beganClusterMs: until + skew }), 'now');
      const judgement: Judgement =
        beganClusterMs === undefined
          ? { by: 'first walk' }
          : { by: 'creation', since: beganClusterMs - BEGAN_TOLERANCE_MS };
      const since = beganClusterMs === undefined ? until : beganClusterMs - skew;
      return { epoch, reason: 'baseline', since, until, judge: () => Promise.resolve(judgement) };
    }
    const since = seenUntil;
    const lately = since - TOLERANCE_MS + skew;
    if (wholeSince !== undefined)
      return { epoch, reason, since, until, judge: () => Promise.resolve({ by: 'inventory', since: lately }) };
    const message = `There is no inventory of ${this.#o.directory.path()} for what was seen until ${iso(since)}: what happened since is judged by the times of the files this once. An old file whose rights have changed in a directory that has changed too can be taken for one that came; what was removed is not found.`;
    this.#o.report({ kind: 'no-inventory', at: this.#now(), message });
    const judge = async (): Promise<Judgement> => {
      const began = ((await this.#o.began()) ?? Number.NEGATIVE_INFINITY) - BEGAN_TOLERANCE_MS + skew;
      return {
        by: 'times',
        since: Math.max(lately, began),
        began,
        told: await toldOf(log, since - LOOK_BACK_MS),
      };
    };
    return { epoch, reason, since, until, judge };
  }

  async #once(task: Task, signal: AbortSignal): Promise<void> {
    const { clock, cluster, directory, inventory, bookkeeper, log } = this.#o;
    const { epoch, reason, since, until } = task;
    const started = clock.monotonic();
    this.#o.report({ kind: 'catch-up-started', at: this.#now(), reason, since: iso(since) });
    const root = await directory.refresh(signal);
    // Halves of renames included: what comes of them is to be known before anything is compared.
    await this.#decided(signal, (now) => bookkeeper.isDecided(now));
    const judgement = await task.judge();
    const walk = await bookkeeper.walkBegins();
    const batches = new SyntheticBatches(log, { epoch, root, source: 'catch-up' }, () => clock.now());
    const skew = cluster.clusterClock.skewMs() ?? 0;
    const told = new ToldTimes({
      log,
      clusterClock: cluster.clusterClock,
      seenUntil: since,
      registeredAt: until,
      from: since - TOLERANCE_MS - LATE_MS,
      to: until + TOLERANCE_MS + LATE_MS,
    });
    const looked = await new Survey({
      cluster,
      store: inventory,
      walk,
      root,
      recursive: directory.recursive,
      judgement,
      gap: {
        since: since - TOLERANCE_MS + skew,
        until: until + TOLERANCE_MS + skew,
        wasTold: (fileId, at) => told.has(fileId, at),
      },
      refresh: async (files) => {
        if (reason === 'baseline') return;
        await told.refresh();
        const isUnsure = ({ id, modification_time: written, change_time: changed }: FileAttributes) =>
          told.isUnsure(id, Date.parse(written)) || told.isUnsure(id, Date.parse(changed));
        if (isSharp(cluster.clusterClock) || !files.some(isUnsure)) return;
        const ask = () => cluster.files.getAttributes(inventory.rootId, { signal });
        await sharpenClock({ clusterClock: cluster.clusterClock, clock, ask }, signal);
      },
      tell: (...events) => batches.add(...events),
      decided: async () => {
        await batches.flush();
        await this.#decided(signal);
      },
      signal,
    }).run();
    signal.throwIfAborted();
    await bookkeeper.walkEnded(clock.now(), epoch);
    await this.#o.closed(epoch, reason === 'baseline' ? 'baseline' : 'walk', looked);
    const tookMs = Math.round(clock.monotonic() - started);
    this.#o.report({ kind: 'catch-up-finished', at: this.#now(), reason, looked, found: batches.count, tookMs });
  }

  /** Everything that the log holds by now is decided about. */
  async #decided(signal: AbortSignal, also: (now: number) => boolean = () => true): Promise<void> {
    const { clock, log, random } = this.#o;
    const now = clock.now();
    for (let attempt = 1; ; attempt += 1) {
      const { oldestAt } = await log.lag();
      if ((oldestAt === null || oldestAt > now) && also(now)) return;
      await clock.sleep(backoffMs(ASK_AGAIN, attempt, random), signal);
    }
  }

  #now(): string {
    return iso(this.#o.clock.now());
  }
}
