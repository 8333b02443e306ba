import type { LedgerQuery, LedgerState } from './types.ts';

const DEFAULT_STATES: readonly LedgerState[] = ['pending', 'failed', 'locked', 'already-locked'];

/** Which states a query asks for. */
export function statesOf(query: LedgerQuery): ReadonlySet<LedgerState> {
  if (query.states !== undefined) return new Set(query.states);
  const only: LedgerState[] = [
    ...(query.pending === true ? (['pending'] as const) : []),
    ...(query.failed === true ? (['failed'] as const) : []),
  ];
  return new Set(only.length > 0 ? only : DEFAULT_STATES);
}

/** Asks for what only a retention lock has: what is pending or failed has none. */
export function asksForLock({ until, after, held }: LedgerQuery): boolean {
  return until !== undefined || after !== undefined || held === true;
}

/** As the cluster writes the end of a retention period, so that texts compare like times. */
export function wholeSeconds(time: string): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw new TypeError(`"${time}" is not a time: use 2031-12-31 or 2031-12-31T00:00:00Z`);
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function noCounts(): Record<LedgerState, number> {
  return { pending: 0, locked: 0, 'already-locked': 0, failed: 0, skipped: 0, forgotten: 0, existing: 0 };
}
