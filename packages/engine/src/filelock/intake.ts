import type { Clock, NotifyBatch, NotifyEvent, NotifyEventType } from '@qwarden/qumulo-client';
import type { EventLog } from '../log/port.ts';
import { type Arrivals, isLocked } from './arrivals.ts';
import type { After, Desk } from './desk.ts';
import { iso } from '../time/iso.ts';
import { type Departure, Moves } from './moves.ts';
import { Recent } from './recent.ts';
import type { Tally } from './tally.ts';

/** The kinds of change that `filelock` needs to hear of (FACTS 6.1). */
export const FILELOCK_EVENTS = [
  'child_file_added',
  'child_dir_added',
  'child_file_removed',
  'child_file_moved_from',
  'child_file_moved_to',
  'child_dir_moved_from',
  'child_dir_moved_to',
  'child_mtime_changed',
  'child_size_changed',
  'child_data_written',
  'child_stream_added',
  'child_stream_removed',
  'child_stream_moved_from',
  'child_stream_moved_to',
  'child_stream_size_changed',
  'child_stream_data_written',
  'self_removed',
] as const satisfies readonly NotifyEventType[];

/** With interval 0 a change of a file that is known says nothing new, and writers make many. */
export const ARRIVAL_EVENTS = FILELOCK_EVENTS.filter((type) => !/^child_(mtime|size|data|stream)_/.test(type));

/** A record that a walk wrote this long ago may be about what an event tells us only now. */
const ECHO_MS = 30_000;
const LOG_KEEP = 10_000;

/** A directory to look into, or a path whose id the cluster did not tell. */
export type Lookup =
  | { readonly kind: 'directory'; readonly id: string; readonly how: 'added' | 'renamed' | 'moved-in' }
  | { readonly kind: 'path'; readonly path: string }
  /** A file that was renamed before the first inventory came by: its creation time tells whether it is new. */
  | { readonly kind: 'file'; readonly id: string }
  /** A file found in a directory that came from outside, some seconds ago; see `WalkResult.later`. */
  | { readonly kind: 'returned' | 'came'; readonly id: string };

export interface IntakeOptions {
  readonly desk: Desk;
  readonly arrivals: Arrivals;
  readonly log: EventLog;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly recursive: boolean;
  /** The first inventory is not done, or only just: what it has seen may be ahead of the events. */
  readonly baselineRecent: () => boolean;
  readonly lookUp: (lookup: Lookup) => void;
}

/** Turns notifications into jobs. A batch and what it led to become durable together, before anything is done about it. */
export class Intake {
  readonly #o: IntakeOptions;
  readonly #moves: Moves;
  readonly #insideRenames: Recent;
  #sinceTrim = 0;

  constructor(options: IntakeOptions) {
    this.#o = options;
    this.#insideRenames = new Recent(options.clock);
    this.#moves = new Moves(options.clock, (departures) => this.#expire(departures));
  }

  /** Resolves when the batch is durable. Without text it is a further part of the batch before it. */
  take(epoch: number, batch: NotifyBatch): Promise<void> {
    const lookups: Lookup[] = [];
    return this.#o.desk
      .work('now', (after) => {
        if (batch.raw !== '') this.#log(epoch, batch);
        this.#decide(after, batch, lookups);
      })
      .then(() => {
        for (const lookup of lookups) this.#o.lookUp(lookup);
        return undefined;
      });
  }

  /** Have events told of a rename of this file inside the directory, lately? */
  renamedInside(fileId: string): boolean {
    return this.#insideRenames.has(fileId);
  }

  streamEnded(): void {
    this.#moves.clear();
  }

  #log(epoch: number, batch: NotifyBatch): void {
    this.#o.log.append({ epoch, receivedAt: batch.receivedAtMs, events: batch.events.length, raw: batch.raw });
    this.#sinceTrim += 1;
    if (this.#sinceTrim < LOG_KEEP / 10) return;
    this.#sinceTrim = 0;
    this.#o.log.trim(LOG_KEEP);
  }

  #decide(after: After, batch: NotifyBatch, lookups: Lookup[]): void {
    const changed = new Set<string>();
    for (const event of batch.events) {
      this.#o.tally.counters.events += 1;
      const fileId = event.spine.at(-1);
      if (event.path === null) continue;
      if (fileId === undefined) {
        if (/_(added|moved_to)$/.test(event.type)) lookups.push({ kind: 'path', path: event.path });
        continue;
      }
      const path = event.path.endsWith('/') ? event.path.slice(0, -1) : event.path;
      if (event.stream_name !== null) changed.add(fileId);
      else this.#one(after, event, fileId, path, batch.receivedAtMs, changed, lookups);
    }
    if (this.#o.arrivals.intervalMs > 0) this.#settleAnew(after, changed, batch.receivedAtMs);
  }

