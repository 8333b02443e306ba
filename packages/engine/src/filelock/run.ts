import type { Clock } from '@qwarden/qumulo-client';
import type { Measured } from '../metrics/measured.ts';
import type { Monitor } from '../monitor/engine.ts';
import type { MonitorStatus } from '../monitor/status.ts';
import type { MonitorEvent } from '../monitor/events.ts';
import { Existing } from './existing.ts';
import type { FilelockEvent, FilelockStatus, FilelockSummary } from './events.ts';
import { relativeTo } from '../rules/selection.ts';
import { ruleSetOf } from './rule-set.ts';
import type { FilelockPolicy } from './policy.ts';
import { Tally } from './tally.ts';
import { translate } from './translate.ts';
import type { Filelock } from './types.ts';

export interface FilelockRunOptions {
  readonly clock: Clock;
  /** Name of the rule that the policy is, and the policy in one line. */
  readonly rule: string;
  readonly why: string;
  readonly policy: FilelockPolicy;
  /** The watched directory, as it is called now. */
  readonly path: string;
  /** What it was called when something was received, or became pending, that is left. */
  readonly formerPaths: readonly string[];
  readonly report: (event: FilelockEvent) => void;
  /** The engine's own events, as they come. */
  readonly observe: ((event: MonitorEvent) => void) | undefined;
}

/** One policy on the engine: its rule set, and the engine's events in `filelock`'s words. */
export class FilelockRun implements Filelock {
  readonly #o: FilelockRunOptions;
  readonly #tally = new Tally();
  #monitor: Monitor | undefined;
  #existing: Existing | undefined;
  /** What the watched directory is called, and was called since the oldest of what is left. */
  readonly #roots: string[];

  constructor(options: FilelockRunOptions) {
    this.#o = options;
    this.#roots = [options.path, ...options.formerPaths];
  }

  /** The engine that it runs on, which tells `told`. Rejects with StateError. */
  async begin(monitor: Monitor): Promise<void> {
    this.#monitor = monitor;
    await this.#load(monitor);
    await monitor.takeOver(this.#o.rule, (path) => this.#below(path));
    this.#existing = new Existing({
      inventory: monitor.inventory,
      existing: this.#o.policy.existing,
      covers: (path) => monitor.covers(path),
      watchPath: () => monitor.path,
      batches: () => monitor.retell(),
      report: (event) => this.#report(event),
      now: () => this.#o.clock.now(),
    });
  }

  /** The watched directory has a new path; what was received before has the old one. Rejects with StateError. */
  async renamed(path: string): Promise<void> {
    if (this.#roots.includes(path)) return;
    this.#roots.push(path);
    await this.#load(this.#engine);
  }

  /** Everything that the engine has to tell. */
  told(event: MonitorEvent): void {
    const { clock, policy } = this.#o;
    this.#o.observe?.(event);
    const context = { intervalMs: policy.intervalMs, now: () => clock.now() };
    for (const one of translate(event, context)) this.#report(one);
    if (event.kind !== 'catch-up-finished') return;
    const looked = this.#existing?.lookThrough(event.reason === 'baseline');
    looked?.catch((error: unknown) => this.#monitor?.fail(error));
  }

  #report(event: FilelockEvent): void {
    this.#tally.count(event);
    this.#o.report(event);
  }

  async run(signal: AbortSignal): Promise<FilelockSummary> {
    const tally = this.#tally;
    const { jobs, counters, startedAt, endedAt, endReason, error } = await this.#engine.run(signal);
    tally.counters.pending = jobs.waiting + jobs.due + jobs.running;
    tally.counters.events = counters.events;
    tally.counters.streamRestarts = counters.streamRestarts;
    return {
      ...tally.counters,
      latency: tally.latency.summary(),
      startedAt,
      endedAt,
      endReason,
      ...(error === undefined ? {} : { error }),
    };
  }

  async status(): Promise<FilelockStatus> {
    const { clock } = this.#o;
    const tally = this.#tally;
    const status = await this.#engine.status();
    return {
      ...tally.counters,
      ...fromEngine(status),
      rate: tally.rate(clock.now()),
      latency: tally.latency.summary(),
    };
  }

  get measured(): Measured {
    return this.#engine;
  }

  async close(): Promise<void> {
    await this.#monitor?.close();
  }

  get #engine(): Monitor {
    if (this.#monitor === undefined) throw new Error('begin() was not called');
    return this.#monitor;
  }

  #below(path: string): string | undefined {
    for (const root of this.#roots) {
      const below = relativeTo(root, path);
      if (below !== undefined) return below;
    }
    return undefined;
  }

  async #load(monitor: Monitor): Promise<void> {
    const loaded = await monitor.rules.load(
      ruleSetOf({ ...this.#o, roots: this.#roots, now: this.#o.clock.now() }),
      'policy',
    );
    if (loaded.ok) return;
    // Globs and retention were checked before it came to this.
    throw new TypeError(loaded.problems.map(({ message }) => message).join(' '));
  }
}

function fromEngine({ stream, since, jobs, inFlight, concurrencyLimit, counters }: MonitorStatus) {
  return {
    stream,
    since,
    inFlight,
    concurrencyLimit,
    pending: jobs.waiting + jobs.due + jobs.running,
    settlingNow: jobs.waiting,
    events: counters.events,
    streamRestarts: counters.streamRestarts,
  };
}
