import type { Change } from '../events/change.ts';
import { recordedChanges } from '../events/recorded.ts';
import type { LockRecord } from '../ledger/lock-record.ts';
import type { AttemptTrace, MatchTrace, QueueReader, RuleJob } from '../queue/port.ts';
import { isBelow } from '../text/below.ts';

/** Verdict of the trace that says that a change was an effect of ours. */
export const OWN_EFFECT = 'own effect';

/** What became of one change. */
export interface StoryPart {
  readonly change: Change;
  /** The rule whose effect it was recognised as. */
  readonly ownEffectOf: string | null;
  readonly matches: readonly StoryMatch[];
}

export interface StoryMatch {
  readonly trace: MatchTrace;
  readonly attempts: readonly AttemptTrace[];
  /** Its job, while it is there. */
  readonly job: RuleJob | null;
}

export interface Story {
  /** Every name that is known, the latest first. */
  readonly paths: readonly string[];
  readonly fileIds: readonly string[];
  /** Oldest first. */
  readonly parts: readonly StoryPart[];
  /** What the ledger says of the retention locks of these files: it remembers longer than traces and log. */
  readonly locks: readonly LockRecord[];
  /** There are earlier ones, which were left out. */
  readonly earlier: boolean;
}

/** A name, or the id of a file, of which the story is wanted; or a rule, of which the latest matches are. */
export type StoryOf = { readonly path: string } | { readonly fileId: string } | { readonly rule: string };

/**
 * Everything that a store knows of a file, under every name that it had: a name leads to ids, by traces and by the log, and each id to all
 * that happened to it. A name of a directory that was never a subject itself leads to what happened last below it.
 */
export async function tellStory(reader: QueueReader, of: StoryOf, limit: number): Promise<Story> {
  if ('rule' in of) return tellOfRule(reader, of.rule, limit);
  const { fileIds, below } = await subjectsOf(reader, of);
  const traces = new Map<string, MatchTrace>();
  const take = async (query: { fileId: string } | { path: string }) => {
    for await (const trace of reader.traces.matches({ ...query, limit: limit + 1 })) traces.set(trace.match, trace);
  };
  for (const fileId of fileIds) await take({ fileId });
  if ('path' in of) {
    if (below) for await (const trace of tracesBelow(reader, of.path, limit + 1)) traces.set(trace.match, trace);
    else await take({ path: of.path });
  }
  const changes = await changesOf(reader, fileIds, below && 'path' in of ? of.path : undefined, limit);
  const parts = await join(reader, traces, changes);
  const kept = parts.slice(-limit);
  const told = new Set(kept.map(({ change }) => change.fileId).filter((id) => id !== ''));
  const ids = below ? told : new Set([...told, ...fileIds]);
  const locks = (await Promise.all([...ids].map((fileId) => reader.locks.find(fileId)))).flat();
  return {
    paths: namesOf(kept, locks),
    fileIds: [...new Set([...told, ...locks.map(({ fileId }) => fileId)])],
    parts: kept,
    locks,
    earlier: parts.length > kept.length,
  };
}

/** Of a rule its matches are told, and what was recognised as its effects; what became of the files besides is the story of each. */
async function tellOfRule(reader: QueueReader, rule: string, limit: number): Promise<Story> {
  const traces = new Map<string, MatchTrace>();
  for await (const trace of reader.traces.matches({ rule, limit: limit + 1 })) traces.set(trace.match, trace);
  const parts = await join(reader, traces, []);
  const kept = parts.slice(-limit);
  const fileIds = [...new Set(kept.map(({ change }) => change.fileId).filter((id) => id !== ''))];
  return { paths: namesOf(kept, []), fileIds, parts: kept, locks: [], earlier: parts.length > kept.length };
}

/** The latest ones. */
async function* tracesBelow(reader: QueueReader, directory: string, limit: number): AsyncGenerator<MatchTrace> {
  let left = limit;
  for await (const trace of reader.traces.matches({})) {
    if (!touches(trace.change, directory)) continue;
    yield trace;
    left -= 1;
    if (left <= 0) return;
  }
}

