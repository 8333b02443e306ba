import type { Clock } from '@qwarden/qumulo-client';
import type { QueueStore } from '../queue/port.ts';
import { iso } from '../time/iso.ts';
import type { MonitorEvent } from './events.ts';

/** So long the end waits for a store that is away, at least. */
const AWAY_MS = 5000;

export interface LeavingDeps {
  readonly clock: Clock;
  readonly store: Pick<QueueStore, 'isAway' | 'close'>;
  readonly report: (event: MonitorEvent) => void;
}

/** What waits for a store that is away would hold up the end for as long: it is given up. Looks until `over` aborts. */
export async function leaveWhenAway({ clock, store, report }: LeavingDeps, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await clock.sleep(AWAY_MS, over).catch(() => undefined);
    if (over.aborted || store.isAway !== true) continue;
    const message =
      'The queue is away at the end, and is not waited for. It has all that was in it: what was being done is looked at again by the next that works with it.';
    report({ kind: 'store', at: iso(clock.now()), state: 'left', message });
    await store.close();
    return;
  }
}
