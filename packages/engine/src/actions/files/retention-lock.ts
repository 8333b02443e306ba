import type { FileLock } from '@qwarden/qumulo-client';
import type { ActionOutcome } from '../port.ts';

/** What holds a file, in words; undefined when nothing does at that moment of the cluster's clock. */
export function heldBy(lock: FileLock | null | undefined, clusterNowMs: number): string | undefined {
  if (lock === undefined || lock === null) return undefined;
  const { retention_period: until, legal_hold: hold } = lock;
  const retained = until !== null && Date.parse(until) > clusterNowMs ? `a retention period until ${until}` : undefined;
  const parts = [retained, hold ? 'a legal hold' : undefined].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' and ');
}

export function heldOutcome(held: string, what: string): ActionOutcome {
  return {
    kind: 'failed',
    reason: `The file has a retention lock (${held}), so it cannot be ${what}.`,
    remedy:
      'Wait until the retention period ends and lift the legal hold, then retry the job (qwarden dead retry); or leave such files out of the rule (where: { locked: false }).',
  };
}
