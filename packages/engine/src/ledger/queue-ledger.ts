import { iso } from '../time/iso.ts';
import type { EpochRecord, JobState, KnownWatch, QueueReader, RuleJob } from '../queue/port.ts';
import { sentence } from '../text/sentence.ts';
import { arrivalOf } from '../events/arrival.ts';
import type { BaselineEntry } from '../inventory/port.ts';
import { isBelow } from '../text/below.ts';
import type { LockRecord, LockState } from './lock-record.ts';
import { type LockRule, lockRulesOf } from './lock-rules.ts';
import { type PathCondition, pathCondition } from './path-condition.ts';
import { FILELOCK } from './reason.ts';
import { asksForLock, noCounts, statesOf, wholeSeconds } from './query.ts';
import type { CoverageEpoch, Ledger, LedgerQuery, LedgerRow, LedgerState, LedgerWatch } from './types.ts';

const LOCK_STATES: readonly LockState[] = ['locked', 'already-locked', 'skipped', 'forgotten', 'failed'];
const WAITING: readonly JobState[] = ['waiting', 'running'];
const ENDED: readonly JobState[] = ['dead', 'parked'];

/** The ledger of a monitor: its records, and of its jobs those that are still to put a retention lock on their file, or could not. */
export async function queueLedger(reader: QueueReader): Promise<Ledger> {
  return new QueueLedger(reader, await reader.clusterId());
}

class QueueLedger implements Ledger {
  readonly clusterId: string | null;
  readonly #reader: QueueReader;
  /** By the hash of the rule set. */
  readonly #rules = new Map<string, Promise<ReadonlyMap<string, LockRule>>>();

  constructor(reader: QueueReader, clusterId: string | null) {
    this.#reader = reader;
    this.clusterId = clusterId;
  }

  async *list(query: LedgerQuery = {}): AsyncGenerator<LedgerRow> {
    const onPath = pathCondition(query.path);
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    for await (const row of this.#parts(query, onPath)) {
      if (left <= 0) return;
      if (onPath?.matches !== undefined && !onPath.matches(row.path)) continue;
      left -= 1;
      yield row;
    }
  }

