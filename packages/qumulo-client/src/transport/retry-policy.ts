/** How often and how fast a failed call is tried again. What may be tried again at all is decided by `classify`. */
export interface RetryPolicy {
  /** Tries in all, the first one included. 1 = never again. */
  attempts: number;
  /** The n-th wait is a random part of `baseDelayMs * 2^(n-1)` ("full jitter"). */
  baseDelayMs: number;
  /** No wait is longer, unless the cluster says so in `Retry-After`. */
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
