import { QumuloApiError, QumuloConnectionError, QumuloLoginError, QumuloProtocolError } from '@qwarden/qumulo-client';
import type { ActionOutcome } from './port.ts';

const OVERLOAD = new Set([429, 503]);
const CLUSTERS_OWN = new Set([429, 502, 503, 504]);
/** 507: somebody makes room, or widens a quota. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504, 507]);

/**
 * What an error of a call about one file means for its job. Status first, class second, never the text (FACTS 2.2). A 409 or 412 is for
 * the action to understand before it comes here: only it knows what it wanted.
 */
export function clusterOutcome(error: unknown, remedies: { readonly forbidden?: string } = {}): ActionOutcome {
  if (error instanceof QumuloConnectionError) {
    if (error.kind === 'aborted') return { kind: 'aborted' };
    return { kind: 'transient', reason: error.message, target: 'cluster', overload: error.kind === 'timeout' };
  }
  if (error instanceof QumuloProtocolError)
    return { kind: 'transient', reason: error.message, target: 'file', overload: false };
  if (!(error instanceof QumuloApiError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', reason, remedy: 'This is a bug in qwarden: please report it with this message.' };
  }
  const { status, errorClass, description, retryAfterMs } = error;
  const reason = `${status} ${errorClass}: ${description}`;
  if (error instanceof QumuloLoginError || status === 401) {
    const remedy =
      'Check user and password, or whether the access token was revoked or has expired (qwarden configure).';
    return {
      kind: 'transient',
      reason: `The cluster refuses our login: ${reason}`,
      target: 'cluster',
      overload: true,
      login: { remedy },
    };
  }
  if (status === 404) return { kind: 'gone', note: 'the file is not there any more' };
  if (TRANSIENT.has(status)) {
    return {
      kind: 'transient',
      reason,
      target: CLUSTERS_OWN.has(status) ? 'cluster' : 'file',
      overload: OVERLOAD.has(status),
      waitMs: retryAfterMs,
    };
  }
  const remedy =
    status === 403
      ? (remedies.forbidden ?? 'Give the user of qwarden the right to do this.')
      : 'Look at the file on the cluster; then retry the job (qwarden dead retry) or discard it.';
  return { kind: 'failed', reason, remedy };
}

/** The cluster answered, and its answer says that nothing was changed. */
export function refusedUnchanged(error: unknown): boolean {
  return error instanceof QumuloApiError && error.status >= 400 && error.status < 500;
}
