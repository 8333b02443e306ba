import type { FileLock } from '@qwarden/qumulo-client';
import type { LockNote } from '../../ledger/lock-record.ts';
import { termsOf } from '../../ledger/reason.ts';
import type { Retention } from '../../retention/index.ts';
import type { LockOutcome } from './outcome.ts';
import { NO_LOCK } from './plan.ts';

/** What the ledger is to know of a try. Undefined: nothing is decided yet, or nothing was done. */
export function ledgerNote(
  outcome: LockOutcome,
  asked: { readonly retention?: Retention | undefined; readonly legal_hold: boolean },
): LockNote | undefined {
  const terms = termsOf(asked.retention?.text.replaceAll(' ', ''), asked.legal_hold);
  const about = (lock: FileLock) => ({
    terms,
    retentionPeriod: lock.retention_period,
    legalHold: lock.legal_hold,
  });
  const unlocked = { ...about(NO_LOCK), creationTime: null, links: 1 };
  switch (outcome.kind) {
    case 'locked':
    case 'already-locked': {
      const { kind: state, lock, creationTime, links, note, path } = outcome;
      return { ...about(lock), state, creationTime, links, note, path };
    }
    case 'skipped':
      return {
        ...unlocked,
        state: 'skipped',
        creationTime: outcome.creationTime,
        note: outcome.reason,
        path: outcome.path,
      };
    case 'gone':
    case 'moved-out':
      return { ...unlocked, state: 'forgotten', note: outcome.kind };
    case 'failed':
      return { ...unlocked, state: 'failed', note: outcome.remedy };
    case 'login-refused':
      return { ...unlocked, state: 'failed', note: outcome.remedy };
    case 'transient':
      return { ...unlocked, state: 'failed', note: null };
    case 'would-lock': {
      const { lock, creationTime, links, path } = outcome;
      return { ...about(lock), state: 'locked', creationTime, links, note: null, path };
    }
    case 'rearm':
    case 'aborted':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
