import type { Clock, FileAttributes } from '@qwarden/qumulo-client';
import type { Cluster } from '../cluster.ts';
import { relativeTo } from '../rules/selection.ts';
import { type Arrivals, isLocked } from './arrivals.ts';
import type { FileRecord } from '../ledger/port.ts';
import type { After, Desk } from './desk.ts';
import type { Arrival } from './events.ts';

/**
 * What a walk is for:
 * - `baseline` the first inventory: what it finds was there before, unless created since `beganClusterMs` (a baseline that was cut off)
 * - `catch-up` after a gap: what is not known is new
 * - `new-directory` one that was made, or renamed inside the watch: what is not known is new
 * - `moved-in` one that came from outside: everything in it is new, whatever was known
 */
export type WalkMode = 'baseline' | 'catch-up' | 'new-directory' | 'moved-in';

/**
 * How one file is taken up: as a walk does, or
 * - `renamed` a rename inside the directory told of a file that nobody knows
 * - `returned`, `came` it was found in a directory that came from outside; known under another path, or unknown and older than the watch.
 *   The events of some seconds since may have told that it was renamed into that directory from inside
 */
export type AdoptMode = WalkMode | 'renamed' | 'returned' | 'came';

export interface WalkResult {
  files: number;
  /** New to the policy. */
  found: number;
  /** Was there before and matches the policy. */
  existing: number;
  samples: string[];
  /** Found in a directory that came from outside, but perhaps renamed into it from inside: to be looked at again a little later. */
  later: { readonly id: string; readonly mode: 'returned' | 'came' }[];
}

export function emptyResult(): WalkResult {
  return { files: 0, found: 0, existing: 0, samples: [], later: [] };
}

export interface InventoryOptions {
  readonly cluster: Pick<Cluster, 'files' | 'clusterClock'>;
  readonly desk: Desk;
  readonly arrivals: Arrivals;
  readonly clock: Clock;
  readonly watchPath: () => string;
  readonly refreshPath: (signal: AbortSignal) => Promise<string>;
  /** Cluster's time when the watch first began, when an earlier baseline was cut off. */
  readonly beganClusterMs: () => number | undefined;
  /** Cluster's time when the watch first began. */
  readonly watchBeganMs: () => number | undefined;
  /** The first inventory is not done, or was done so lately that events may still be on their way that it has overtaken. */
  readonly baselineRecent: () => boolean;
  /** Have events told of a rename of this file inside the directory, lately? */
  readonly renamedInside: (fileId: string) => boolean;
}

const HOW: Readonly<Record<AdoptMode, Arrival>> = {
  baseline: 'catch-up',
  'catch-up': 'catch-up',
  'new-directory': 'in-new-directory',
  'moved-in': 'moved-in',
  renamed: 'renamed',
  returned: 'moved-in',
  came: 'moved-in',
};
const CHUNK = 256;
const SAMPLES = 5;
const DIRECTORIES_AT_ONCE = 8;
const PAGE = 1000;
/** A file created this long before the watch began may still be one that it has seen: `Date` has whole seconds only. */
const BEGAN_TOLERANCE_MS = 2000;

/** Walks directories and compares what is there with what is known. */
export class Inventory {
  readonly #o: InventoryOptions;

  constructor(options: InventoryOptions) {
    this.#o = options;
  }

