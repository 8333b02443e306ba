import type { Tally } from './tally.ts';
import type { Truth } from './truth.ts';

/** Everything that the monitor has to do has been done, as far as it says itself: the cluster is asked after that. */
export function isFinished(truth: Truth, tally: Tally): boolean {
  return (
    tally.waiting === 0 &&
    covers(tally.locked, truth.mustBeLocked()) &&
    covers(tally.quarantined, truth.executables.keys()) &&
    covers(tally.notified, truth.executables.keys()) &&
    covers(tally.renamed, truth.tables()) &&
    covers(tally.readOnly, truth.readOnly)
  );
}

function covers(done: ReadonlySet<string>, wanted: Iterable<string>): boolean {
  for (const id of wanted) if (!done.has(id)) return false;
  return true;
}
