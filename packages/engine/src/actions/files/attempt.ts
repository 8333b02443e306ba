import { type Privilege, QumuloApiError } from '@qwarden/qumulo-client';
import { clusterOutcome } from '../cluster-outcome.ts';
import type { ActionContext, ActionInput, ActionOutcome } from '../port.ts';
import { findSubject } from './found.ts';
import { heldBy, heldOutcome } from './retention-lock.ts';
import { Stop } from './stop.ts';

/**
 * Runs the body of an action: whatever it meets becomes an outcome.
 * @param needs privilege to name when the cluster refuses
 */
export async function attempt(
  input: ActionInput<unknown>,
  context: ActionContext,
  body: () => Promise<ActionOutcome>,
  needs?: Privilege,
): Promise<ActionOutcome> {
  if (context.signal.aborted) return { kind: 'aborted' };
  try {
    return await body();
  } catch (error) {
    return explain(error, input, context, needs);
  }
}

/** Runs the looking part of an action for a dry run: whatever stands in the way is told. */
export async function describe(
  input: ActionInput<unknown>,
  context: ActionContext,
  body: () => Promise<string>,
  needs?: Privilege,
): Promise<string> {
  try {
    return await body();
  } catch (error) {
    return inWords(await explain(error, input, context, needs));
  }
}

async function explain(
  error: unknown,
  input: ActionInput<unknown>,
  context: ActionContext,
  needs: Privilege = 'PRIVILEGE_FILE_FULL_ACCESS',
): Promise<ActionOutcome> {
  if (error instanceof Stop) return error.outcome;
  if (!(error instanceof QumuloApiError)) return clusterOutcome(error);
  const { status, errorClass, description } = error;
  const reason = `${status} ${errorClass}: ${description}`;
  switch (status) {
    case 403:
      return (await held(input, context)) ?? refused(reason, errorClass, needs);
    case 404: {
      // Of the file, or of something on the way to where it goes?
      const now = await look(input, context);
      if (now.outcome !== undefined) return now.outcome;
      return {
        kind: 'transient',
        reason: `Something on the way is not there: ${reason}`,
        target: 'file',
        overload: false,
      };
    }
    case 409:
    case 412:
      return { kind: 'transient', reason: `It changed meanwhile: ${reason}`, target: 'file', overload: false };
    default:
      return clusterOutcome(error);
  }
}

/** A retention lock may have come between looking and doing. */
async function held(input: ActionInput<unknown>, context: ActionContext): Promise<ActionOutcome | undefined> {
  const { found } = await look(input, context);
  const lock = found === undefined ? undefined : heldBy(found.attributes.lock, found.nowMs);
  return lock === undefined ? undefined : heldOutcome(lock, 'changed or moved');
}

async function look(input: ActionInput<unknown>, context: ActionContext) {
  try {
    return { found: await findSubject(input, context), outcome: undefined };
  } catch (error) {
    return { found: undefined, outcome: error instanceof Stop ? error.outcome : clusterOutcome(error) };
  }
}

function refused(reason: string, errorClass: string, needs: Privilege): ActionOutcome {
  const full = /quota|space/.test(errorClass);
  return {
    kind: 'failed',
    reason,
    remedy: full
      ? 'There is no room: raise the quota or make room, then retry the job (qwarden dead retry).'
      : `Give the user of qwarden the right to do this (a role with ${needs}), then retry the job (qwarden dead retry).`,
  };
}

/** What would become of it, for a dry run. */
function inWords(outcome: ActionOutcome): string {
  switch (outcome.kind) {
    case 'done':
    case 'skipped':
    case 'gone':
      return `would do nothing: ${outcome.note}`;
    case 'not-yet':
      return `would wait: ${outcome.reason}`;
    case 'transient':
      return `would try again later: ${outcome.reason}`;
    case 'failed':
      return `would fail: ${outcome.reason} ${outcome.remedy}`;
    case 'aborted':
      return 'was given up';
    default:
      return outcome satisfies never;
  }
}