/** At or below a directory, now or before. */
function touches({ path, movedFrom }: Change, directory: string): boolean {
  return isBelow(path, directory) || (movedFrom !== null && isBelow(movedFrom, directory));
}

interface Subjects {
  /** A name may have been several files', one after another. */
  readonly fileIds: ReadonlySet<string>;
  /** What is below the name is meant too: it is a directory, as far as is known. */
  readonly below: boolean;
}

async function subjectsOf(reader: QueueReader, of: Exclude<StoryOf, { readonly rule: string }>): Promise<Subjects> {
  if ('fileId' in of) return { fileIds: new Set([of.fileId]), below: false };
  const { path } = of;
  const fileIds = new Set<string>();
  let isDirectory = false;
  const learn = (change: Change) => {
    if (change.path !== path && change.movedFrom !== path) return;
    fileIds.add(change.fileId);
    isDirectory ||= change.kind === 'directory';
  };
  for await (const { change } of reader.traces.matches({ path })) learn(change);
  for await (const job of reader.jobs.list({ under: path })) if (job.path === path) fileIds.add(job.fileId);
  const plain = /^[\w.-]+$/.exec(path.slice(path.lastIndexOf('/') + 1))?.[0];
  const worth = plain === undefined ? undefined : (raw: string) => raw.includes(plain);
  for await (const { change } of recordedChanges(reader.log, { worth })) learn(change);
  // After a month the ledger alone may know the name.
  if (fileIds.size === 0)
    for await (const lock of reader.locks.list({ under: path })) if (lock.path === path) fileIds.add(lock.fileId);
  fileIds.delete('');
  return { fileIds, below: isDirectory || fileIds.size === 0 };
}

/** The latest changes of these files, or below a directory. */
async function changesOf(
  reader: QueueReader,
  fileIds: ReadonlySet<string>,
  under: string | undefined,
  limit: number,
): Promise<Change[]> {
  const found: Change[] = [];
  const wanted = (change: Change): boolean =>
    fileIds.has(change.fileId) || (under !== undefined && touches(change, under));
  const worth =
    under === undefined ? (raw: string) => [...fileIds].some((fileId) => raw.includes(`"${fileId}"`)) : undefined;
  for await (const { change } of recordedChanges(reader.log, { worth })) {
    if (!wanted(change)) continue;
    found.push(change);
    // Only the latest are told; memory does not grow with the log.
    if (found.length >= 2 * limit + 2) found.splice(0, limit);
  }
  return found;
}

async function join(
  reader: QueueReader,
  traces: ReadonlyMap<string, MatchTrace>,
  changes: readonly Change[],
): Promise<StoryPart[]> {
  const parts = new Map<string, { change: Change; ownEffectOf: string | null; matches: StoryMatch[] }>();
  for (const change of changes) parts.set(change.id, { change, ownEffectOf: null, matches: [] });
  for (const trace of traces.values()) {
    const { change } = trace;
    const part = parts.get(change.id) ?? { change, ownEffectOf: null, matches: [] };
    parts.set(change.id, part);
    if (trace.match === change.id) part.ownEffectOf = trace.rule;
    else {
      const job = trace.job === null ? undefined : await reader.jobs.find(trace.job);
      const attempts = await reader.traces.attempts(trace.match);
      part.matches.push({ trace, attempts, job: job?.match === trace.match ? job : null });
    }
  }
  for (const { matches } of parts.values()) matches.sort((a, b) => a.trace.at - b.trace.at);
  return [...parts.values()].sort((a, b) => a.change.at - b.change.at || compareIds(a.change.id, b.change.id));
}

function compareIds(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Names of files that changes and ledger tell of, the latest first. */
function namesOf(parts: readonly StoryPart[], locks: readonly LockRecord[]): string[] {
  const names = new Set<string>();
  for (const { change } of parts.toReversed()) {
    names.add(change.path);
    if (change.movedFrom !== null) names.add(change.movedFrom);
  }
  for (const { path } of locks) names.add(path);
  return [...names];
}
