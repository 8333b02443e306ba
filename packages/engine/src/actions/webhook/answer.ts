import { readRetryAfter } from '@qwarden/qumulo-client';
import { oneLine } from '../../text/one-line.ts';
import type { ActionOutcome, HttpAnswer } from '../port.ts';
import { masked } from '../secrets/mask.ts';
import type { WebhookParams } from './schema.ts';

const ASKS_TO_WAIT = new Set([408, 425, 429]);
const OVERLOAD = new Set([429, 503]);
/** A receiver that asks for more patience than that has made a mistake; a job must not be put off for years by it. */
const LONGEST_WAIT_MS = 24 * 3_600_000;
const MOST_WORDS = 200;

/** Whom was asked, and what must not be told of it. */
export interface Asked {
  readonly url: string;
  readonly host: string;
  readonly secrets: readonly string[];
}

export function judge(answer: HttpAnswer, params: WebhookParams, asked: Asked, nowMs: number): ActionOutcome {
  const { status } = answer;
  const { host } = asked;
  const said = `${host} answered ${status}${words(answer.body, asked.secrets)}`;
  if (status >= 200 && status < 300) {
    if (params.success?.includes(status) ?? true) return { kind: 'done', note: `sent to ${host} (${status})` };
    const remedy = `The rule counts ${params.success?.join(', ') ?? 'nothing'} as success. Look at the receiver, or add ${status} to "success".`;
    return { kind: 'failed', reason: said, remedy };
  }
  if (status >= 300 && status < 400) {
    const remedy =
      'Redirects are not followed, since that would tell another host what was meant for this one. Put the right URL into the rule.';
    return { kind: 'failed', reason: `${host} answered ${status}: it points to ${whereTo(answer, asked)}`, remedy };
  }
  if (ASKS_TO_WAIT.has(status) || status >= 500) {
    const date = Date.parse(answer.headers['date'] ?? '');
    const waitMs = readRetryAfter(answer.headers['retry-after'], Number.isNaN(date) ? nowMs : date);
    return {
      kind: 'transient',
      reason: said,
      target: `host:${host}`,
      overload: OVERLOAD.has(status),
      ...(waitMs === undefined ? {} : { waitMs: Math.min(waitMs, LONGEST_WAIT_MS) }),
    };
  }
  return { kind: 'failed', reason: said, remedy: 'Look at what the receiver says; then retry the job or discard it.' };
}

/** The host of a redirect; its path may repeat a token. */
function whereTo(answer: HttpAnswer, { url, host }: Asked): string {
  const { location } = answer.headers;
  const target = location === undefined ? null : URL.parse(location, url);
  if (target === null) return 'nowhere';
  return target.host === host ? `another path or protocol (${target.protocol}) of the same host` : target.host;
}

function words(body: string, secrets: readonly string[]): string {
  const text = masked(oneLine(body.replaceAll(/\s+/g, ' ').trim()), secrets);
  if (text === '') return '';
  return `: ${text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS)}…` : text}`;
}
