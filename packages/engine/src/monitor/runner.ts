import type { Clock } from '@qwarden/qumulo-client';
import type { ConcurrencyLimiter } from '../jobs/limiter.ts';
import type { JobQueue, RuleJob } from '../queue/port.ts';
import type { JobRun } from './job-run.ts';
import type { Targets } from './targets.ts';

/** Due times are met to within this: waking up for each one costs more than it gives. */
const GRAIN_MS = 5;
const LONGEST_SLEEP_MS = 60_000;
/** Jobs whose end is on its way to stable storage keep nobody from the cluster; but so many at most. */
const MOST_IN_FLIGHT = 1024;
/** A take that is quicker than this keeps nobody waiting. */
const QUICK_TAKE_MS = 1;
const MOST_AHEAD = 512;

export interface RunnerOptions {
  readonly jobs: Pick<JobQueue, 'take' | 'nextDue' | 'release'>;
  readonly clock: Clock;
  readonly limiter: ConcurrencyLimiter;
  readonly targets: Targets;
  readonly run: Pick<JobRun, 'run'>;
  /** The store cannot be read or written: nothing more is begun. */
  readonly onFatal: (error: unknown) => void;
}

/** Begins jobs when they are due, as many at once as limiter and the cluster's breaker allow. */
export class Runner {
  readonly #o: RunnerOptions;
  #inFlight = 0;
  #acting = 0;
  /** Taken and not begun: they begin while the next ones are being taken. */
  #ready: RuleJob[] = [];
  /** How long a take and an action last, of late. */
  #takeMs = 0;
  #actMs = 0;
  #stopped = true;
  #pumping = false;
  #again = false;
  #wakeAt = Number.POSITIVE_INFINITY;
  #sleep: AbortController | undefined;
  #idle: (() => void)[] = [];

  constructor(options: RunnerOptions) {
    this.#o = options;
  }

  /** Begun, and their end not yet durable. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Those of them whose actions have not ended: what limiter and breaker are about. */
  get acting(): number {
    return this.#acting;
  }

  start(): void {
    this.#stopped = false;
    this.poke();
  }

  /** Begins nothing more. Resolves when what is in flight has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#sleep?.abort();
    // Not waited for: a store that is away must not hold up the end, and gives free what is held when it is closed.
    this.#giveBack().catch(() => undefined);
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** There may be a job that is due, or due earlier than was known. */
  poke(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    // Jobs end many to a turn of the event loop: one look for all of them.
    setImmediate(() => this.#pumpAll());
  }

  #pumpAll(): void {
    this.#pump()
      .catch((error: unknown) => {
        this.#stopped = true;
        this.#o.onFatal(error);
      })
      .finally(() => {
        this.#pumping = false;
        if (this.#again) this.poke();
      });
  }

  async #pump(): Promise<void> {
    const { jobs, clock, targets, limiter } = this.#o;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const monotonic = clock.monotonic();
      const most = targets.cluster.allows(limiter.limit, monotonic);
      const room = this.#beginReady(Math.min(most - this.#acting, MOST_IN_FLIGHT - this.#inFlight));
      // A pause may be long: others must not wait for what is only held here.
      if (most <= 0) await this.#giveBack();
      if (room > 0) {
        const wanted = room + this.#ahead(most);
        // The same for both: what becomes due in between must be in one of the two answers.
        const now = clock.now();
        const taken = await jobs.take(now, wanted);
        this.#takeMs += (clock.monotonic() - monotonic - this.#takeMs) / 4;
        this.#ready.push(...taken);
        if (this.#stopped) await this.#giveBack();
        else this.#beginReady(room);
        if (taken.length >= wanted) continue;
        const next = await jobs.nextDue(now);
        if (next !== undefined) this.#wakeBy(next);
      }
      const pausedFor = targets.cluster.pausedUntil - monotonic;
      if (pausedFor > 0) this.#wakeBy(clock.now() + pausedFor);
    }
  }

  /** How many more can begin. */
  #beginReady(room: number): number {
    if (this.#ready.length === 0 || room <= 0) return room;
    const begun = this.#ready.splice(0, room);
    for (const job of begun) this.#begin(job);
    return room - begun.length;
  }

  /** So many as will begin during a take: none where a take is quick, or actions are slow. */
  #ahead(most: number): number {
    if (this.#takeMs < QUICK_TAKE_MS) return 0;
    return Math.min(MOST_AHEAD, Math.floor((most * this.#takeMs) / Math.max(this.#actMs, QUICK_TAKE_MS)));
  }

  async #giveBack(): Promise<void> {
    await Promise.all(this.#ready.splice(0).map((job) => this.#o.jobs.release(job)));
  }

  #begin(job: RuleJob): void {
    const began = this.#o.clock.monotonic();
    this.#inFlight += 1;
    this.#acting += 1;
    let acts = true;
    const acted = () => {
      if (!acts) return;
      acts = false;
      this.#acting -= 1;
      this.#actMs += (this.#o.clock.monotonic() - began - this.#actMs) / 32;
      this.poke();
    };
    this.#o.run
      .run(job, acted)
      .catch((error: unknown) => {
        this.#stopped = true;
        this.#o.onFatal(error);
      })
      .finally(() => {
        acted();
        this.#inFlight -= 1;
        if (!this.#stopped) {
          this.poke();
          return;
        }
        if (this.#inFlight > 0) return;
        for (const idle of this.#idle) idle();
        this.#idle = [];
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
    void this.#sleepThenPoke(ms, sleep);
  }

  async #sleepThenPoke(ms: number, sleep: AbortController): Promise<void> {
    try {
      await this.#o.clock.sleep(ms, sleep.signal);
    } catch {
      // Called off for an earlier time.
      return;
    }
    if (this.#sleep !== sleep) return;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.poke();
  }
}
