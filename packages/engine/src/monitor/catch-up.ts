import type { Clock, FileAttributes, NotifyEvent, QumuloClient } from '@qwarden/qumulo-client';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import type { ChangeLog } from '../queue/port.ts';
import { iso } from '../time/iso.ts';
import { isNotThere, type WatchedDirectory } from '../watch/place.ts';
import type { MonitorEvent } from './events.ts';
import { toldOf } from './told.ts';
import { eventAbout, isDirectory, SyntheticBatches } from './synthetic.ts';

const BACKOFF: BackoffPolicy = { baseMs: 500, capMs: 30_000, floorMs: 100 };
/** The cluster's clock is known to about a second, and events are a moment on their way. */
const TOLERANCE_MS = 5000;
/** What was there before the watch first began was never its concern; when that was, is known to about a second too. */
const BEGAN_TOLERANCE_MS = 2000;
/** So far back the log is asked whether it has told of a file already. */
const LOOK_BACK_MS = 60_000;

export interface CatchUpOptions {
  readonly cluster: QumuloClient;
  readonly log: Pick<ChangeLog, 'append' | 'history'>;
  readonly directory: WatchedDirectory;
  readonly directoryId: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: MonitorEvent) => void;
  readonly onRemoved: () => void;
  /** When the watch first began, local clock. */
  readonly began: () => Promise<number | undefined>;
  /** The gap before this epoch is closed; durable when it resolves. */
  readonly closed: (epoch: number) => Promise<void>;
}

/**
 * Closes a gap by a walk: what was created, written, or has come since is written into the log as if the cluster had told it. What was
 * removed in the gap leaves no trace that a walk could find.
 */
export class CatchUp {
  readonly #o: CatchUpOptions;

  constructor(options: CatchUpOptions) {
    this.#o = options;
  }

  /** Tries until it is done or the epoch has ended. `since`: local clock. Rejects only with StateError. */
  async close(epoch: number, reason: 'gap' | 'restart', since: number, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.#once(epoch, reason, since, signal);
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
        this.#o.report({ kind: 'catch-up-failed', at: this.#now(), reason, message, retryInMs });
        try {
          await this.#o.clock.sleep(retryInMs, signal);
        } catch {
          return;
        }
      }
    }
  }

  async #once(epoch: number, reason: 'gap' | 'restart', since: number, signal: AbortSignal): Promise<void> {
    const { clock, cluster, directory, directoryId, log } = this.#o;
    const started = clock.monotonic();
    this.#o.report({ kind: 'catch-up-started', at: this.#now(), reason, since: iso(since) });
    const root = await directory.refresh(signal);
    const began = (await this.#o.began()) ?? Number.NEGATIVE_INFINITY;
    const from = Math.max(since - TOLERANCE_MS, began - BEGAN_TOLERANCE_MS);
    const sinceCluster = from + (cluster.clusterClock.skewMs() ?? 0);
    const told = await toldOf(log, since - LOOK_BACK_MS);
    const batches = new SyntheticBatches(log, { epoch, root, source: 'catch-up' }, () => clock.now());
    const { data: top } = await cluster.files.getAttributes(directoryId, { signal });
    // A rename changes the directory that it comes into; parents are read before what is in them.
    const touched = new Set<string>();
    if (Date.parse(top.modification_time) >= sinceCluster) touched.add(directoryOf(`${top.path.replace(/\/$/, '')}/x`));
    let looked = 0;
    for await (const file of cluster.files.walk(directoryId, { recursive: directory.recursive, signal })) {
      looked += 1;
      const parentTouched = touched.has(directoryOf(file.path));
      if (isDirectory(file) && Date.parse(file.modification_time) >= sinceCluster)
        touched.add(file.path.replace(/\/$/, '') || '/');
      const name = told.get(file.id);
      const known = name === undefined ? 'unknown' : name === file.path.replace(/\/$/, '') ? 'here' : 'elsewhere';
      for (const type of whatHappened(file, sinceCluster, parentTouched, known)) {
        const event = eventAbout(type, file, root);
        if (event !== undefined) await batches.add(event);
      }
    }
    await batches.flush();
    await this.#o.closed(epoch);
    const tookMs = Math.round(clock.monotonic() - started);
    this.#o.report({ kind: 'catch-up-finished', at: this.#now(), reason, looked, found: batches.count, tookMs });
  }

  #now(): string {
    return iso(this.#o.clock.now());
  }
}

/**
 * By its own times; empty when nothing happened to it since.
 * @param known where the log has told that it came
 */
function whatHappened(
  file: FileAttributes,
  since: number,
  parentTouched: boolean,
  known: 'here' | 'elsewhere' | 'unknown',
): NotifyEvent['type'][] {
  const isTold = known === 'here';
  const directory = isDirectory(file);
  const created = Date.parse(file.creation_time);
  const modified = Date.parse(file.modification_time);
  if (created >= since && !isTold) return [directory ? 'child_dir_added' : 'child_file_added'];
  if (Date.parse(file.change_time) < since) return [];
  const happened: NotifyEvent['type'][] = [];
  // It may have come under this name, or only have got other rights: what came must not be missed. A directory that has got an entry is most
  // likely where it was: to take it for one that came would mean all that has been in it for years.
  const gotEntry = directory && modified >= since && known === 'unknown';
  if (parentTouched && !isTold && !gotEntry) happened.push(directory ? 'child_dir_moved_to' : 'child_file_moved_to');
  if (!directory && modified >= since && !(isTold && modified <= created)) happened.push('child_data_written');
  return happened.length > 0 ? happened : ['child_extra_attrs_changed'];
}

function directoryOf(path: string): string {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  return bare.slice(0, Math.max(1, bare.lastIndexOf('/')));
}
