import { QumuloApiError, QumuloConnectionError } from '@qwarden/qumulo-client';
import { clusterOutcome } from './cluster-outcome.ts';
import type { ActionOutcome } from './port.ts';

const STATUSES = [400, 401, 403, 404, 405, 408, 409, 412, 425, 429, 500, 501, 502, 503, 504];

/** A table of what an answer of the cluster means for a job: each answer is put to the function that decides it. */
export function answersReference(): string {
  const rows = STATUSES.map((status) => {
    const error = new QumuloApiError({ status, errorClass: '', description: '', operation: '', retryable: false });
    return `| \`${status}\` | ${words(clusterOutcome(error))} |`;
  });
  const lost = new QumuloConnectionError({ kind: 'reset', message: '', retryable: true });
  return ['| answer | the job |', '|---|---|', ...rows, `| none | ${words(clusterOutcome(lost))} |`].join('\n');
}

function words(outcome: ActionOutcome): string {
  if (outcome.kind === 'gone') return 'ends: the file is not there any more';
  if (outcome.kind === 'transient') return transientWords(outcome);
  return outcome.kind === 'failed' ? `waits for a person, as a dead letter. ${outcome.remedy}` : outcome.kind;
}

function transientWords(outcome: Extract<ActionOutcome, { kind: 'transient' }>): string {
  if (outcome.login) return `tried again; all wait, since the login is refused. ${outcome.login.remedy}`;
  const breaker = outcome.target === 'cluster' ? '; the breaker of the cluster counts it' : '';
  return `tried again${breaker}${outcome.overload ? ', and fewer calls are made at once' : ''}`;
}
