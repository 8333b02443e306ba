import type { Clock, RequestInfo } from '@qwarden/qumulo-client';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MonitorEvent } from '../monitor/events.ts';
import type { MonitorRole } from '../monitor/options.ts';
import { countingOf } from './counting.ts';
import { makeMetrics, type MadeMetrics } from './make.ts';
import type { Depths, Measured, Vitals } from './measured.ts';
import { OPEN_METRICS, TEXT, toOpenMetrics, wantsOpenMetrics } from './open-metrics-text.ts';

/** Whoever reads waits no longer for a store that does not answer. */
const STORE_MS = 2000;
const HASH_DIGITS = 12;
/** Gauges that the library calls by the ending of counters. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

const LOCK_RESULTS = ['locked', 'already-locked', 'skipped', 'forgotten', 'would', 'failed'] as const;

export interface MetricsOptions {
  readonly version: string;
  readonly command: 'monitor' | 'filelock';
  readonly role: MonitorRole;
  readonly clock: Clock;
}

/** The numbers of one run. Knows what it is told, and asks the engine when somebody wants to read. */
export class Metrics {
  readonly #registry = new Registry();
  /** Of what the store says: missing as a whole while it says nothing. */
  readonly #ofStore = new Registry();
  readonly #made: MadeMetrics;
  readonly #clock: Clock;
  readonly #watches: boolean;
  readonly #count: (event: MonitorEvent) => void;
  #measured: Measured | undefined;
  #reading: Promise<string> | undefined;

  constructor({ version, command, role, clock }: MetricsOptions) {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    this.#made = makeMetrics(({ from }) => {
      if (from === 'store') return this.#ofStore;
      return from === 'watcher' && role === 'worker' ? undefined : this.#registry;
    });
    this.#clock = clock;
    this.#watches = role !== 'worker';
    this.#count = countingOf(this.#made);
    this.#made.buildInfo.set({ version, node: process.version, command, role }, 1);
    this.#begin();
  }

  /** Nothing is watched yet. Counters whose labels are known begin at 0: the first that happens shows as an increase. */
  #begin(): void {
    const {
      locks,
      catchUps,
      refusals,
      breakerTrips,
      streamEnds,
      jobsEnded,
      gapOpen,
      clockSkew,
      ruleFileOk,
      ruleLoadedAt,
    } = this.#made;
    this.#setStream('connecting');
    gapOpen.set(1);
    ruleFileOk.set(1);
    // Not known yet: missing, not 0.
    clockSkew.remove();
    ruleLoadedAt.remove();
    for (const result of LOCK_RESULTS) locks.inc({ result }, 0);
    for (const what of ['login', 'watch']) refusals.inc({ what }, 0);
    for (const target of ['cluster', 'other']) breakerTrips.inc({ target }, 0);
    for (const outcome of ['done', 'dead', 'parked']) jobsEnded.inc({ outcome }, 0);
    for (const reason of ['closed', 'silence', 'error']) streamEnds.inc({ reason }, 0);
    for (const reason of ['baseline', 'gap', 'restart'])
      for (const result of ['done', 'failed']) catchUps.inc({ reason, result }, 0);
  }

  told(event: MonitorEvent): void {
    this.#count(event);
  }

  /** A call of the cluster's API has ended. */
  called({ operation, status, failure, ms }: RequestInfo): void {
    this.#made.apiRequests.inc({ operation, status: String(status ?? failure ?? 'none') });
    this.#made.apiDuration.observe({ operation }, ms / 1000);
  }

  /** From now on there is an engine to ask. */
  follow(measured: Measured): void {
    this.#measured = measured;
  }

  /** In the format that this `Accept` asks for. */
  async read(accept: string | undefined): Promise<{ contentType: string; text: string }> {
    // Two who read at the same time read the same.
    this.#reading ??= this.#text().finally(() => {
      this.#reading = undefined;
    });
    const text = await this.#reading;
    return wantsOpenMetrics(accept)
      ? { contentType: OPEN_METRICS, text: toOpenMetrics(text) }
      : { contentType: TEXT, text };
  }

  async #text(): Promise<string> {
    if (this.#measured !== undefined) {
      this.#setVitals(this.#measured.vitals());
      if (this.#watches) this.#made.settling.set(await this.#measured.settling());
    }
    const depths = this.#measured === undefined ? undefined : await this.#depths(this.#measured);
    this.#made.storeUp.set(depths === undefined ? 0 : 1);
    const own = await this.#registry.metrics();
    if (depths === undefined) return own;
    this.#setDepths(depths);
    return own + (await this.#ofStore.metrics());
  }

  /** Undefined: the store does not answer. */
  async #depths(measured: Measured): Promise<Depths | undefined> {
    const enough = new AbortController();
    const late = this.#clock.sleep(STORE_MS, enough.signal).catch(() => undefined);
    // The end of the run is for the run to tell.
    const asked = measured.depths().catch(() => undefined);
    const depths = await Promise.race([asked, late]);
    enough.abort();
    return depths ?? undefined;
  }

  #setVitals(vitals: Vitals): void {
    const made = this.#made;
    const { counters } = vitals;
    made.awaitedEchoes.set(vitals.awaitedEchoes);
    made.inFlight.set(vitals.inFlight);
    made.concurrencyLimit.set(vitals.concurrencyLimit);
    const cluster = vitals.tripped.includes('cluster') ? 1 : 0;
    made.breakersOpen.set({ target: 'cluster' }, cluster);
    made.breakersOpen.set({ target: 'other' }, vitals.tripped.length - cluster);
    if (vitals.skewMs !== undefined) made.clockSkew.set(vitals.skewMs / 1000);
    made.jobsEnded.reset();
    made.jobsEnded.inc({ outcome: 'done' }, counters.jobsDone);
    made.jobsEnded.inc({ outcome: 'dead' }, counters.dead);
    made.jobsEnded.inc({ outcome: 'parked' }, counters.parked);
    setTo(made.events, counters.events);
    setTo(made.matches, counters.matches);
    setTo(made.ownEffects, counters.ownEffects);
    setTo(made.toldTwice, counters.toldTwice);
    made.gapOpen.set(vitals.gapOpen ? 1 : 0);
    made.watchPaused.set(vitals.paused ? 1 : 0);
    this.#setStream(vitals.stream);
    made.rules.set(vitals.ruleSet.rules);
    made.ruleSetInfo.reset();
    made.ruleSetInfo.set({ hash: vitals.ruleSet.hash.slice(0, HASH_DIGITS) }, 1);
  }

  #setStream(stream: Vitals['stream']): void {
    for (const state of ['watching', 'connecting', 'down'])
      this.#made.streamState.set({ state }, stream === state ? 1 : 0);
  }

  #setDepths({ lag, jobs, oldestDueAt }: Depths): void {
    const made = this.#made;
    const now = this.#clock.now();
    made.logLagEvents.set(lag.events);
    made.logLagAge.set(lag.oldestAt === null ? 0 : Math.max(0, now - lag.oldestAt) / 1000);
    made.logBytes.set(lag.bytes);
    for (const state of ['waiting', 'due', 'running', 'dead', 'parked'] as const) made.jobs.set({ state }, jobs[state]);
    made.jobsDueAge.set(oldestDueAt === null ? 0 : Math.max(0, now - oldestDueAt) / 1000);
  }
}

function setTo(counter: { reset(): void; inc(value: number): void }, value: number): void {
  counter.reset();
  counter.inc(value);
}
