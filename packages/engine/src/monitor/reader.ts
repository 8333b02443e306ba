import { type Clock, QumuloApiError, type QumuloClient } from '@qwarden/qumulo-client';
import { clusterOutcome } from '../actions/cluster-outcome.ts';
import { isPartialPath } from '../actions/files/partial-name.ts';
import { type Change, withoutPlace } from '../events/change.ts';
import { changesOf } from '../events/from-batch.ts';
import { type JoinerState, RenameJoiner } from '../events/joiner.ts';
import { Spines } from '../events/spines.ts';
import type { LoopGuard } from '../guard/guard.ts';
import type { Bookkeeper } from '../inventory/bookkeeper.ts';
import { identified } from '../inventory/identify.ts';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import type { Arming, LogEntry, MatchTrace, Position, QueueStore } from '../queue/port.ts';
import type { Facts } from '../rules/facts.ts';
import { MatchCounts, type MatchCountsState } from '../rules/match/counts.ts';
import type { Candidate, Matcher } from '../rules/match/matcher.ts';
import { iso } from '../time/iso.ts';
import type { MonitorCounters, MonitorEvent } from './events.ts';
import { departed } from './departed.ts';
import { FactsSource } from './facts.ts';
import { bringsFiles, lookInside } from './look-inside.ts';
import { Settling, type Touched } from './settling.ts';
import { OWN_EFFECT } from './story.ts';
import type { Tracing } from '../tracing/port.ts';
import type { RuleBook } from './rule-book.ts';
import { wantedTypes } from './wanted-types.ts';
import { isNotThere, type WatchedDirectory } from '../watch/place.ts';

/** Batches that are decided about in one commit at most, and about so many events: nothing else happens meanwhile. */
const STRETCH = { batches: 4096, events: 4096 };
const FIRST_LIMIT = 64;
/** Files of a stretch that are asked about at the same time. */
const ASKED_AHEAD = 64;
/** Deeper than this no chain of rules is meant. */
const MOST_CAUSES = 16;
const BACKOFF: BackoffPolicy = { baseMs: 250, capMs: 30_000, floorMs: 50 };

/** What the reader must remember beside its position. */
interface ReaderState {
  readonly joiner: JoinerState;
  readonly counts: MatchCountsState;
}

export interface ReaderOptions {
  readonly store: QueueStore;
  readonly partition: number;
  readonly book: RuleBook;
  readonly guard: LoopGuard;
  /** Without it nothing is known of what was told before. */
  readonly inventory?: Bookkeeper | undefined;
  readonly cluster: QumuloClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly counters: MonitorCounters;
  /** Directories that came or were renamed are looked into: only where the watch is recursive. */
  readonly recursive: boolean;
  /** Has that epoch of the watch ended? */
  readonly isOver: (epoch: number) => boolean;
  /** The watched directory. */
  readonly directory: Pick<WatchedDirectory, 'path' | 'refresh' | 'below'>;
  /** Also directories that were made. */
  readonly lookIntoNew: boolean;
  readonly report: (event: MonitorEvent) => void;
  readonly tracing?: Tracing | undefined;
  /** Jobs may be due. */
  readonly onArmed: () => void;
}

/** Where a stretch of the log is decided about, before it is committed as a whole. */
interface Stretch {
  /** When deciding about it began, ms since the epoch. */
  readonly since: number;
  readonly arm: { arming: Arming; trace: Omit<MatchTrace, 'verdict'> }[];
  touch: readonly Touched[];
  readonly traces: MatchTrace[];
  readonly met: number[];
  readonly tell: MonitorEvent[];
  readonly spines: Spines;
  matches: number;
  own: number;
  known: number;
  events: number;
}

/**
 * Reads the log, joins renames, recognises our own effects, matches, and makes jobs. What is decided about a stretch of the log becomes
 * durable together with the position behind it, so that no change is matched twice or not at all, whenever the process dies.
 */
export class Reader {
  readonly #o: ReaderOptions;
  #joiner = new RenameJoiner();
  #counts = new MatchCounts();
  readonly #settling = new Settling();
  #position: Position = '';
  #signal: AbortSignal | undefined;
  /** Joiner and counts as they were committed, or are about to be: what cannot be committed has not happened. */
  #committed = '';
  /** The last commit. It fails for good only: then nothing is decided any more. */
  #committing: Promise<void> = Promise.resolve();