  #one(
    after: After,
    event: NotifyEvent,
    fileId: string,
    path: string,
    at: number,
    changed: Set<string>,
    lookups: Lookup[],
  ): void {
    switch (event.type) {
      case 'child_file_added':
        this.#added(after, fileId, path, at);
        return;
      case 'child_file_moved_to':
        this.#movedTo(after, fileId, path, at, this.#moves.arrived(fileId), lookups);
        return;
      case 'child_file_moved_from':
      case 'child_dir_moved_from':
        this.#moves.left(fileId, path);
        return;
      case 'child_file_removed':
        this.#removed(after, fileId, path);
        return;
      case 'child_dir_added':
        if (this.#o.recursive) lookups.push({ kind: 'directory', id: fileId, how: 'added' });
        return;
      case 'child_dir_moved_to': {
        const inside = this.#moves.arrived(fileId) !== undefined;
        if (this.#o.recursive) lookups.push({ kind: 'directory', id: fileId, how: inside ? 'renamed' : 'moved-in' });
        return;
      }
      case 'child_data_written':
      case 'child_size_changed':
      case 'child_mtime_changed':
        changed.add(fileId);
        return;
      default:
    }
  }

  #added(after: After, fileId: string, path: string, at: number): void {
    const { arrivals, desk } = this.#o;
    if (!arrivals.covers(path)) return;
    const job = desk.job(fileId);
    if (job !== undefined && job.dueAt !== null) {
      arrivals.change(after, job, at, job.path === path ? {} : { path, links: job.links + 1 });
      return;
    }
    const record = desk.record(fileId);
    // A walk of a new directory may have been faster than the event.
    if (record !== undefined && isLocked(record) && record.path === path && at - record.recordedAt < ECHO_MS) return;
    const how = record?.state === 'existing' || (record !== undefined && isLocked(record)) ? 'linked' : 'created';
    arrivals.arrive(after, { fileId, path, links: (record?.state === 'existing' ? record.links : 0) + 1 }, how, at, {
      job,
      record,
    });
  }

  #movedTo(
    after: After,
    fileId: string,
    path: string,
    at: number,
    from: Departure | undefined,
    lookups: Lookup[],
  ): void {
    const { arrivals, desk } = this.#o;
    const covered = arrivals.covers(path);
    const job = desk.job(fileId);
    const record = desk.record(fileId);
    if (job !== undefined && job.dueAt !== null) {
      if (covered) arrivals.change(after, job, at, { path });
      else if (job.links < 2) arrivals.skip(after, job, path, 'renamed to a name that the policy leaves out', record);
      return;
    }
    if (record !== undefined && isLocked(record)) {
      desk.renameRecord(record, path);
      return;
    }
    if (from !== undefined) this.#insideRenames.add(fileId);
    const how = from === undefined ? 'moved-in' : 'renamed';
    if (covered && !this.#staysExisting(record, path, from)) {
      arrivals.arrive(after, { fileId, path, links: record?.links ?? 1 }, how, at, { job, record });
      return;
    }
    if (record?.state === 'existing') {
      // What came from outside is no longer the file of the inventory, whatever its name.
      if (from === undefined) desk.dropRecord(record);
      else desk.renameRecord(record, path);
    } else if (covered && from !== undefined) {
      // Made in a gap, or there before? It may also have moved past the inventory, which then never sees it.
      lookups.push({ kind: 'file', id: fileId });
      return;
    }
    if (covered && from !== undefined) {
      const oldPath = arrivals.absolute(from.path);
      after.events.push({
        kind: 'existing-renamed',
        at: iso(this.#o.clock.now()),
        fileId,
        path: arrivals.absolute(path),
        oldPath,
      });
    }
  }

  /** Was this file under a covered name before the watch began, so that a rename inside the directory does not make it new? */
  #staysExisting(
    record: { state: string; matched: boolean; path: string; recordedAt: number } | undefined,
    path: string,
    from: Departure | undefined,
  ): boolean {
    if (from === undefined) return false;
    const oldNameCovered = this.#o.arrivals.covers(from.path);
    if (record?.state !== 'existing') return oldNameCovered && this.#o.baselineRecent();
    if (oldNameCovered) return true;
    // The inventory may have read the new name already, before it heard of the rename: then the old name decides.
    const readAfterRename = record.path === path && this.#o.clock.now() - record.recordedAt < ECHO_MS;
    return record.matched && !readAfterRename;
  }

  #removed(after: After, fileId: string, path: string): void {
    const { arrivals, desk } = this.#o;
    const job = desk.job(fileId);
    const record = desk.record(fileId);
    // Another name of the file may still be there: then the look at it, when it is due, tells.
    if (job !== undefined && job.path === path && job.links < 2) arrivals.forget(after, job, 'removed', record);
    else if (job === undefined && record?.state === 'existing' && record.links < 2) desk.dropRecord(record);
  }

  #settleAnew(after: After, changed: ReadonlySet<string>, at: number): void {
    for (const fileId of changed) {
      const job = this.#o.desk.job(fileId);
      if (job !== undefined) this.#o.arrivals.change(after, job, at);
    }
  }

  /** No second half came: these have left the directory. */
  #expire(departures: readonly Departure[]): void {
    const { arrivals, desk } = this.#o;
    void desk
      .work('soon', (after) => {
        for (const { fileId, path } of departures) {
          const job = desk.job(fileId);
          const record = desk.record(fileId);
          if (job !== undefined && job.path === path && job.links < 2) arrivals.forget(after, job, 'moved-out', record);
          else if (record?.state === 'existing' && record.path === path && record.links < 2) desk.dropRecord(record);
        }
      })
      .catch(() => undefined);
  }
}
