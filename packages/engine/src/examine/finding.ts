/**
 * - `ok` as it should be; `warning` it works, and somebody should look at it; `failed` it does not work, or will not
 * - `unknown` it could not be checked; `skipped` there was nothing to check
 */
export type Verdict = 'ok' | 'warning' | 'failed' | 'unknown' | 'skipped';

/** What one check of `qwarden doctor` found. For people; nothing in it is a secret. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly message: string;
  /** What to do, with the command where there is one. A line each. */
  readonly remedy?: string | undefined;
}

/** Makes the findings of one check. */
export function findingsOf(check: string) {
  const make =
    (verdict: Verdict) =>
    (message: string, remedy?: string): Finding => ({ check, verdict, message, remedy });
  return {
    ok: make('ok'),
    warning: make('warning'),
    failed: make('failed'),
    unknown: make('unknown'),
    skipped: make('skipped'),
  };
}
