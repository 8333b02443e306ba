import type { Clock } from '@qwarden/qumulo-client';
import type { Job } from '../jobs/port.ts';
import type { FileRecord } from '../ledger/port.ts';
import { joinPath, type Selection } from '../rules/selection.ts';
import type { After, Desk } from './desk.ts';
import type { Arrival } from './events.ts';
import { iso } from '../time/iso.ts';
import type { Tally } from './tally.ts';

export interface ArrivalsOptions {
  readonly desk: Desk;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly selection: Selection;
  readonly intervalMs: number;
  readonly run: number;
  /** Absolute path of the watched directory. */
  readonly watchPath: () => string;
}

/** Puts files under the policy and takes them out of it again. Everything here runs inside a `Desk.work`. */
export class Arrivals {
  readonly #o: ArrivalsOptions;

  constructor(options: ArrivalsOptions) {
    this.#o = options;
  }

  get intervalMs(): number {
    return this.#o.intervalMs;
  }

  covers(path: string): boolean {
    return this.#o.selection.covers(path, this.#o.watchPath());
  }

  absolute(path: string): string {
    return joinPath(this.#o.watchPath(), path);
  }

  /** A file is new to the policy. `changedAt`: its last change, local clock. */
  arrive(
    after: After,
    file: { fileId: string; path: string; links: number },
    how: Arrival,
    changedAt: number,
    known: { job: Job | undefined; record: FileRecord | undefined },
  ): void {
    const now = this.#o.clock.now();
    const dueAt = Math.min(changedAt, now) + this.#o.intervalMs;
    const job: Job = { ...file, how, seenAt: now, changedAt, dueAt, attempts: 0, run: this.#o.run, lastError: null };
    this.#o.desk.arm(job, known.job);
    // A record of a retention lock stays until a better one replaces it; anything else is overtaken.
    if (known.record !== undefined && !isLocked(known.record)) this.#o.desk.dropRecord(known.record);
    this.#o.tally.counters.seen += 1;
    after.armed.push(job);
    after.events.push({
      kind: 'seen',
      at: iso(now),
      fileId: file.fileId,
      path: this.absolute(file.path),
      how,
      dueAt: iso(dueAt),
    });
  }

  /** A pending file has changed, or has a new name: it settles anew. */
  change(after: After, job: Job, changedAt: number, news: { path?: string; links?: number } = {}): void {
    const dueAt = changedAt + this.#o.intervalMs;
    const path = news.path ?? job.path;
    if (news.path === undefined && news.links === undefined) this.#o.desk.touch(job, changedAt, dueAt);
    else {
      const attempts = job.dueAt === null ? 0 : job.attempts;
      this.#o.desk.arm({ ...job, path, links: news.links ?? job.links, changedAt, dueAt, attempts }, job);
    }
    after.armed.push({ ...job, path, changedAt, dueAt });
    after.events.push({
      kind: 'settling',
      at: iso(this.#o.clock.now()),
      fileId: job.fileId,
      path: this.absolute(path),
      dueAt: iso(dueAt),
    });
  }

  forget(after: After, job: Job, reason: 'removed' | 'moved-out' | 'gone', record: FileRecord | undefined): void {
    this.#o.desk.drop(job);
    this.#note(job, record, 'forgotten', reason);
    this.#o.tally.counters.forgotten += 1;
    after.events.push({
      kind: 'forgotten',
      at: iso(this.#o.clock.now()),
      fileId: job.fileId,
      path: this.absolute(job.path),
      reason,
    });
  }

  skip(after: After, job: Job, path: string, reason: string, record: FileRecord | undefined): void {
    this.#o.desk.drop(job);
    this.#note({ ...job, path }, record, 'skipped', reason);
    this.#o.tally.counters.skipped += 1;
    after.events.push({
      kind: 'skipped',
      at: iso(this.#o.clock.now()),
      fileId: job.fileId,
      path: this.absolute(path),
      reason,
    });
  }

  #note(job: Job, record: FileRecord | undefined, state: 'skipped' | 'forgotten', note: string): void {
    if (record !== undefined && isLocked(record)) return;
    this.#o.desk.putRecord(
      {
        fileId: job.fileId,
        path: job.path,
        state,
        how: job.how,
        matched: false,
        links: job.links,
        creationTime: null,
        recordedAt: this.#o.clock.now(),
        seenAt: job.seenAt,
        dueAt: job.dueAt,
        lockedAt: null,
        retentionPeriod: null,
        legalHold: false,
        attempts: job.attempts,
        lastError: null,
        note,
      },
      record,
    );
  }
}

export function isLocked(record: FileRecord): boolean {
  return record.state === 'locked' || record.state === 'already-locked';
}
