import { type FileLock, QumuloApiError } from '@qwarden/qumulo-client';
import type { Cluster } from '../cluster.ts';
import { compileSelection, relativeTo } from '../rules/selection.ts';
import { withoutSlash } from '../watch/place.ts';
import { inParallel } from './in-parallel.ts';
import type { Ledger, LedgerRow, LedgerWatch, VerifyOptions, VerifyRow } from './types.ts';

export type VerifyCluster = Pick<Cluster, 'files' | 'clusterClock'>;

/** Time that a file may need beyond its interval before its absence from the ledger means anything. */
const GRACE_MS = 10_000;
const DEFAULT_CONCURRENCY = 32;

/**
 * Asks the cluster for the retention lock of every file in the ledger, then walks the watched directories for files that the policy covers
 * and the ledger does not know. Rows come in no order. Changes nothing.
 */
export async function* verifyLedger(
  ledger: Ledger,
  cluster: VerifyCluster,
  options: VerifyOptions = {},
): AsyncGenerator<VerifyRow> {
  const concurrency = Math.max(1, options.concurrency ?? DEFAULT_CONCURRENCY);
  let done = 0;
  const progress = () => {
    done += 1;
    options.onProgress?.(done);
  };
  for await (const row of inParallel(ledger.list(), concurrency, (row) => verifyRow(row, cluster, options.signal))) {
    progress();
    yield row;
  }
  if (options.walk === false) return;
  for (const watch of ledger.watches()) {
    if (!watch.baselineDone) continue;
    for await (const row of inParallel(unknownFiles(ledger, watch, cluster, options.signal), concurrency, (file) =>
      verifyUnknown(file, watch, cluster, options.signal),
    )) {
      progress();
      if (row !== undefined) yield row;
    }
  }
}

async function verifyRow(row: LedgerRow, cluster: VerifyCluster, signal: AbortSignal | undefined): Promise<VerifyRow> {
  const about = { row, fileId: row.fileId, path: row.path };
  if (row.state === 'pending') {
    return {
      ...about,
      verdict: 'pending',
      ok: true,
      actual: null,
      message: `still to be done (due ${row.dueAt ?? 'now'})`,
    };
  }
  const expired =
    row.retentionPeriod !== null && !row.legalHold && Date.parse(row.retentionPeriod) <= cluster.clusterClock.nowMs();
  const answer = await lockOf(row.fileId, cluster, signal);
  if (answer.kind === 'missing') {
    const message = expired ? 'gone, after its retention was over' : 'the file is gone';
    return { ...about, verdict: 'missing', ok: expired || row.state === 'failed', actual: null, message };
  }
  if (answer.kind === 'unreadable')
    return { ...about, verdict: 'unreadable', ok: false, actual: null, message: answer.message };
  const verdict = compare(row, answer.lock, expired);
  return {
    ...about,
    ...verdict,
    path: answer.path,
    actual: { retentionPeriod: answer.lock.retention_period, legalHold: answer.lock.legal_hold },
  };
}

function compare(row: LedgerRow, lock: FileLock, expired: boolean): Pick<VerifyRow, 'verdict' | 'ok' | 'message'> {
  const [recorded, actual] = [endOf(row.retentionPeriod), endOf(lock.retention_period)];
  if (row.state === 'failed') {
    const locked = actual > 0 || lock.legal_hold;
    const message = `could not be set: ${row.lastError ?? 'unknown reason'}`;
    return locked
      ? { verdict: 'same', ok: true, message: 'set by somebody else meanwhile' }
      : { verdict: 'not-locked', ok: false, message };
  }
  if (row.legalHold && !lock.legal_hold)
    return { verdict: 'hold-missing', ok: false, message: 'the legal hold was released' };
  if (actual < recorded) {
    if (expired) return { verdict: 'expired', ok: true, message: `retention was over on ${row.retentionPeriod ?? ''}` };
    if (actual === 0)
      return {
        verdict: 'not-locked',
        ok: false,
        message: `no retention period; the ledger says ${row.retentionPeriod ?? ''}`,
      };
    return {
      verdict: 'shorter',
      ok: false,
      message: `ends ${lock.retention_period ?? ''}; the ledger says ${row.retentionPeriod ?? ''}`,
    };
  }
  if (actual > recorded)
    return { verdict: 'longer', ok: true, message: `ends ${lock.retention_period ?? ''}, later than recorded` };
  if (!row.legalHold && lock.legal_hold) return { verdict: 'hold-added', ok: true, message: 'on legal hold besides' };
  return expired
    ? { verdict: 'expired', ok: true, message: `retention was over on ${row.retentionPeriod ?? ''}` }
    : { verdict: 'same', ok: true, message: 'as recorded' };
}

