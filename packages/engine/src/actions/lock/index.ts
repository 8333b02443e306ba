import type { z } from 'zod';
import { arrivalOf } from '../../events/arrival.ts';
import { parseRetention, type Retention, RetentionError, checkRetention } from '../../retention/index.ts';
import type { Action, ActionContext, ActionInput, ActionOutcome, Zod } from '../port.ts';
import { needsOf } from '../privileges.ts';
import type { LockedFile, LockTerms } from './asked.ts';
import { ledgerNote } from './ledger-note.ts';
import { lockFile } from './lock.ts';
import type { LockOutcome } from './outcome.ts';
import { placeOf } from './place.ts';

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
  // A missed retention lock is a broken law: a person is not to be waited for.
  perseveres: true,
  params: (zod) =>
    lockParams(zod, (retention, allowLong) =>
      checkRetention(retention, Date.now(), { allowLong, remedy: 'allow_long_retention: true' }),
    ),
  // A date may have passed: then the cluster says so of the one file, and not the rule set that cannot be read.
  keptParams: (zod) => lockParams(zod, () => undefined),
  // No event tells of a retention lock (FACTS 6.4).
  effects: () => [],
  privileges: (params) => needsOf('lock', { 'wait_for_close: true': params.wait_for_close }),
  async dryRun(input, context) {
    return words(await attempt(input, context, true)).note;
  },
  async dryRunForLedger(input, context) {
    const outcome = await attempt(input, context, true);
    return { note: words(outcome).note, ledger: ledgerNote(outcome, input.params) };
  },
  async run(input, context) {
    return toOutcome(await attempt(input, context, false), input);
  },
};

/** @param check throws RetentionError */
function lockParams(zod: Zod, check: (retention: Retention, allowLong: boolean) => void): z.ZodType<LockParams> {
  const retention = zod
    .string()
    .transform((text, context): Retention => {
      try {
        return parseRetention(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: messageOf(error) });
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
      allow_long_retention: zod
        .boolean()
        .default(false)
        .meta({ description: 'Accept a retention period of more than a hundred years: it can never be shortened.' }),
    })
    .superRefine(({ retention, allow_long_retention }, context) => {
      if (retention === undefined) return;
      try {
        check(retention, allow_long_retention);
      } catch (error) {
        context.addIssue({ code: 'custom', path: ['retention'], message: messageOf(error) });
      }
    })
    .refine((params) => params.retention !== undefined || params.legal_hold, {
      message: 'needs a retention period (retention: 7y), a legal hold (legal_hold: true), or both',
    });
}

/** Throws what is no RetentionError. */
function messageOf(error: unknown): string {
  if (error instanceof RetentionError) return error.message;
  throw error;
}

async function attempt(input: ActionInput<LockParams>, context: ActionContext, dryRun: boolean): Promise<LockOutcome> {
  const { params, job, subject, change } = input;
  const terms: LockTerms = {
    retention: params.retention,
    legalHold: params.legal_hold,
    extend: params.extend,
    intervalMs: job.settleMs,
    waitForClose: params.wait_for_close,
  };
  const how = arrivalOf(change);
  const file: LockedFile = {
    fileId: subject.fileId,
    path: subject.path,
    // What came by a change that is no arrival was not heard of when it came: all its times count.
    how: how === 'changed' ? 'catch-up' : how,
    changedAt: job.changedAt,
    fresh: job.fresh,
    // A further name of a file that is locked already comes as a creation too.
    known: await context.isLocked(subject.fileId),
  };
  return await lockFile(file, {
    cluster: context.cluster,
    terms,
    locate: (found) => placeOf(file, found, context),
    dryRun,
    signal: context.signal,
  });
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
      return {
        kind: 'not-yet',
        reason: outcome.reason,
        delayMs: outcome.delayMs,
        until: outcome.why === 'open' ? 'closed' : 'quiet',
      };
    case 'transient':
      return {
        kind: 'transient',
        reason: outcome.reason,
        target: outcome.scope === 'cluster' ? 'cluster' : 'file',
        overload: outcome.overload,
        waitMs: outcome.waitMs,
        ledger,
      };
    case 'login-refused':
      return {
        kind: 'transient',
        reason: outcome.reason,
        target: 'cluster',
        overload: true,
        login: { remedy: outcome.remedy },
        ledger,
      };
    case 'failed': {
      const { reason, remedy, status, errorClass } = outcome;
      const answer = status === null ? undefined : { status, errorClass: errorClass ?? '' };
      return { kind: 'failed', reason, remedy, answer, ledger };
    }
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
