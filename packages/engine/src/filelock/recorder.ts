import type { Clock, FileLock } from '@qwarden/qumulo-client';
import type { LockOutcome } from '../actions/lock/outcome.ts';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import type { Job } from '../jobs/port.ts';
import type { FileRecord } from '../ledger/port.ts';
import { type Arrivals, isLocked } from './arrivals.ts';
import type { After, Desk } from './desk.ts';
import { iso } from '../time/iso.ts';
import type { Tally } from './tally.ts';

const RETRY: BackoffPolicy = { baseMs: 500, capMs: 60_000, floorMs: 50 };

export interface RecorderOptions {
  readonly desk: Desk;
  readonly arrivals: Arrivals;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly random: () => number;
}

type Confirmed = Extract<LockOutcome, { kind: 'locked' | 'already-locked' | 'would-lock' }>;

/** Writes what became of a job into the state, and tells it once it is durable. */
export class Recorder {
  readonly #o: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#o = options;
  }

  /** Resolves when the outcome is durable. The state shows it at once. */
  settle(job: Job, outcome: LockOutcome): Promise<void> {
    return this.#o.desk.work('soon', (after) => this.#write(after, job, outcome));
  }

  #write(after: After, started: Job, outcome: LockOutcome): void {
    const { desk, arrivals } = this.#o;
    // Events may have moved or forgotten the job while it was in flight.
    const job = desk.job(started.fileId);
    const record = desk.record(started.fileId);
    switch (outcome.kind) {
      case 'locked':
      case 'already-locked':
      case 'would-lock':
        this.#confirmed(after, job ?? started, job, record, outcome);
        return;
      case 'gone':
      case 'moved-out':
        if (job !== undefined) arrivals.forget(after, job, outcome.kind, record);
        return;
      case 'skipped':
        if (job !== undefined) arrivals.skip(after, job, outcome.path ?? job.path, outcome.reason, record);
        return;
      case 'rearm':
        if (job !== undefined) this.#again(after, job, outcome);
        return;
      case 'transient':
        if (job !== undefined) this.#retry(after, job, outcome.reason, outcome.waitMs);
        return;
      case 'failed':
        if (job !== undefined) this.#failed(after, job, outcome);
        return;
      case 'login-refused':
      case 'aborted':
        // Nothing was found out about the file: the job stays due.
        if (job !== undefined) after.armed.push(job);
        return;
      default:
        outcome satisfies never;
    }
  }

  #confirmed(after: After, known: Job, job: Job | undefined, record: FileRecord | undefined, outcome: Confirmed): void {
    const { desk, arrivals, tally, clock } = this.#o;
    if (job !== undefined) desk.drop(job);
    const now = clock.now();
    const path = outcome.path ?? known.path;
    const about = { at: iso(now), fileId: known.fileId, path: arrivals.absolute(path) };
    const lock = { retentionPeriod: outcome.lock.retention_period, legalHold: outcome.lock.legal_hold };
    if (outcome.kind === 'already-locked' && record?.state === 'locked' && sameLock(record, outcome.lock)) {
      // Looked at again because of another name: our own retention lock, and the record of it stays.
      desk.renameRecord(record, path);
      tally.counters.alreadyLocked += 1;
      after.events.push({
        kind: 'already-locked',
        ...about,
        ...lock,
        shorter: false,
        note: 'known by another name already',
      });
      return;
    }
    const latencyMs = Math.max(0, now - Math.max(known.changedAt + arrivals.intervalMs, known.seenAt));
    desk.putRecord(
      {
        fileId: known.fileId,
        path,
        state: outcome.kind === 'already-locked' ? 'already-locked' : 'locked',
        how: known.how,
        matched: true,
        links: outcome.links,
        creationTime: outcome.creationTime,
        recordedAt: now,
        seenAt: known.seenAt,
        dueAt: known.dueAt,
        lockedAt: outcome.kind === 'locked' ? now : null,
        ...lock,
        attempts: known.attempts + 1,
        lastError: known.lastError,
        note: outcome.kind === 'would-lock' ? null : outcome.note,
      },
      record,
    );
    if (outcome.kind === 'would-lock') {
      tally.counters.wouldLock += 1;
      after.events.push({ kind: 'would-lock', ...about, ...lock, how: known.how });
    } else if (outcome.kind === 'already-locked') {
      tally.counters.alreadyLocked += 1;
      after.events.push({ kind: 'already-locked', ...about, ...lock, shorter: outcome.shorter, note: outcome.note });
    } else {
      tally.locked(latencyMs, now);
      after.events.push({
        kind: 'locked',
        ...about,
        ...lock,
        latencyMs,
        attempt: known.attempts + 1,
        how: known.how,
        note: outcome.note,
      });
    }
    if (known.attempts > 0) {
      after.events.push({
        kind: 'recovered',
        at: about.at,
        scope: 'file',
        fileId: known.fileId,
        path: about.path,
        message: `after ${known.attempts} failed tries`,
      });
    }
  }

  #again(after: After, job: Job, outcome: Extract<LockOutcome, { kind: 'rearm' }>): void {
    const now = this.#o.clock.now();
    // An event may have moved the due time further out already.
    const dueAt = Math.max(now + outcome.delayMs, job.dueAt ?? 0);
    const path = outcome.path ?? job.path;
    const changedAt =
      outcome.why === 'changed' ? Math.max(job.changedAt, dueAt - this.#o.arrivals.intervalMs) : job.changedAt;
    const next: Job = {
      ...job,
      path,
      changedAt,
      dueAt,
      lastError: outcome.why === 'open' ? outcome.reason : job.lastError,
    };
    this.#o.desk.arm(next, job);
    after.armed.push(next);
    const about = { at: iso(now), fileId: job.fileId, path: this.#o.arrivals.absolute(path), dueAt: iso(dueAt) };
    if (outcome.why === 'changed') after.events.push({ kind: 'settling', ...about });
    else if (job.lastError !== outcome.reason)
      after.events.push({ kind: 'still-open', ...about, reason: outcome.reason });
  }

  #retry(after: After, job: Job, reason: string, waitMs: number | undefined): void {
    const now = this.#o.clock.now();
    const attempts = job.attempts + 1;
    const delayMs = Math.max(waitMs ?? 0, backoffMs(RETRY, attempts, this.#o.random));
    const next: Job = { ...job, attempts, dueAt: Math.max(now + delayMs, job.dueAt ?? 0), lastError: reason };
    this.#o.desk.arm(next, job);
    after.armed.push(next);
    if (attempts > 1) return;
    after.events.push({
      kind: 'retrying',
      at: iso(now),
      fileId: job.fileId,
      path: this.#o.arrivals.absolute(job.path),
      attempt: attempts,
      reason,
      delayMs,
    });
  }

  #failed(after: After, job: Job, outcome: Extract<LockOutcome, { kind: 'failed' }>): void {
    const attempt = job.attempts + 1;
    this.#o.desk.arm({ ...job, attempts: attempt, dueAt: null, lastError: outcome.reason }, job);
    this.#o.tally.counters.failed += 1;
    const { reason, remedy, status, errorClass } = outcome;
    const path = this.#o.arrivals.absolute(job.path);
    after.events.push({
      kind: 'failed',
      at: iso(this.#o.clock.now()),
      fileId: job.fileId,
      path,
      reason,
      remedy,
      status,
      errorClass,
      attempt,
    });
  }
}

function sameLock(record: FileRecord, lock: FileLock): boolean {
  return isLocked(record) && record.retentionPeriod === lock.retention_period && record.legalHold === lock.legal_hold;
}