interface UnknownFile {
  readonly id: string;
  readonly path: string;
  readonly changedMs: number;
}

/** Files under a watch that its policy covers and the ledger knows nothing of. */
async function* unknownFiles(
  ledger: Ledger,
  watch: LedgerWatch,
  cluster: VerifyCluster,
  signal: AbortSignal | undefined,
): AsyncGenerator<UnknownFile> {
  const selection = compileSelection(watch.covers);
  const root = await cluster.files.getAttributes(watch.directoryId, { signal }).catch((error: unknown) => {
    if (error instanceof QumuloApiError && error.status === 404) return undefined;
    throw error;
  });
  if (root === undefined) return;
  const watchPath = withoutSlash(root.data.path);
  for await (const file of cluster.files.walk(watch.directoryId, { recursive: watch.recursive, signal })) {
    if (file.type !== 'FS_FILE_TYPE_FILE') continue;
    const below = relativeTo(watchPath, file.path);
    if (below === undefined || !selection.covers(below, watchPath)) continue;
    if (ledger.find(file.id).some(({ state }) => state !== 'forgotten')) continue;
    yield {
      id: file.id,
      path: file.path,
      changedMs: Math.max(Date.parse(file.change_time), Date.parse(file.modification_time)),
    };
  }
}

async function verifyUnknown(
  file: UnknownFile,
  watch: LedgerWatch,
  cluster: VerifyCluster,
  signal: AbortSignal | undefined,
): Promise<VerifyRow | undefined> {
  const about = { row: null, fileId: file.id, path: file.path };
  const answer = await lockOf(file.id, cluster, signal);
  if (answer.kind === 'missing') return undefined;
  if (answer.kind === 'unreadable')
    return { ...about, verdict: 'unreadable', ok: false, actual: null, message: answer.message };
  const { retention_period: retentionPeriod, legal_hold: legalHold } = answer.lock;
  if (retentionPeriod !== null || legalHold) return undefined;
  const actual = { retentionPeriod, legalHold };
  const young = cluster.clusterClock.nowMs() - file.changedMs < watch.covers.intervalMs + GRACE_MS;
  if (young) return { ...about, verdict: 'pending', ok: true, actual, message: 'new, and not settled yet' };
  const message = `covered by "${watch.why}", but it has no retention lock and the ledger does not know it`;
  return { ...about, verdict: 'not-in-ledger', ok: false, actual, message };
}

type LockAnswer =
  | { readonly kind: 'lock'; readonly lock: FileLock; readonly path: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly message: string };

async function lockOf(fileId: string, cluster: VerifyCluster, signal: AbortSignal | undefined): Promise<LockAnswer> {
  try {
    const { data } = await cluster.files.getAttributes(fileId, { retrieveFileLock: true, signal });
    return { kind: 'lock', lock: data.lock ?? { legal_hold: false, retention_period: null }, path: data.path };
  } catch (error) {
    // A cluster that cannot be asked at all is the caller's problem, not a file's.
    if (!(error instanceof QumuloApiError) || error.status === 401) throw error;
    return error.status === 404
      ? { kind: 'missing' }
      : { kind: 'unreadable', message: `${error.status} ${error.errorClass}: ${error.description}` };
  }
}

function endOf(retentionPeriod: string | null): number {
  return retentionPeriod === null ? 0 : Date.parse(retentionPeriod);
}
