import type { Clock } from '@qwarden/qumulo-client';
import type { Gate } from './gate.ts';
import type { ConcurrencyLimiter } from './limiter.ts';
import type { Job, JobStore } from './port.ts';

/** How much of the due work is held in memory; the rest waits in the store. */
const WINDOW = { ready: 4096, load: 1024, refillBelow: 256 };
/** Due times are met to within this: waking up for each one costs more than it gives. */
const GRAIN_MS = 5;
const LONGEST_SLEEP_MS = 60_000;

export interface SchedulerOptions {
  readonly jobs: Pick<JobStore, 'get' | 'due' | 'nextDueAfter'>;
  readonly clock: Clock;
  readonly limiter: ConcurrencyLimiter;
  readonly gate: Gate;
  /** Runs a job to its end, its outcome noted in the store. Never rejects. */
  readonly run: (job: Job) => Promise<void>;
  /** Called when the store cannot be read: nothing more will be started. */
  readonly onFatal: (error: unknown) => void;
}

/** Starts jobs when they are due, as many at once as limiter and gate allow, each file at most once at a time. */
export class Scheduler {
  readonly #o: SchedulerOptions;
  #ready: Job[] = [];
  #head = 0;
  readonly #taken = new Set<string>();
  #inFlight = 0;
  #storeMayHaveDue = true;
  #wakeAt = Number.POSITIVE_INFINITY;
  #sleep: AbortController | undefined;
  #stopped = true;
  #idle: (() => void)[] = [];

  constructor(options: SchedulerOptions) {
    this.#o = options;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Due and held in memory, in flight left out. */
  get ready(): number {
    return this.#ready.length - this.#head;
  }

  start(): void {
    this.#stopped = false;
    this.#storeMayHaveDue = true;
    this.#pump();
  }

  /** Starts nothing more. Resolves when what is in flight has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#sleep?.abort();
    this.#ready = [];
    this.#head = 0;
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Jobs that were just made durable. Those that are due go straight to work, without a way back through the store. */
  offer(jobs: readonly Job[]): void {
    if (this.#stopped || jobs.length === 0) return;
    const now = this.#o.clock.now();
    for (const job of jobs) {
      if (job.dueAt === null) continue;
      if (job.dueAt > now) this.#wakeBy(job.dueAt);
      else if (this.ready >= WINDOW.ready) this.#storeMayHaveDue = true;
      else if (!this.#taken.has(job.fileId)) {
        this.#taken.add(job.fileId);
        this.#ready.push(job);
      } else this.#storeMayHaveDue = true;
    }
    this.#pump();
  }

  /** Something has changed that may let more work start. */
  poke(): void {
    if (!this.#stopped) this.#pump();
  }

  #pump(): void {
    try {
      this.#startWhatMay();
    } catch (error) {
      this.#stopped = true;
      this.#o.onFatal(error);
    }
  }

  #startWhatMay(): void {
    const monotonic = this.#o.clock.monotonic();
    while (!this.#stopped && this.#inFlight < this.#o.gate.allows(this.#o.limiter.limit, monotonic)) {
      if (this.#storeMayHaveDue && this.ready < WINDOW.refillBelow) this.#load();
      const job = this.#next();
      if (job === undefined) break;
      this.#begin(job);
    }
    const pausedFor = this.#o.gate.pausedUntil - monotonic;
    if (pausedFor > 0) this.#wakeBy(this.#o.clock.now() + pausedFor);
  }

  /** The next ready job as the store has it now: it may have been forgotten, or have changed and settle again. */
  #next(): Job | undefined {
    while (this.#head < this.#ready.length) {
      const held = this.#ready[this.#head];
      this.#head += 1;
      if (this.#head > WINDOW.load && this.#head * 2 > this.#ready.length) {
        this.#ready = this.#ready.slice(this.#head);
        this.#head = 0;
      }
      if (held === undefined) continue;
      const job = this.#o.jobs.get(held.fileId);
      if (job !== undefined && job.dueAt !== null && job.dueAt <= this.#o.clock.now()) return job;
      this.#taken.delete(held.fileId);
      if (job !== undefined && job.dueAt !== null) this.#wakeBy(job.dueAt);
    }
    this.#ready = [];
    this.#head = 0;
    return undefined;
  }

  #load(): void {
    const now = this.#o.clock.now();
    const limit = this.#taken.size + WINDOW.load;
    const due = this.#o.jobs.due(now, limit);
    for (const job of due) {
      if (this.#taken.has(job.fileId)) continue;
      this.#taken.add(job.fileId);
      this.#ready.push(job);
    }
    if (due.length >= limit) return;
    this.#storeMayHaveDue = false;
    const next = this.#o.jobs.nextDueAfter(now);
    if (next !== undefined) this.#wakeBy(next);
  }

  #begin(job: Job): void {
    this.#inFlight += 1;
    void this.#o.run(job).finally(() => {
      this.#inFlight -= 1;
      this.#taken.delete(job.fileId);
      if (this.#stopped) {
        if (this.#inFlight > 0) return;
        for (const idle of this.#idle) idle();
        this.#idle = [];
        return;
      }
      this.#pump();
    });
  }

  /** Wakes up at `at` (local clock) or soon after. */
  #wakeBy(at: number): void {
    if (this.#stopped || at + GRAIN_MS >= this.#wakeAt) return;
    this.#wakeAt = at;
    this.#sleep?.abort();
    const sleep = new AbortController();
    this.#sleep = sleep;
    const ms = Math.min(LONGEST_SLEEP_MS, Math.max(GRAIN_MS, at - this.#o.clock.now()));
    void this.#sleepThenPump(ms, sleep);
  }

  async #sleepThenPump(ms: number, sleep: AbortController): Promise<void> {
    try {
      await this.#o.clock.sleep(ms, sleep.signal);
    } catch {
      // Called off for an earlier time.
      return;
    }
    if (this.#sleep !== sleep) return;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#storeMayHaveDue = true;
    this.poke();
  }
}
