import { QumuloApiError, QumuloConnectionError, QumuloLoginError, QumuloProtocolError } from '@qwarden/qumulo-client';
import { privilegeNamedIn } from '../privileges.ts';
import type { LockOutcome } from './outcome.ts';

const OVERLOAD = new Set([429, 503]);
/** 507: somebody makes room, or widens a quota. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504, 507]);

/** What an error of a call about one file means for its job. Status first, class second, never the text (FACTS 2.2). */
export function classify(error: unknown): LockOutcome {
  if (error instanceof QumuloLoginError) return loginRefused(error);
  if (error instanceof QumuloApiError) return ofStatus(error);
  if (error instanceof QumuloConnectionError) {
    if (error.kind === 'aborted') return { kind: 'aborted' };
    return { kind: 'transient', scope: 'cluster', overload: error.kind === 'timeout', reason: error.message };
  }
  if (error instanceof QumuloProtocolError)
    return { kind: 'transient', scope: 'file', overload: false, reason: error.message };
  const reason = error instanceof Error ? error.message : String(error);
  return {
    kind: 'failed',
    reason,
    remedy: 'This is a bug in qwarden: please report it with this message.',
    status: null,
    errorClass: null,
  };
}

function ofStatus(error: QumuloApiError): LockOutcome {
  if (error.status === 401) return loginRefused(error);
  if (error.status === 404) return { kind: 'gone' };
  if (TRANSIENT.has(error.status)) {
    return {
      kind: 'transient',
      scope: OVERLOAD.has(error.status) || error.status === 502 || error.status === 504 ? 'cluster' : 'file',
      overload: OVERLOAD.has(error.status),
      reason: say(error),
      waitMs: error.retryAfterMs,
    };
  }
  return {
    kind: 'failed',
    reason: say(error),
    remedy: remedyFor(error),
    status: error.status,
    errorClass: error.errorClass,
  };
}

function loginRefused(error: QumuloApiError): LockOutcome {
  return {
    kind: 'login-refused',
    reason: say(error),
    remedy:
      'Check the user and password, or whether the access token was revoked or has expired (qwarden configure). Nothing is lost meanwhile.',
  };
}

function say(error: QumuloApiError): string {
  return `${error.status} ${error.errorClass}: ${error.description}`;
}

function remedyFor(error: QumuloApiError): string {
  if (error.status === 403) {
    const named = privilegeNamedIn(error);
    return named === undefined
      ? 'The user needs the privilege PRIVILEGE_FS_FILE_LOCK_WRITE and, on the file, the rights READ_ACL and WRITE_ACL (PRIVILEGE_FILE_FULL_ACCESS gives them everywhere).'
      : `Give the user of qwarden a role with ${named} (qwarden doctor prints the command), restart qwarden, and retry the job (qwarden dead retry).`;
  }
  if (error.status === 501 || error.status === 405)
    return 'This release of the cluster cannot set retention locks on files (7.2.1 or newer can).';
  if (error.status === 409)
    return 'Something else holds the file in a state that forbids it. Look at the file, then start qwarden again.';
  return 'Look at the file and at the message of the cluster; qwarden tries it again at its next start.';
}
