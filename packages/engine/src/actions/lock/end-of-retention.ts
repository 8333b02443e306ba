import { type Retention, retentionEnd } from '../../retention/index.ts';

const slots: { retention: Retention | undefined; atMs: number; end: string }[] = [
  { retention: undefined, atMs: Number.NaN, end: '' },
  { retention: undefined, atMs: Number.NaN, end: '' },
];
let turn = 0;

/**
 * `retentionEnd`, remembered: several files a millisecond get the same, and every read-back of a second is compared with the same. Two slots, because
 * the two questions take turns.
 */
export function endOfRetention(retention: Retention, clusterNowMs: number): string {
  for (const slot of slots) if (slot.retention === retention && slot.atMs === clusterNowMs) return slot.end;
  const end = retentionEnd(retention, clusterNowMs);
  slots[turn] = { retention, atMs: clusterNowMs, end };
  turn = 1 - turn;
  return end;
}
