import { type Answer, type FileAttributes, QumuloApiError } from '@qwarden/qumulo-client';
import type { Cluster } from '../../cluster.ts';
import type { Locate, LockedFile, LockTerms } from './asked.ts';
import { classify } from './classify.ts';
import { endOfRetention } from './end-of-retention.ts';
import { openByClients } from './open-by-clients.ts';
import type { LockOutcome } from './outcome.ts';
import { fullPatch, NO_LOCK, planLock, readBackProblem } from './plan.ts';
import { stillSettling } from './settled.ts';

export interface LockAction {
  readonly cluster: Cluster;
  readonly terms: LockTerms;
  readonly locate: Locate;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

const OPEN_POLL = { leastMs: 2_000, mostMs: 60_000 };
const CHANGED_FLOOR_MS = 100;

/**
 * Sets the retention lock of one file: first reading (GET), PATCH with `If-Match` whose answer is second reading and read-back; a file
 * that was created a moment ago with interval 0 gets the PATCH alone. Run twice, it does no more than once. Never rejects.
 */
export async function lockFile(job: LockedFile, action: LockAction): Promise<LockOutcome> {
  try {
    return isFresh(job, action) ? await lockAtOnce(job, action) : await lockAfterLooking(job, action);
  } catch (error) {
    return classify(error);
  }
}

function isFresh(job: LockedFile, { terms, dryRun }: LockAction): boolean {
  return job.fresh && !job.known && terms.intervalMs === 0 && job.how === 'created' && !terms.waitForClose && !dryRun;
}

async function lockAtOnce(job: LockedFile, action: LockAction): Promise<LockOutcome> {
  const { cluster, terms, signal } = action;
  const patch = fullPatch(terms, cluster.clusterClock.latestMs());
  let answer: Answer<FileAttributes>;
  try {
    answer = await cluster.files.patchFileLock(job.fileId, patch, { signal, retry: false });
  } catch (error) {
    // Refused for good: a look at the file tells why (gone, not a file, retention that is longer already).
    if (classify(error).kind === 'failed') return await lockAfterLooking(job, action);
    throw error;
  }
  return await confirm(job, action, patch, answer, undefined, false);
}

async function lockAfterLooking(job: LockedFile, action: LockAction): Promise<LockOutcome> {
  const { cluster, terms, signal } = action;
  const first = await cluster.files.getAttributes(job.fileId, { retrieveFileLock: true, signal, retry: false });
  const file = first.data;
  if (file.type !== 'FS_FILE_TYPE_FILE') return skipped(file, `not a regular file (${kindOf(file.type)})`);
  const place = await action.locate(file);
  if (place.kind === 'outside') return { kind: 'moved-out' };
  if (place.kind === 'unknown')
    return {
      kind: 'rearm',
      why: 'changed',
      reason: 'the name that the rule is for is not there',
      delayMs: place.delayMs,
    };
  if (place.kind === 'excluded')
    return { ...skipped(file, 'the rule does not cover it as it is now'), path: place.path };
  const path = place.path;
  const settling = stillSettling(file, terms.intervalMs, job.how, cluster.clusterClock.nowMs());
  if (settling !== undefined)
    return { kind: 'rearm', why: 'changed', reason: 'changed again', delayMs: settling, path };
  if (terms.waitForClose) {
    const holder = await openByClients(cluster, file.id, signal);
    const delayMs = Math.min(OPEN_POLL.mostMs, Math.max(OPEN_POLL.leastMs, terms.intervalMs));
    if (holder !== undefined) return { kind: 'rearm', why: 'open', reason: holder, delayMs, path };
  }
  const plan = planLock(terms, file.lock, cluster.clusterClock.latestMs(), earliestTry(job, action));
  const known = { lock: file.lock ?? NO_LOCK, path, creationTime: file.creation_time, links: file.num_links };
  if (plan.kind === 'enough') return { kind: 'already-locked', ...known, shorter: false, note: null };
  if (plan.kind === 'shorter') return { kind: 'already-locked', ...known, shorter: true, note: SHORTER };
  if (plan.kind === 'ours') return { kind: 'locked', ...known, note: 'set by an earlier try whose answer was lost' };
  if (action.dryRun) return { kind: 'would-lock', ...known, lock: { ...known.lock, ...plan.patch } };
  let answer: Answer<FileAttributes>;
  try {
    answer = await cluster.files.patchFileLock(job.fileId, plan.patch, {
      ifMatch: first.etag,
      signal,
      retry: false,
    } as const);
  } catch (error) {
    if (!(error instanceof QumuloApiError) || error.status !== 412) throw error;
    return {
      kind: 'rearm',
      why: 'changed',
      reason: 'changed between two readings',
      delayMs: Math.max(CHANGED_FLOOR_MS, terms.intervalMs),
      path,
    };
  }
  const outcome = await confirm(job, action, plan.patch, answer, file, plan.shorter);
  return outcome.kind === 'locked' ? { ...outcome, path } : outcome;
}

const SHORTER = 'its retention period ends earlier than the policy asks; --extend extends it';

/** The answer of the PATCH is the second reading and the read-back. */
async function confirm(
  job: LockedFile,
  action: LockAction,
  patch: ReturnType<typeof fullPatch>,
  answer: Answer<FileAttributes>,
  first: FileAttributes | undefined,
  shorter: boolean,
): Promise<Extract<LockOutcome, { kind: 'locked' | 'failed' }>> {
  const file = answer.data;
  const problem = readBackProblem(patch, file.lock);
  if (problem !== undefined)
    return failed(
      `Read-back differs: ${problem}`,
      'Check the retention lock of this file by hand (qq fs_file_get_attr --retrieve-file-lock).',
    );
  const moved = first === undefined ? undefined : difference(first, file);
  if (moved !== undefined) {
    return failed(
      `Retention lock set while the file was changing: ${moved}`,
      'Compare its content with the source. If writers pause for long, use a longer --interval or --wait-for-close.',
    );
  }
  const extended = await extendIfShort(job, action, patch, answer);
  const note =
    extended === undefined ? (shorter ? SHORTER : null) : 'the clock of the cluster had jumped; extended once';
  return {
    kind: 'locked',
    lock: extended?.lock ?? file.lock ?? NO_LOCK,
    note,
    creationTime: file.creation_time,
    links: file.num_links,
  };
}

/** The cluster's clock may have jumped between our estimate and its PATCH: then the period came out short, and is extended once. */
async function extendIfShort(
  job: LockedFile,
  { terms, cluster, signal }: LockAction,
  patch: ReturnType<typeof fullPatch>,
  answer: Answer<FileAttributes>,
): Promise<FileAttributes | undefined> {
  if (terms.retention?.kind !== 'period' || patch.retention_period === undefined || answer.clusterTimeMs === undefined)
    return undefined;
  const least = endOfRetention(terms.retention, answer.clusterTimeMs);
  if (Date.parse(patch.retention_period) >= Date.parse(least)) return undefined;
  const longer = endOfRetention(
    terms.retention,
    Math.max(cluster.clusterClock.latestMs(), answer.clusterTimeMs + 1000),
  );
  const again = await cluster.files.patchFileLock(job.fileId, { retention_period: longer }, { signal });
  return again.data;
}

/** Cluster's time before which this job cannot have been done; undefined when it cannot have been tried at all. */
function earliestTry(job: LockedFile, { cluster }: LockAction): number | undefined {
  if (job.fresh) return undefined;
  return job.changedAt + (cluster.clusterClock.skewMs() ?? 0) - 1000;
}

function difference(first: FileAttributes, second: FileAttributes): string | undefined {
  if (first.size !== second.size) return `size ${first.size}, then ${second.size}`;
  if (first.modification_time !== second.modification_time)
    return `modified ${first.modification_time}, then ${second.modification_time}`;
  if ((first.data_revision ?? null) !== (second.data_revision ?? null)) return 'its data revision moved';
  return undefined;
}

function skipped(file: FileAttributes, reason: string): LockOutcome & { kind: 'skipped' } {
  return { kind: 'skipped', reason, creationTime: file.creation_time };
}

function failed(reason: string, remedy: string): Extract<LockOutcome, { kind: 'failed' }> {
  return { kind: 'failed', reason, remedy, status: null, errorClass: null };
}

function kindOf(type: string): string {
  return type.replace('FS_FILE_TYPE_', '').replaceAll('_', ' ').toLowerCase();
}