  constructor(options: ReaderOptions) {
    this.#o = options;
  }

  /**
   * Runs until the log has no more once `ending` aborts, for then nothing is appended any more; or until `signal` aborts, at once. Rejects
   * with StateError.
   */
  async run(ending: AbortSignal, signal: AbortSignal): Promise<void> {
    const { store, partition } = this.#o;
    const either = AbortSignal.any([ending, signal]);
    this.#signal = signal;
    const record = await store.reader(partition);
    this.#position = record.position;
    this.#committed = record.state ?? JSON.stringify(this.#state());
    this.#restore(this.#committed);
    // As the log has the time: what is not decided about may be from before their due time.
    const [oldest] = await store.log.read(partition, this.#position, 1);
    await this.#settling.load(store.jobs.settling(partition, oldest?.receivedAt ?? this.#o.clock.now()));
    // What the inventory knows was decided about in one stretch before, and is so again.
    let until = this.#o.inventory?.decidedUntil(partition, record.position);
    let limit = until === undefined ? FIRST_LIMIT : STRETCH.batches;
    while (!signal.aborted) {
      this.#o.inventory?.waits(partition, this.#joiner.oldestAt);
      const entries = oneStretch(await store.log.read(partition, this.#position, limit), until);
      until = undefined;
      if (entries.length > 0) limit = nextLimit(entries);
      const expires = this.#joiner.nextExpiry;
      const expired = expires !== null && expires <= this.#o.clock.now();
      if (entries.length > 0 || expired) await this.#decide(entries, signal);
      else {
        if (ending.aborted) break;
        // What it has to tell and to arm comes first.
        await this.#committing;
        await this.#wait(expires, either);
      }
    }
    await this.#committing;
  }

  /** Jobs that it made and that settle still. */
  settling(now: number): Promise<number> {
    return this.#settling.countLaterThan(now);
  }

  #restore(text: string): void {
    const state: ReaderState = JSON.parse(text);
    this.#joiner = RenameJoiner.fromJSON(state.joiner);
    this.#counts = MatchCounts.fromJSON(state.counts);
  }

  /** Until there is more, or a half of a rename has waited long enough. */
  async #wait(expires: number | null, signal: AbortSignal): Promise<void> {
    const { store, partition, clock } = this.#o;
    if (expires === null) {
      await store.log.more(partition, this.#position, signal);
      return;
    }
    const enough = new AbortController();
    const either = AbortSignal.any([signal, enough.signal]);
    const ms = Math.max(1, expires - clock.now());
    const slept = clock.sleep(ms, either).catch(() => undefined);
    await Promise.race([slept, store.log.more(partition, this.#position, either)]);
    enough.abort();
  }

  async #decide(entries: readonly LogEntry[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#o;
    const stretch: Stretch = {
      since: clock.now(),
      arm: [],
      touch: [],
      traces: [],
      met: [],
      tell: [],
      spines: new Spines(),
      matches: 0,
      own: 0,
      known: 0,
      events: 0,
    };
    try {
      const facts = new FactsSource(this.#o.cluster, signal);
      await this.#o.guard.refresh();
      let changes: Change[] = [];
      // Anew for each stretch: what is not wanted by the rules in force now is not even made out.
      const wanted = this.#o.guard.isIdle ? wantedTypes(this.#o.book.matcher, this.#settling.size > 0) : undefined;
      for (const entry of entries) {
        for (const change of this.#changesOf(entry, wanted, stretch)) this.#joiner.addInto(changes, change);
      }
      // For a reader that is behind it is the log's time that passes: the other half of a rename, or the rest of a burst, may stand right
      // behind this stretch.
      const until = entries.at(-1)?.receivedAt ?? clock.now();
      const left = await this.#departed(this.#joiner.expire(until), facts, stretch);
      changes = (await this.#news(changes, left, entries, facts, stretch)).flatMap(withoutPartials);
      this.#askAhead(changes, facts);
      // Nobody is waited for but the cluster: giving way for each change costs more than to decide about it.
      for (const whole of changes) {
        if (this.#o.recursive && bringsFiles(whole, this.#o.lookIntoNew))
          stretch.arm.push(lookInside(whole, clock.now()));
        const change = withoutPlace(whole);
        const candidates = this.#candidates(change, stretch);
        if (candidates.length > 0) await this.#decideAll(candidates, facts, stretch);
        this.#settling.changed(change, clock.now());
      }
      this.#counts.expire(until);
      this.#settling.forget(until);
    } catch (error) {
      this.#restore(this.#committed);
      if (signal.aborted) return;
      throw error;
    }
    stretch.touch = this.#settling.take();
    const position = entries.at(-1)?.position ?? this.#position;
    const state = JSON.stringify(this.#state());
    // One commit at a time; while it is on its way to stable storage, the next stretch is decided about.
    await this.#committing;
    this.#position = position;
    this.#committed = state;
    this.#committing = this.#commit(position, state, stretch);
    // Whoever awaits it is told; until then nobody may be.
    this.#committing.catch(() => undefined);
  }

  async #commit(position: Position, state: string, stretch: Stretch): Promise<void> {
    const { store, partition, counters, clock } = this.#o;
    const { arm, touch, traces, met } = stretch;
    await store.commit(partition, { position, state, arm, touch, traces, met });
    counters.events += stretch.events;
    counters.matches += stretch.matches;
    counters.ownEffects += stretch.own;
    counters.toldTwice += stretch.known;
    for (const event of stretch.tell) this.#o.report(event);
    for (const { rule, fileId, path, dueAt } of touch)
      this.#o.report({ kind: 'settling', at: iso(clock.now()), rule, fileId, path, dueAt: iso(dueAt) });
    if (arm.length === 0) return;
    this.#o.onArmed();
    this.#o.tracing?.decided(
      arm.map(({ arming }) => arming.job),
      stretch.since,
    );
  }

  async #departed(halves: readonly Change[], facts: FactsSource, stretch: Stretch): Promise<readonly Change[]> {
    if (halves.length === 0) return halves;
    const { isOver, directory } = this.#o;
    return await departed(halves, {
      isOver,
      ask: (ref) =>
        this.#askedOr(undefined, ref.startsWith('/') ? ref : `file id ${ref}`, () => facts.attributes(ref), stretch),
      directory: {
        refresh: () =>
          this.#askedOr(directory.path(), directory.path(), () => directory.refresh(this.#signal), stretch),
        below: (path) => directory.below(path),
      },
    });
  }

  /** Until the cluster answers; `other` when it refuses to: that is told, and what is behind it does not wait. */
  async #askedOr<T, U>(other: U, about: string, ask: () => Promise<T>, stretch: Stretch): Promise<T | U> {
    try {
      return await this.#patiently(ask, (error) => isRefusal(error) || isNotThere(error));
    } catch (error) {
      if (isNotThere(error)) return other;
      if (!isRefusal(error)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The cluster refuses to tell of ${about}: ${reason}. What became of it is found by the next walk; give the user of qwarden the right to read its attributes.`;
      stretch.tell.push({ kind: 'unreadable', at: iso(this.#o.clock.now()), message });
      return other;
    }
  }

  /** Keeps the inventory, and leaves out what is told for the second time. */
  async #news(
    joined: readonly Change[],
    expired: readonly Change[],
    entries: readonly LogEntry[],
    facts: FactsSource,
    stretch: Stretch,
  ): Promise<readonly Change[]> {
    const { inventory, partition } = this.#o;
    const all = [...joined, ...expired];
    if (inventory === undefined) return all;
    // It knows of one stretch that the queue may not have yet, not of two.
    if (inventory.apart) await this.#committing;
    const named = await identified(all, (path) => this.#askedOr(null, path, () => facts.attributes(path), stretch));
    const after = this.#position;
    const left = new Map(expired.map(({ fileId, id }) => [fileId, id]));
    const leavingSince = (fileId: string) => left.get(fileId) ?? this.#joiner.leavingSince(fileId);
    const until = entries.at(-1)?.position ?? after;
    const spineOf = (id: string) => stretch.spines.of(id);
    const stretchOf = { partition, after, until, leavingSince, spineOf };
    const { changes, known, durable } = inventory.decide(stretchOf, named);
    // In the queue's own file the commit of the stretch comes behind it, and fails when it does.
    if (inventory.apart) await durable;
    else durable.catch(() => undefined);
    stretch.known = known;
    return changes;
  }

  /** Asks about several files at the same time; what was asked here is at hand when it is their turn. Failures show there. */
  #askAhead(changes: readonly Change[], facts: FactsSource): void {
    const { matcher } = this.#o.book;
    if (!matcher.asksCluster) return;
    let asked = 0;
    for (const change of changes) {
      if (asked >= ASKED_AHEAD) return;
      if (!matcher.match(change).some(({ needs }) => needs === 'attributes')) continue;
      asked += 1;
      facts.attributes(change.fileId === '' ? change.path : change.fileId).catch(() => undefined);
    }
  }

  #state(): ReaderState {
    return { joiner: this.#joiner.toJSON(), counts: this.#counts.toJSON() };
  }

  /** The batch's changes; those that are echoes of ours say which rules led to them. */
  #changesOf(entry: LogEntry, wanted: readonly boolean[] | undefined, stretch: Stretch): readonly Change[] {
    stretch.events += entry.events;
    try {
      const { changes, unknownTypes, events } = changesOf(entry, wanted);
      stretch.spines.add(entry.position, events);
      for (const type of unknownTypes) {
        const message = `The cluster tells of changes of the type "${type}", which this release does not know: no rule can be for them.`;
        stretch.tell.push({ kind: 'unreadable', at: iso(this.#o.clock.now()), message });
      }
      if (this.#o.guard.isIdle) return changes;
      return changes.map((change) => this.#withCauses(change, entry.source, stretch));
    } catch (error) {
      const message = `A batch of the log (${entry.position}) cannot be read: ${error instanceof Error ? error.message : String(error)}. It stays in the log (qwarden events list).`;
      stretch.tell.push({ kind: 'unreadable', at: iso(this.#o.clock.now()), message });
      return [];
    }
  }

  #withCauses(change: Change, source: LogEntry['source'], stretch: Stretch): Change {
    const causes = this.#causesOf(change, source, stretch);
    if (causes === undefined) return change;
    stretch.own += 1;
    const { fileId, path, type } = change;
    const at = iso(this.#o.clock.now());
    stretch.tell.push({ kind: 'own-effect', at, fileId, path, change: type, rules: causes });
    return { ...change, lineage: causes.length, causes };
  }

  /** The rules that led to it; undefined: others did. */
  #causesOf(change: Change, source: LogEntry['source'], stretch: Stretch): readonly string[] | undefined {
    const { guard } = this.#o;
    if (source === 'catch-up') return guard.found(change);
    const echo = guard.claim(change);
    if (echo !== undefined) stretch.met.push(echo.id);
    return echo?.causes;
  }

  #candidates(change: Change, stretch: Stretch): readonly Candidate[] {
    this.#noteOwn(change, stretch);
    return this.#o.book.matcher.match(change);
  }

  async #decideAll(candidates: readonly Candidate[], facts: FactsSource, stretch: Stretch): Promise<void> {
    const { matcher } = this.#o.book;
    for (const candidate of candidates) await this.#candidate(matcher, candidate, facts, stretch);
  }

  /** That an effect of ours was recognised is part of the file's story, whether or not a rule is for it. */
  #noteOwn(change: Change, stretch: Stretch): void {
    const by = change.causes?.at(-1);
    if (by === undefined) return;
    const { hash: ruleSet } = this.#o.book.ruleSet;
    const at = this.#o.clock.now();
    stretch.traces.push({
      match: change.id,
      at,
      rule: by,
      ruleSet,
      change,
      conditions: 'null',
      verdict: OWN_EFFECT,
      job: null,
    });
  }

  async #candidate(matcher: Matcher, candidate: Candidate, source: FactsSource, stretch: Stretch): Promise<void> {
    const { clock, cluster } = this.#o;
    const { rule, change } = candidate;
    const facts: { -readonly [K in keyof Facts]: Facts[K] } = { now: cluster.clusterClock.nowMs() };
    let verdict = matcher.decide(candidate, facts);
    let undecided = false;
    while (verdict === 'attributes' || verdict === 'tags') {
      const ref = change.fileId === '' ? change.path : change.fileId;
      try {
        if (verdict === 'attributes') facts.attributes = await this.#patiently(() => source.attributes(ref), isRefusal);
        else facts.tags = await this.#patiently(() => source.tags(ref), isRefusal);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        undecided = true;
        break;
      }
      verdict = matcher.decide(candidate, facts);
    }
    if (verdict !== 'match' && !undecided) return;
    const match = `${change.id}/${rule.name}`;
    const conditions = JSON.stringify(matcher.explainOne(candidate, facts));
    const told: Change = undecided ? { ...change, undecided } : change;
    const trace = { match, at: clock.now(), rule: rule.name, ruleSet: matcher.ruleSet.hash, change: told, conditions };
    const none = (why: string) => {
      stretch.traces.push({ ...trace, verdict: why, job: null });
    };
    const causes = change.causes ?? [];
    if (causes.includes(rule.name)) return none('own effect: this rule led to the change itself');
    if (causes.length >= MOST_CAUSES) return none(`own effect: ${causes.length} rules led to it one after another`);
    if (!this.#counts.add(rule, change)) return none('counted: not enough of them yet');
    const fileId = await this.#idOf(change, source, stretch);
    if (fileId === undefined) return none('gone before it could be looked at');
    if (fileId === null) return none('the cluster refuses to tell which file it is');
    stretch.matches += 1;
    const key = `${rule.name}\0${fileId}${rule.mode === 'parallel' ? `#${change.id}` : ''}`;
    const dueAt = Math.min(change.at, clock.now()) + rule.settleMs;
    const arming: Arming = {
      mode: rule.mode,
      job: {
        key,
        rule: rule.name,
        ruleSet: matcher.ruleSet.hash,
        fileId,
        path: change.path,
        change: told,
        match,
        armedAt: clock.now(),
        changedAt: change.at,
        settleMs: rule.settleMs,
        dueAt,
        causes,
      },
    };
    stretch.arm.push({ arming, trace: { ...trace, job: key } });
    this.#settling.armed(arming);
    stretch.tell.push({
      kind: 'matched',
      at: iso(clock.now()),
      rule: rule.name,
      fileId,
      path: change.path,
      change,
      dueAt: iso(dueAt),
    });
  }

  /** The cluster may leave out the id (UNKNOWN for watches that are not recursive, FACTS 6.2): then its path tells. Null: it refuses to. */
  async #idOf(change: Change, source: FactsSource, stretch: Stretch): Promise<string | null | undefined> {
    if (change.fileId !== '') return change.fileId;
    const { path } = change;
    const attributes = await this.#askedOr(undefined, path, () => source.attributes(path), stretch);
    return attributes === undefined ? null : attributes?.id;
  }

  /** Until the cluster answers: a condition that cannot be looked at now must not be decided by that. */
  async #patiently<T>(ask: () => Promise<T>, isFinal?: (error: unknown) => boolean): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof Error && 'kind' in error && error.kind === 'aborted') throw error;
        if (isFinal?.(error) === true) throw error;
        const delayMs = backoffMs(BACKOFF, attempt, this.#o.random);
        const reason = error instanceof Error ? error.message : String(error);
        this.#o.report({ kind: 'throttled', at: iso(this.#o.clock.now()), target: 'cluster', delayMs, reason });
        await this.#o.clock.sleep(delayMs, this.#signal);
      }
    }
  }
}

/** No rule is for a file that an action is still making, here or elsewhere: it comes when it gets its name. */
function withoutPartials(change: Change): Change | [] {
  if (isPartialPath(change.path)) return [];
  if (change.movedFrom === null || !isPartialPath(change.movedFrom)) return change;
  return { ...change, type: 'child_file_added', movedFrom: null };
}

/** An answer about the one file that will not change by itself, so that all that is behind it would wait for ever: its job looks again, and waits for a person when it must. */
function isRefusal(error: unknown): boolean {
  return error instanceof QumuloApiError && clusterOutcome(error).kind === 'failed';
}

/** As many as are decided about at once; one at least. */
function oneStretch(entries: readonly LogEntry[], until?: string): readonly LogEntry[] {
  const last = until === undefined ? -1 : entries.findIndex(({ position }) => position === until);
  if (last >= 0) return entries.slice(0, last + 1);
  let events = 0;
  const end = entries.findIndex((entry) => (events += entry.events) > STRETCH.events);
  return end < 0 ? entries : entries.slice(0, Math.max(1, end));
}

/** How many to read next, if they are as large as these. */
function nextLimit(entries: readonly LogEntry[]): number {
  const events = entries.reduce((sum, entry) => sum + entry.events, 0);
  const each = Math.max(1, events / entries.length);
  return Math.max(1, Math.min(STRETCH.batches, Math.floor(STRETCH.events / each)));
}
