import type { Change } from '../events/change.ts';
import { recordedChanges } from '../events/recorded.ts';
import type { AttemptTrace, MatchTrace, QueueReader, RuleJob } from '../queue/port.ts';

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
  /** Earlier parts that were left out. */
  readonly leftOut: number;
}

/** A name, or the id of a file, of which the story is wanted. */
export type StoryOf = { readonly path: string } | { readonly fileId: string };

/**
 * Everything that a store knows of a file, under every name that it had: a name leads to ids, by traces and by the log, and each id to all
 * that happened to it. A name of a directory that was never a subject itself leads to what happened last below it.
 */
export async function tellStory(reader: QueueReader, of: StoryOf, limit: number): Promise<Story> {
  const { fileIds, below } = await subjectsOf(reader, of);
  const traces = new Map<string, MatchTrace>();
  const take = async (query: Parameters<QueueReader['traces']['matches']>[0]) => {
    for await (const trace of reader.traces.matches({ ...query, limit })) traces.set(trace.match, trace);
  };
  for (const fileId of fileIds) await take({ fileId });
  if ('path' in of) await take(below ? { under: of.path } : { path: of.path });
  const changes = await changesOf(reader, fileIds, below && 'path' in of ? of.path : undefined, limit);
  const parts = await join(reader, traces, changes);
  const kept = parts.slice(-limit);
  return {
    paths: namesOf(kept),
    fileIds: [...new Set(kept.map(({ change }) => change.fileId).filter((id) => id !== ''))],
    parts: kept,
    leftOut: parts.length - kept.length,
  };
}

interface Subjects {
  /** A name may have been several files', one after another. */
  readonly fileIds: ReadonlySet<string>;
  /** What is below the name is meant too: it is a directory, as far as is known. */
  readonly below: boolean;
}

async function subjectsOf(reader: QueueReader, of: StoryOf): Promise<Subjects> {
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
  const prefix = under === '/' ? '/' : `${under}/`;
  const wanted = ({ fileId, path, movedFrom }: Change): boolean =>
    fileIds.has(fileId) || (under !== undefined && (path.startsWith(prefix) || movedFrom?.startsWith(prefix) === true));
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

/** Names of files that the changes tell of, the latest first. */
function namesOf(parts: readonly StoryPart[]): string[] {
  const names = new Set<string>();
  for (const { change } of parts.toReversed()) {
    names.add(change.path);
    if (change.movedFrom !== null) names.add(change.movedFrom);
  }
  return [...names];
}
