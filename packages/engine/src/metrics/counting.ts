import type { LockRecord } from '../ledger/lock-record.ts';
import type { MonitorEvent, MonitorEventKind } from '../monitor/events.ts';
import { actionLabel } from './action-label.ts';
import type { MadeMetrics } from './make.ts';

type EventOf = { [K in MonitorEventKind]: Extract<MonitorEvent, { kind: K }> };
type Counting = { readonly [K in MonitorEventKind]?: (event: EventOf[K]) => void };

/** What is counted when something is told. What the engine counts itself is read from it instead. */
export function countingOf(made: MadeMetrics): (event: MonitorEvent) => void {
  const step = (event: { readonly action: string }, outcome: string) =>
    made.steps.inc({ action: actionLabel(event.action), outcome });
  const lock = (record: LockRecord | undefined) => {
    if (record !== undefined) made.locks.inc({ result: record.state });
  };
  const counting: Counting = {
    'stream-ended': ({ reason }) => made.streamEnds.inc({ reason }),
    'catch-up-finished': ({ reason, found, tookMs }) => {
      made.catchUps.inc({ reason, result: 'done' });
      made.catchUpDuration.observe(tookMs / 1000);
      made.catchUpChanges.inc(found);
    },
    'catch-up-failed': ({ reason }) => made.catchUps.inc({ reason, result: 'failed' }),
    refused: ({ what }) => made.refusals.inc({ what }),
    'rules-loaded': ({ at }) => {
      made.ruleFileOk.set(1);
      made.ruleLoadedAt.set(Date.parse(at) / 1000);
    },
    'rules-broken': () => {
      made.ruleFileOk.set(0);
      made.ruleLoadFailures.inc();
    },
    done: (event) => {
      step(event, 'done');
      lock(event.lock);
      made.effectLatency.observe({ action: actionLabel(event.action) }, event.sinceChangeMs / 1000);
    },
    skipped: (event) => {
      step(event, 'skipped');
      lock(event.lock);
    },
    gone: (event) => {
      step(event, 'gone');
      lock(event.lock);
    },
    would: (event) => {
      step(event, 'would');
      if (event.lock?.state === 'locked') made.locks.inc({ result: 'would' });
      else lock(event.lock);
    },
    'not-yet': (event) => step(event, 'not-yet'),
    retrying: (event) => {
      step(event, 'retrying');
      made.retries.inc();
    },
    failed: (event) => {
      step(event, 'failed');
      if (event.action === 'lock') made.locks.inc({ result: 'failed' });
    },
    parked: () => made.guardTrips.inc(),
    throttled: ({ target }) => made.breakerTrips.inc({ target: target === 'cluster' ? 'cluster' : 'other' }),
    store: ({ state }) => {
      if (state === 'away') made.storeOutages.inc();
    },
  };
  return (event) => tell(counting, event.kind, event);
}

/** `kind` and `event` belong together; apart, the compiler can follow that. */
function tell<K extends MonitorEventKind>(counting: Counting, kind: K, event: EventOf[K]): void {
  counting[kind]?.(event);
}
