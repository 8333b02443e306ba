export interface BackoffPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  /** Never less than this, however the dice fall: nothing may spin. */
  readonly floorMs: number;
}

/** Exponential backoff with full jitter; `attempt` counts from 1. */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: () => number): number {
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(policy.floorMs, Math.round(random() * ceiling));
}
