import type { Clock } from '@qwarden/qumulo-client';
import type { LockOutcome } from '../actions/lock/outcome.ts';
import type { Gate } from '../jobs/gate.ts';
import type { ConcurrencyLimiter } from '../jobs/limiter.ts';
import type { Job } from '../jobs/port.ts';
import type { FilelockEvent } from './events.ts';
import { iso } from '../time/iso.ts';
import type { Recorder } from './recorder.ts';

/** Shorter pauses than this are told once in `TELL_EVERY_MS`: under load there can be hundreds a second. */
const WORTH_TELLING_MS = 1000;
const TELL_EVERY_MS = 5000;

export interface WorkerOptions {
  readonly clock: Clock;
  readonly limiter: ConcurrencyLimiter;
  readonly gate: Gate;
  readonly recorder: Recorder;
  readonly report: (event: FilelockEvent) => void;
  readonly lock: (job: Job) => Promise<LockOutcome>;
  /** How many are in flight now, this one included. */
  readonly inFlight: () => number;
}

/** Runs one job: sets the retention lock, tells limiter and gate how the cluster took it, and has the outcome written. */
export class Worker {
  readonly #o: WorkerOptions;
  #loginRefused = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #toldRecovered = true;

  constructor(options: WorkerOptions) {
    this.#o = options;
  }

  /** Resolves when the outcome is in the state (durable soon after). Never rejects: a state that cannot be written is told by the desk. */
  async run(job: Job): Promise<void> {
    const { clock, recorder } = this.#o;
    const started = clock.monotonic();
    const outcome = await this.#o.lock(job);
    const now = clock.monotonic();
    this.#learn(outcome, now - started, now);
    void recorder.settle(job, outcome).catch(() => undefined);
  }

  #learn(outcome: LockOutcome, ms: number, now: number): void {
    const { gate, limiter } = this.#o;
    if (outcome.kind === 'aborted') return;
    if (outcome.kind === 'transient') {
      if (outcome.overload) limiter.overloaded();
      if (outcome.scope === 'file') return;
      const delayMs = gate.failed(now, { atOnce: outcome.overload, waitMs: outcome.waitMs });
      if (delayMs === undefined) return;
      if (delayMs < WORTH_TELLING_MS && now - this.#toldAt < TELL_EVERY_MS) return;
      this.#toldAt = now;
      this.#toldRecovered = false;
      this.#tell({ kind: 'throttled', at: this.#at(), delayMs, reason: outcome.reason });
      return;
    }
    if (outcome.kind === 'login-refused') {
      const retryInMs = gate.failed(now, { atOnce: true, login: true });
      if (retryInMs === undefined || this.#loginRefused) return;
      this.#loginRefused = true;
      this.#toldRecovered = false;
      const { reason, remedy } = outcome;
      this.#tell({ kind: 'refused', at: this.#at(), what: 'login', reason, remedy, retryInMs });
      return;
    }
    // Any answer about the file itself, a refusal too, shows a cluster that is well.
    limiter.succeeded(ms, this.#o.inFlight(), now);
    if (!gate.succeeded()) return;
    this.#loginRefused = false;
    if (this.#toldRecovered) return;
    this.#toldRecovered = true;
    const message = 'the cluster answers again';
    this.#tell({ kind: 'recovered', at: this.#at(), scope: 'cluster', fileId: null, path: null, message });
  }

  #at(): string {
    return iso(this.#o.clock.now());
  }

  #tell(event: FilelockEvent): void {
    this.#o.report(event);
  }
}
