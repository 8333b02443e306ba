import { isQumuloError, QumuloApiError } from '@qwarden/qumulo-client';
import { clusterOutcome } from '../cluster-outcome.ts';
import { Stop } from '../files/stop.ts';
import type { ActionOutcome } from '../port.ts';

/** Something that could not be stopped. */
export interface Trouble {
  /** `S3`, `SMB share Files`. */
  readonly what: string;
  /** What it means for the job, as if it were the only one. */
  readonly outcome: ActionOutcome;
}

/** @throws what is no answer of the cluster and no failure to reach it */
export function troubleOf(what: string, error: unknown): Trouble {
  if (error instanceof Stop) return { what, outcome: error.outcome };
  if (error instanceof QumuloApiError) {
    const { status, errorClass, description } = error;
    const reason = `${status} ${errorClass}: ${description}`;
    if (status === 409 || status === 412)
      return {
        what,
        outcome: { kind: 'transient', reason: `it changed meanwhile: ${reason}`, target: 'file', overload: false },
      };
    if (status === 404) return { what, outcome: { kind: 'failed', reason, remedy: '' } };
  }
  if (!isQumuloError(error)) throw error;
  return { what, outcome: clusterOutcome(error) };
}

export function troubleText({ what, outcome }: Trouble): string {
  return 'reason' in outcome ? `${what} (${outcome.reason})` : what;
}