  /** Rejects with the client's error when the walk cannot go on; what was found until then is recorded. */
  async walk(directory: string, mode: WalkMode, recursive: boolean, signal: AbortSignal): Promise<WalkResult> {
    const result = emptyResult();
    let chunk: FileAttributes[] = [];
    const flush = async () => {
      const files = chunk;
      chunk = [];
      if (files.some((file) => relativeTo(this.#o.watchPath(), file.path) === undefined))
        await this.#o.refreshPath(signal);
      await this.#o.desk.work('soon', (after) => {
        for (const file of files) this.adopt(after, file, mode, result);
      });
    };
    const entries = this.#o.cluster.files.walk(directory, {
      recursive,
      signal,
      concurrency: DIRECTORIES_AT_ONCE,
      limit: PAGE,
    });
    for await (const entry of entries) {
      if (entry.type !== 'FS_FILE_TYPE_FILE') continue;
      result.files += 1;
      chunk.push(entry);
      if (chunk.length >= CHUNK) await flush();
    }
    if (chunk.length > 0) await flush();
    return result;
  }

  /** One file that was found. Inside a `Desk.work`. */
  adopt(after: After, file: FileAttributes, mode: AdoptMode, result: WalkResult): void {
    const path = relativeTo(this.#o.watchPath(), file.path);
    if (path === undefined) return;
    const { desk, arrivals } = this.#o;
    const covered = arrivals.covers(path);
    const job = desk.job(file.id);
    if (job !== undefined) {
      // Of several names any that the policy covers will do, and the one that the job knows may be of a directory renamed since.
      if (job.path !== path && (file.num_links < 2 || covered)) desk.arm({ ...job, path }, job);
      return;
    }
    const record = desk.record(file.id);
    const same = record !== undefined && (record.creationTime === null || record.creationTime === file.creation_time);
    if (same && isLocked(record)) {
      if (file.num_links < 2) desk.renameRecord(record, path);
      return;
    }
    if (same && record.state === 'existing' && this.#staysExisting(file, record, path, mode, result)) {
      // A temporary name that became a covered one is a new file; any other rename changes nothing.
      if (!covered || record.matched) {
        if (mode === 'baseline' && record.matched) this.#count(result, path);
        if (file.num_links < 2) desk.renameRecord(record, path);
        return;
      }
    } else if (result.later.at(-1)?.id === file.id) return;
    else if ((!same || mode === 'baseline') && this.#wasThereBefore(file, mode)) {
      if (mode === 'moved-in') result.later.push({ id: file.id, mode: 'came' });
      else this.#recordExisting(file, path, covered, result);
      return;
    }
    if (!covered) return;
    const how = HOW[mode];
    arrivals.arrive(after, { fileId: file.id, path, links: file.num_links }, how, this.#lastChange(file), {
      job,
      record,
    });
    result.found += 1;
  }

  /** A file of the first inventory, found again: is it still that file, or did it leave and come back from outside? */
  #staysExisting(file: FileAttributes, record: FileRecord, path: string, mode: AdoptMode, result: WalkResult): boolean {
    if (mode !== 'moved-in' && mode !== 'returned' && mode !== 'came') return true;
    if (this.#o.renamedInside(file.id)) return true;
    if (record.path === path) return mode === 'returned';
    // Known under another path: the event of its rename into this directory may be on its way.
    if (mode === 'moved-in') result.later.push({ id: file.id, mode: 'returned' });
    return false;
  }

  /** A file that nobody knows: was it there before the watch began, and nobody has come by it yet? */
  #wasThereBefore(file: FileAttributes, mode: AdoptMode): boolean {
    if (mode === 'catch-up') return false;
    if (mode === 'baseline') return !this.#createdSince(file, this.#o.beganClusterMs());
    if (mode === 'returned' || mode === 'came') return this.#o.renamedInside(file.id);
    // Its rename was heard of, so its creation would have been too, unless there was a gap.
    if (mode === 'renamed') return this.#o.baselineRecent() && !this.#createdSince(file, this.#o.beganClusterMs());
    return this.#o.baselineRecent() && !this.#createdSince(file, this.#o.watchBeganMs());
  }

  #recordExisting(file: FileAttributes, path: string, covered: boolean, result: WalkResult): void {
    const now = this.#o.clock.now();
    if (covered) this.#count(result, path);
    this.#o.desk.putRecord(
      {
        fileId: file.id,
        path,
        state: 'existing',
        how: 'existing',
        matched: covered,
        links: file.num_links,
        creationTime: file.creation_time,
        recordedAt: now,
        seenAt: now,
        dueAt: null,
        lockedAt: null,
        retentionPeriod: null,
        legalHold: false,
        attempts: 0,
        lastError: null,
        note: null,
      },
      this.#o.desk.record(file.id),
    );
  }

  #count(result: WalkResult, path: string): void {
    result.existing += 1;
    if (result.samples.length < SAMPLES) result.samples.push(this.#o.arrivals.absolute(path));
  }

  #createdSince(file: FileAttributes, began: number | undefined): boolean {
    return began !== undefined && Date.parse(file.creation_time) >= began - BEGAN_TOLERANCE_MS;
  }

  /** Local time of the file's last change, by its own times; never ahead of now. */
  #lastChange(file: FileAttributes): number {
    const skew = this.#o.cluster.clusterClock.skewMs() ?? 0;
    const now = this.#o.clock.now();
    const times = [Date.parse(file.change_time) - skew, Date.parse(file.modification_time) - skew].filter(
      (time) => time <= now,
    );
    return Math.max(0, ...times) || now;
  }
}
