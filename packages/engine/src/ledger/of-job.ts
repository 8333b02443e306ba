import type { RuleJob } from '../queue/port.ts';
import type { LockNote, LockRecord } from './lock-record.ts';
import { arrivalOf } from '../events/arrival.ts';
import { reasonOf } from './reason.ts';

/** The record that is written with the end of a step. */
export function lockRecordOf(
  job: RuleJob,
  note: LockNote,
  about: {
    readonly directoryId: string;
    readonly rule: { readonly name: string; readonly description: string | null };
    readonly now: number;
  },
): LockRecord {
  const { state, retentionPeriod, legalHold, creationTime, links } = note;
  return {
    fileId: job.fileId,
    directoryId: about.directoryId,
    path: note.path ?? job.path,
    state,
    how: arrivalOf(job.change),
    retentionPeriod,
    legalHold,
    creationTime,
    links,
    recordedAt: about.now,
    seenAt: job.armedAt,
    dueAt: job.dueAt,
    lockedAt: state === 'locked' ? about.now : null,
    attempts: job.attempts + 1,
    lastError: job.lastError,
    note: note.note,
    rule: job.rule,
    ruleSet: job.ruleSet,
    why: reasonOf(about.rule, note.terms),
  };
}
