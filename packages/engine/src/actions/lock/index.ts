import type { z } from 'zod';
import type { FileAttributes } from '@qwarden/qumulo-client';
import type { FilelockPolicy } from '../../filelock/policy.ts';
import type { Job } from '../../jobs/port.ts';
import { parseRetention, type Retention, RetentionError, checkRetention } from '../../retention/index.ts';
import type { Action, ActionContext, ActionInput, ActionOutcome, Zod } from '../port.ts';
import { arrivalByChange } from '../../ledger/arrival-by-change.ts';
import { call } from '../files/call.ts';
import { lookAt } from '../files/look-at.ts';
import { ledgerNote } from './ledger-note.ts';
import { lockFile } from './lock.ts';
import type { LockOutcome } from './outcome.ts';
import type { Place } from './whereabouts.ts';

export interface LockParams {
  readonly retention?: Retention | undefined;
  readonly legal_hold: boolean;
  readonly extend: boolean;
  readonly wait_for_close: boolean;
}

/** Puts a retention lock on the file: the same code as `filelock`, with its two readings, `If-Match` and read-back. */
export const lockAction: Action<LockParams> = {
  name: 'lock',
  summary: 'Puts a retention lock on the file: a retention period, a legal hold, or both.',
  params: lockParams,
  // No event tells of a retention lock (FACTS 6.4).
  effects: () => [],
  privileges: () => ['PRIVILEGE_FS_FILE_LOCK_WRITE'],
  async dryRun(input, context) {
    const outcome = await attempt(input, context, true);
    return words(outcome).note;
  },
  async run(input, context) {
    return toOutcome(await attempt(input, context, false), input);
  },
};

function lockParams(zod: Zod): z.ZodType<LockParams> {
  const retention = zod
    .string()
    .transform((text, context): Retention => {
      try {
        const parsed = parseRetention(text);
        checkRetention(parsed, Date.now(), { allowLong: true });
        return parsed;
      } catch (error) {
        if (!(error instanceof RetentionError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return zod.NEVER;
      }
    })
    .optional()
    .meta({
      description: 'Until when: 7d, 6m, 2y (calendar-exact), P2Y6M, 2031-12-31 or 2031-12-31T12:00:00Z',
      type: 'string',
    });
  return zod
    .strictObject({
      retention,
      legal_hold: zod.boolean().default(false).meta({ description: 'Put the file on legal hold. Never clears one.' }),
      extend: zod
        .boolean()
        .default(false)
        .meta({ description: 'Extend a retention period that is there already and ends earlier.' }),
      wait_for_close: zod
        .boolean()
        .default(false)
        .meta({ description: 'Wait until no SMB or NFS client holds the file open, as far as the cluster knows.' }),
    })
    .refine((params) => params.retention !== undefined || params.legal_hold, {
      message: 'needs a retention period (retention: 7y), a legal hold (legal_hold: true), or both',
    });
}

function attempt(input: ActionInput<LockParams>, context: ActionContext, dryRun: boolean): Promise<LockOutcome> {
  const { params, job } = input;
  const policy: FilelockPolicy = {
    retention: params.retention,
    legalHold: params.legal_hold,
    extend: params.extend,
    intervalMs: job.settleMs,
    include: [],
    exclude: [],
    builtinExcludes: false,
    existing: 'ignore',
    waitForClose: params.wait_for_close,
  };
  return lockFile(asLockJob(input), {
    cluster: context.cluster,
    policy,
    whereabouts: { locate: (job, file) => locate(job.path, file, context) },
    dryRun,
    run: 0,
    signal: context.signal,
  });
}

/** The cluster names a file with several names by one of them (FACTS 3): the rule may be for another. */
async function locate(known: string, file: FileAttributes, context: ActionContext): Promise<Place> {
  if (context.covers(file.path)) return { kind: 'inside', path: file.path };
  if (file.num_links < 2 || !context.covers(known)) return { kind: 'outside' };
  const there = await lookAt(context.cluster, known, call(context));
  return there?.id === file.id ? { kind: 'inside', path: known } : { kind: 'outside' };
}

/** A later try may follow one that was done without an answer: then the file is looked at first. */
function asLockJob({ subject, change, job }: ActionInput<LockParams>): Job {
  const how = arrivalByChange(change.type);
  return {
    fileId: subject.fileId,
    path: subject.path,
    how: how === 'changed' ? 'catch-up' : how,
    seenAt: job.armedAt,
    changedAt: job.changedAt,
    dueAt: null,
    attempts: job.attempt - 1,
    links: 1,
    run: job.fresh ? 0 : -1,
    lastError: null,
  };
}

function toOutcome(outcome: LockOutcome, { params, change }: ActionInput<LockParams>): ActionOutcome {
  // Directories have no retention locks: they are no part of the ledger.
  const ledger = change.kind === 'directory' ? undefined : ledgerNote(outcome, params);
  switch (outcome.kind) {
    case 'locked': {
      const { note, output } = words(outcome);
      return { kind: 'done', note, path: outcome.path, output, ledger };
    }
    case 'already-locked':
      return { kind: 'skipped', note: words(outcome).note, ledger };
    case 'would-lock':
      return { kind: 'skipped', note: words(outcome).note };
    case 'skipped':
      return { kind: 'skipped', note: outcome.reason, ledger };
    case 'gone':
      return { kind: 'gone', note: 'gone before it was locked', ledger };
    case 'moved-out':
      return { kind: 'gone', note: 'it has left the place that the rule is for', ledger };
    case 'rearm':
      return { kind: 'not-yet', reason: outcome.reason, delayMs: outcome.delayMs };
    case 'transient':
      return {
        kind: 'transient',
        reason: outcome.reason,
        target: outcome.scope === 'cluster' ? 'cluster' : 'file',
        overload: outcome.overload,
        waitMs: outcome.waitMs,
        ledger,
      };
    case 'login-refused': {
      const reason = `${outcome.reason} ${outcome.remedy}`;
      return { kind: 'transient', reason, target: 'cluster', overload: true, ledger };
    }
    case 'failed':
      return { kind: 'failed', reason: outcome.reason, remedy: outcome.remedy, ledger };
    case 'aborted':
      return { kind: 'aborted' };
    default:
      return outcome satisfies never;
  }
}

function words(outcome: LockOutcome): { note: string; output: Record<string, string> } {
  const output: Record<string, string> = {};
  if (!('lock' in outcome)) return { note: 'reason' in outcome ? outcome.reason : 'it is not there any more', output };
  const { retention_period: until, legal_hold: held } = outcome.lock;
  if (until !== null) output['retention_period'] = until;
  if (held) output['legal_hold'] = 'true';
  const what = [until === null ? '' : `until ${until}`, held ? 'legal hold' : ''].filter(Boolean).join(', ');
  const verb = { locked: 'locked', 'already-locked': 'has a retention lock already:', 'would-lock': 'would be locked' }[
    outcome.kind
  ];
  const note = 'note' in outcome && outcome.note !== null ? ` (${outcome.note})` : '';
  return { note: `${verb} ${what}${note}`, output };
}