  async *#parts(query: LedgerQuery, onPath: PathCondition | undefined): AsyncGenerator<LedgerRow> {
    const states = statesOf(query);
    const about = { fileId: query.fileId, under: onPath?.prefix };
    const jobStates = [...(states.has('pending') ? WAITING : []), ...(states.has('failed') ? ENDED : [])];
    if (jobStates.length > 0 && !asksForLock(query)) {
      for await (const job of this.#reader.jobs.list({ ...about, states: jobStates })) {
        const row = await this.#ofJob(job);
        if (row !== undefined) yield row;
      }
    }
    if (states.has('existing') && !asksForLock(query)) yield* this.#existing(about);
    const recordStates = LOCK_STATES.filter((state) => states.has(state));
    if (recordStates.length === 0) return;
    const records = this.#reader.locks.list({
      ...about,
      states: recordStates,
      legalHold: query.held,
      until: query.until === undefined ? undefined : wholeSeconds(query.until),
      after: query.after === undefined ? undefined : wholeSeconds(query.after),
    });
    for await (const record of records) yield ofRecord(record);
  }

  /** What was there before the watch began, and a rule would be for. */
  async *#existing(about: { fileId: string | undefined; under: string | undefined }): AsyncGenerator<LedgerRow> {
    const rules = (await this.rules()).filter(({ enabled }) => enabled);
    for (const watch of await this.#reader.watches()) {
      const known = await this.#reader.knownBelow(watch);
      if (known === undefined || known === null) continue;
      let last = '';
      for await (const entry of known.baseline()) {
        const { fileId, path, directory } = entry;
        // One with several names is given once for each, one after the other.
        if (directory || fileId === last || (about.fileId ?? fileId) !== fileId) continue;
        if (about.under !== undefined && !isBelow(path, about.under)) continue;
        const rule = rules.find((one) => one.covers(path));
        if (rule === undefined || (await this.#reader.locks.find(fileId)).length > 0) continue;
        last = fileId;
        yield existing(entry, rule, watch);
      }
    }
  }

  async counts(): Promise<Readonly<Record<LedgerState, number>>> {
    const counts = noCounts();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets which keys there are
    for await (const { state } of this.list({ states: Object.keys(counts) as LedgerState[] })) counts[state] += 1;
    return counts;
  }

  async find(fileId: string): Promise<readonly LedgerRow[]> {
    const records = await this.#reader.locks.find(fileId);
    const jobs = await this.#jobsOf(fileId);
    const rows = await Promise.all(jobs.map((job) => this.#ofJob(job)));
    const known = [...rows.flatMap((row) => row ?? []), ...records.map(ofRecord)];
    if (known.length > 0) return known;
    return await this.#wasThereBefore(fileId);
  }

  async #wasThereBefore(fileId: string): Promise<LedgerRow[]> {
    const [rule] = await this.rules();
    if (rule === undefined) return [];
    for (const watch of await this.#reader.watches()) {
      const entry = (await this.#reader.knownBelow(watch))?.baselineOf(fileId);
      if (entry !== undefined) return [existing(entry, rule, watch)];
    }
    return [];
  }

  async *#epochs(watch: KnownWatch): AsyncGenerator<CoverageEpoch> {
    for await (const epoch of this.#reader.epochs(watch)) yield toEpoch(epoch);
  }

  async watches(): Promise<readonly LedgerWatch[]> {
    return await Promise.all((await this.#reader.watches()).map((watch) => this.#watch(watch)));
  }

  async #watch(watch: KnownWatch): Promise<LedgerWatch> {
    const { directoryId, path, recursive } = watch;
    let epochs = 0;
    let began: string | null = null;
    let lastEpoch: CoverageEpoch | null = null;
    for await (const epoch of this.#epochs(watch)) {
      epochs += 1;
      began ??= epoch.registeredAt;
      lastEpoch = epoch;
    }
    const own = (await this.rules()).find(({ name }) => name === `${FILELOCK}${directoryId}`);
    const about = { directoryId, path, recursive, why: own?.why ?? 'monitor', epochs, lastEpoch };
    const known = await this.#reader.knownBelow(watch);
    return {
      ...about,
      since: began ?? iso(watch.since),
      baselineDone: known === undefined ? began !== null : known !== null,
      exact: known !== undefined && known !== null,
    };
  }

  async *coverage(): AsyncGenerator<CoverageEpoch & { readonly directoryId: string; readonly path: string }> {
    for (const watch of await this.#reader.watches()) {
      const { directoryId, path } = watch;
      for await (const epoch of this.#epochs(watch)) yield { ...epoch, directoryId, path };
    }
  }

  async rules(): Promise<readonly LockRule[]> {
    const sets = await this.#reader.ruleSets();
    const [latest, ...earlier] = sets;
    if (latest === undefined) return [];
    const rules = [...(await this.#rulesOf(latest.hash)).values()];
    const since = new Map(rules.map(({ name }) => [name, latest.since]));
    const unchanged = new Map(rules.map((rule) => [rule.name, rule.definition]));
    // A rule that stood so in the sets before has been in force as long as they.
    for (const set of earlier) {
      if (unchanged.size === 0) break;
      const then = await this.#rulesOf(set.hash);
      for (const [name, definition] of unchanged) {
        if (then.get(name)?.definition === definition) since.set(name, set.since);
        else unchanged.delete(name);
      }
    }
    return rules.map((rule) => ({ ...rule, since: since.get(rule.name) ?? null }));
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #rulesOf(hash: string): Promise<ReadonlyMap<string, LockRule>> {
    let rules = this.#rules.get(hash);
    if (rules === undefined) {
      rules = this.#reader
        .ruleSet(hash)
        .then((text) => new Map((text === undefined ? [] : lockRulesOf(text)).map((rule) => [rule.name, rule])));
      this.#rules.set(hash, rules);
    }
    return rules;
  }

  /** By their keys, which is quick; only where several may be there for one file all jobs are looked at. */
  async #jobsOf(fileId: string): Promise<RuleJob[]> {
    const names = new Map<string, boolean>();
    for (const { hash } of await this.#reader.ruleSets())
      for (const rule of (await this.#rulesOf(hash)).values()) {
        names.set(rule.name, rule.parallel || (names.get(rule.name) ?? false));
      }
    const jobs: RuleJob[] = [];
    for (const [rule, parallel] of names) {
      if (parallel) for await (const job of this.#reader.jobs.list({ fileId, rule })) jobs.push(job);
      else jobs.push(...[(await this.#reader.jobs.find(`${rule}\0${fileId}`)) ?? []].flat());
    }
    return jobs;
  }

  /** Undefined: it has nothing to do with retention locks, or is past that. */
  async #ofJob(job: RuleJob): Promise<LedgerRow | undefined> {
    if (job.change.kind === 'directory') return undefined;
    const rule = (await this.#rulesOf(job.ruleSet)).get(job.rule);
    if (rule === undefined || !rule.steps.some((step) => step >= job.step)) return undefined;
    const failed = ENDED.includes(job.state);
    return {
      fileId: job.fileId,
      path: job.path,
      state: failed ? 'failed' : 'pending',
      retentionPeriod: null,
      legalHold: false,
      why: rule.why,
      how: arrivalOf(job.change),
      seenAt: iso(job.armedAt),
      dueAt: isoOrNull(job.dueAt),
      lockedAt: null,
      attempts: job.attempts,
      lastError: job.lastError,
      note: failed ? await this.#remedyOf(job) : null,
    };
  }

  /** Stands behind the error in the trace of the last try. */
  async #remedyOf({ match, lastError }: RuleJob): Promise<string | null> {
    const note = (await this.#reader.traces.attempts(match)).at(-1)?.note;
    const error = lastError === null ? '' : sentence(lastError);
    if (note === undefined || !note.startsWith(error)) return null;
    const remedy = note.slice(error.length).trim();
    return remedy === '' ? null : remedy;
  }
}

function existing({ fileId, path }: BaselineEntry, { why }: LockRule, { since }: KnownWatch): LedgerRow {
  return {
    fileId,
    path,
    state: 'existing',
    retentionPeriod: null,
    legalHold: false,
    why,
    how: 'existing',
    seenAt: iso(since),
    dueAt: null,
    lockedAt: null,
    attempts: 0,
    lastError: null,
    note: null,
  };
}

function ofRecord(record: LockRecord): LedgerRow {
  const { fileId, path, state, retentionPeriod, legalHold, why, how, attempts, lastError, note } = record;
  const same = { fileId, path, state, retentionPeriod, legalHold, why, how, attempts, lastError, note };
  return {
    ...same,
    seenAt: iso(record.seenAt),
    dueAt: isoOrNull(record.dueAt),
    lockedAt: isoOrNull(record.lockedAt),
  };
}

function toEpoch(record: EpochRecord): CoverageEpoch {
  const { endReason, events, gapClosedBy } = record;
  const same = { endReason, events, gapClosedBy };
  return {
    ...same,
    openedAt: iso(record.openedAt),
    registeredAt: isoOrNull(record.registeredAt),
    endedAt: isoOrNull(record.endedAt),
    gapClosedAt: isoOrNull(record.gapClosedAt),
  };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
