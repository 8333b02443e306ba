import type { FileLock } from '@qwarden/qumulo-client';
import { inParallel } from './in-parallel.ts';
import { lockOf } from './lock-of.ts';
import type { Ledger, LedgerRow, VerifyCluster, VerifyOptions, VerifyRow } from './types.ts';
import { unknownFiles } from './verify-walk.ts';

const DEFAULT_CONCURRENCY = 32;

/**
 * Asks the cluster for the retention lock of every file in the ledger, then walks the watched directories for files that a policy or a rule
 * covers and the ledger does not know. Rows come in no order. Changes nothing.
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
  for (const watch of await ledger.watches()) {
    if (!watch.baselineDone) continue;
    for await (const row of unknownFiles(ledger, watch, cluster, { ...options, concurrency })) {
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
    path: answer.file.path,
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

function endOf(retentionPeriod: string | null): number {
  return retentionPeriod === null ? 0 : Date.parse(retentionPeriod);
}
