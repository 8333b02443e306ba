import type { FileLock, FileLockPatch } from '@qwarden/qumulo-client';
import type { LockTerms } from './asked.ts';
import { endOfRetention } from './end-of-retention.ts';

export const NO_LOCK: FileLock = { legal_hold: false, retention_period: null };

export type LockPlan =
  /** Something is to be set. `shorter`: besides that, the period there ends too early and stays so for want of `--extend`. */
  | { readonly kind: 'set'; readonly patch: FileLockPatch; readonly shorter: boolean }
  | { readonly kind: 'enough' }
  /** Ends too early and must not be touched without `--extend`. */
  | { readonly kind: 'shorter' }
  /** Just what an earlier try of ours would have set: its answer was lost. */
  | { readonly kind: 'ours' };

/**
 * What to set on a file whose retention lock is `present`.
 * @param clusterNowMs latest moment it can be on the cluster
 * @param earliestMs for a job that may have been done already: the cluster's time before which we cannot have done it
 */
export function planLock(
  terms: LockTerms,
  present: FileLock | null | undefined,
  clusterNowMs: number,
  earliestMs?: number,
): LockPlan {
  const lock = present ?? NO_LOCK;
  const patch: FileLockPatch = {};
  let shorter = false;
  let ours = earliestMs !== undefined;
  if (terms.retention !== undefined) {
    const wanted = endOfRetention(terms.retention, clusterNowMs);
    const there = activeEnd(lock, clusterNowMs);
    const least =
      earliestMs === undefined ? Number.POSITIVE_INFINITY : Date.parse(endOfRetention(terms.retention, earliestMs));
    if (there === undefined) patch.retention_period = wanted;
    else if (there >= Date.parse(wanted)) ours &&= there === Date.parse(wanted);
    else if (there >= least) {
      // Between the earliest and the latest moment of our own earlier try: it is that one.
    } else if (terms.extend) patch.retention_period = wanted;
    else shorter = true;
  }
  if (terms.legalHold && !lock.legal_hold) patch.legal_hold = true;
  if (patch.retention_period !== undefined || patch.legal_hold !== undefined) return { kind: 'set', patch, shorter };
  if (shorter) return { kind: 'shorter' };
  return { kind: ours ? 'ours' : 'enough' };
}

/** The patch for a file that has no retention lock yet. */
export function fullPatch(terms: LockTerms, clusterNowMs: number): FileLockPatch {
  const patch: FileLockPatch = {};
  if (terms.retention !== undefined) patch.retention_period = endOfRetention(terms.retention, clusterNowMs);
  if (terms.legalHold) patch.legal_hold = true;
  return patch;
}

/** Does the read-back say what was asked? Returns what is wrong, for people; undefined when nothing is. */
export function readBackProblem(asked: FileLockPatch, lock: FileLock | null | undefined): string | undefined {
  if (lock === null || lock === undefined) return 'the cluster did not show the retention lock it had just set';
  if (asked.legal_hold === true && !lock.legal_hold)
    return 'the cluster accepted the legal hold but the file is not on hold';
  if (asked.retention_period !== undefined) {
    const there = lock.retention_period === null ? Number.NaN : Date.parse(lock.retention_period);
    if (!(there >= Date.parse(asked.retention_period))) {
      return `asked for retention until ${asked.retention_period}, read back ${lock.retention_period ?? 'none'}`;
    }
  }
  return undefined;
}

/** A retention period that is over protects nothing: it counts as none (FACTS 5). */
function activeEnd(lock: FileLock, clusterNowMs: number): number | undefined {
  if (lock.retention_period === null) return undefined;
  const end = Date.parse(lock.retention_period);
  return end > clusterNowMs ? end : undefined;
}
