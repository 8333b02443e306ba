import { QumuloApiError } from '../errors/api-error.ts';
import { QumuloConnectionError } from '../errors/connection-error.ts';

/** How often and how fast a failed call is tried again. What may be tried again at all is decided by `mayRetry`. */
export interface RetryPolicy {
  /** Tries in all, the first one included. 1 = never again. */
  attempts: number;
  /** The n-th wait is a random part of `baseDelayMs * 2^(n-1)` ("full jitter"). */
  baseDelayMs: number;
  /** No wait is longer, unless the cluster asks for more in `Retry-After`. */
  maxDelayMs: number;
  /** A `Retry-After` beyond this is not waited for: the error goes to the caller, with `retryAfterMs`. */
  maxRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 100,
  maxDelayMs: 5_000,
  maxRetryAfterMs: 30_000,
};

/** Statuses that say "not now": too many requests, or a proxy or node that is on its way up or down. */
export const transientStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Whether the same call may be sent again by itself.
 *
 * A POST whose bytes went out never is: the cluster may have created the entry, snapshot or token although no answer
 * came. Everything else the API offers can be repeated: GET reads, PUT and PATCH set values, DELETE removes what is
 * named (the second one may then meet a 404, and one with `ifMatch` a 412, of the first one's making).
 *
 * Of connection failures only a cut connection is tried again here: nodes close idle connections, and the next one is
 * fine. Nobody listening, an unknown host or no answer in time would only make the caller wait for the same error.
 */
export function mayRetry(error: unknown, method: string, sent: boolean): boolean {
  if (method === 'POST' && sent) return false;
  if (error instanceof QumuloApiError) return transientStatuses.has(error.status);
  return error instanceof QumuloConnectionError && error.kind === 'reset';
}

/**
 * How long to wait before try number `attempt + 1`, ms; undefined when the cluster asks for more patience than the policy
 * has. What the cluster asks for is a lower bound: jitter comes on top, else all waiters return at the same moment.
 */
export function retryDelay(
  policy: RetryPolicy,
  attempt: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number | undefined {
  if (retryAfterMs !== undefined && retryAfterMs > policy.maxRetryAfterMs) return undefined;
  const jitter = random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return (retryAfterMs ?? 0) + jitter;
}
