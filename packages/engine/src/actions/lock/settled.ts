import type { FileAttributes } from '@qwarden/qumulo-client';
import type { Arrival } from '../../events/arrival.ts';

/** The cluster's clock is known to about this much at first (whole seconds in `Date`), and soon to much less. */
const TOLERANCE_MS = 1000;
/** Files that were found, not heard of: any change of theirs counts, since no event has told us of it. */
const FOUND: ReadonlySet<Arrival> = new Set<Arrival>(['catch-up', 'in-new-directory', 'existing', 'retry']);

/**
 * Ms until the file has been quiet for `intervalMs`, by its own times; undefined when it has. A time ahead of the cluster's clock was set by
 * somebody and proves no change.
 */
export function stillSettling(
  file: FileAttributes,
  intervalMs: number,
  how: Arrival,
  clusterNowMs: number,
): number | undefined {
  if (intervalMs <= 0) return undefined;
  // Of a short time a whole second would leave nothing: a file that is looked at once too often is only late.
  const tolerance = Math.min(TOLERANCE_MS, intervalMs / 2);
  const times = FOUND.has(how) ? [file.modification_time, file.change_time] : [file.modification_time];
  const last = Math.max(...times.map(Date.parse).filter((time) => time <= clusterNowMs + TOLERANCE_MS), 0);
  const remaining = last + intervalMs - clusterNowMs;
  return remaining > tolerance ? Math.min(intervalMs, remaining) : undefined;
}
