import type { RuleJob } from '../queue/port.ts';
import type { LockNote, LockRecord } from './lock-record.ts';
import { arrivalByChange } from './arrival-by-change.ts';
import { reasonOf } from './reason.ts';

/** The record that is written with the end of a step. `failure`: why it could not be done. */
export function lockRecordOf(
  job: RuleJob,
  note: LockNote,
  about: { readonly directoryId: string; readonly now: number; readonly failure?: string | undefined },
): LockRecord {
  const { state, retentionPeriod, legalHold, creationTime, links } = note;
  return {
    fileId: job.fileId,
    directoryId: about.directoryId,
    path: note.path ?? job.path,
    state,
    how: arrivalByChange(job.change.type),
    retentionPeriod,
    legalHold,
    creationTime,
    links,
    recordedAt: about.now,
    seenAt: job.armedAt,
    dueAt: job.dueAt,
    lockedAt: state === 'locked' ? about.now : null,
    attempts: job.attempts + 1,
    lastError: about.failure ?? job.lastError,
    note: note.note,
    rule: job.rule,
    ruleSet: job.ruleSet,
    why: reasonOf(job.rule, note.terms),
  };
}
