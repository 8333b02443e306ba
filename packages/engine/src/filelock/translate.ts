import type { LockRecord } from '../ledger/lock-record.ts';
import { arrivalOf } from '../events/arrival.ts';
import type { MonitorEvent, MonitorEventKind } from '../monitor/events.ts';
import { LOOK_ACTION } from '../monitor/look-inside.ts';
import { iso } from '../time/iso.ts';
import type { FilelockEvent } from './events.ts';

/** What the numbers and times in `filelock`'s words are worked out from. */
export interface TranslateContext {
  readonly intervalMs: number;
  readonly now: () => number;
}

type EventOf = { [K in MonitorEventKind]: Extract<MonitorEvent, { kind: K }> };
type Translations = {
  [K in MonitorEventKind]: (event: EventOf[K], context: TranslateContext) => readonly FilelockEvent[];
};

/** The same in both. */
const as = (event: FilelockEvent & MonitorEvent): readonly FilelockEvent[] => [event];
const nothing = (): readonly FilelockEvent[] => [];

/** What the engine tells, in the words of one rule that sets retention locks. One event can be two, or none. */
export function translate(event: MonitorEvent, context: TranslateContext): readonly FilelockEvent[] {
  return wordsFor(event.kind, event, context);
}

/** `kind` and `event` belong together; apart, the compiler can follow that. */
function wordsFor<K extends MonitorEventKind>(
  kind: K,
  event: EventOf[K],
  context: TranslateContext,
): readonly FilelockEvent[] {
  return translations[kind](event, context);
}

const translations: Translations = {
  listening: as,
  working: nothing,
  'stream-ended': as,
  'stream-retry': as,
  refused: as,
  'watch-paused': as,
  'watch-resumed': as,
  'catch-up-started': ({ kind, at, reason }) => [{ kind, at, reason }],
  'catch-up-finished': ({ kind, at, reason, looked, found, tookMs }) => [
    { kind, at, reason, files: looked, found, tookMs },
  ],
  'catch-up-failed': as,
  'no-inventory': as,
  store: nothing,
  'watch-removed': as,
  'watch-renamed': as,
  unreadable: as,
  'rules-loaded': nothing,
  'rules-broken': nothing,
  'own-effect': nothing,
  matched: ({ at, fileId, path, change, dueAt }) => [{ kind: 'seen', at, fileId, path, how: arrivalOf(change), dueAt }],
  settling: ({ at, fileId, path, dueAt }) => [{ kind: 'settling', at, fileId, path, dueAt }],
  done: (event) => (event.lock === undefined ? [] : locked(event, event.lock)),
  skipped: (event) => [leftAlone(event, event.lock)],
  gone: ({ at, fileId, path, lock }) => [
    { kind: 'forgotten', at, fileId, path, reason: lock?.note === 'moved-out' ? 'moved-out' : 'gone' },
  ],
  would: (event) => {
    if (event.action === LOOK_ACTION) return [];
    return [
      event.lock?.state === 'locked'
        ? { kind: 'would-lock', ...about(event), ...setOn(event.lock), how: event.lock.how }
        : leftAlone(event, event.lock),
    ];
  },
  'not-yet': ({ at, fileId, path, reason, delayMs, until, again }, { now }) => {
    const dueAt = iso(now() + delayMs);
    if (until === 'closed' && again) return [];
    return [
      until === 'closed'
        ? { kind: 'still-open', at, fileId, path, reason, dueAt }
        : { kind: 'settling', at, fileId, path, dueAt },
    ];
  },
  retrying: ({ at, fileId, path, attempt, reason, delayMs }) =>
    attempt > 1 ? [] : [{ kind: 'retrying', at, fileId, path, attempt, reason, delayMs }],
  failed: ({ at, fileId, path, attempt, reason, remedy, answer }) => [
    {
      kind: 'failed',
      at,
      fileId,
      path,
      attempt,
      reason,
      remedy,
      status: answer?.status ?? null,
      errorClass: answer?.errorClass ?? null,
    },
  ],
  parked: ({ at, fileId, path, reason, remedy }) => [
    { kind: 'failed', at, fileId, path, attempt: 1, reason, remedy, status: null, errorClass: null },
  ],
  throttled: ({ kind, at, delayMs, reason }) => [{ kind, at, delayMs, reason }],
  recovered: ({ kind, at, message }) => [{ kind, at, scope: 'cluster', fileId: null, path: null, message }],
  skew: as,
  fatal: as,
  draining: ({ kind, at, inFlight, waiting }) => [{ kind, at, inFlight, pending: waiting }],
};

interface Step {
  readonly at: string;
  readonly fileId: string;
  readonly path: string;
}

function about({ at, fileId, path }: Step): Step {
  return { at, fileId, path };
}

function setOn({ retentionPeriod, legalHold }: LockRecord): { retentionPeriod: string | null; legalHold: boolean } {
  return { retentionPeriod, legalHold };
}

function locked(event: EventOf['done'], record: LockRecord): FilelockEvent[] {
  const { attempt, latencyMs } = event;
  const file = { ...about(event), path: record.path };
  const told: FilelockEvent[] = [
    { kind: 'locked', ...file, ...setOn(record), latencyMs, attempt, how: record.how, note: record.note },
  ];
  if (attempt > 1)
    told.push({ kind: 'recovered', ...file, scope: 'file', message: `after ${attempt - 1} failed tries` });
  return told;
}

function leftAlone(event: Step & { readonly note: string }, record: LockRecord | undefined): FilelockEvent {
  const file = { ...about(event), path: record?.path ?? event.path };
  if (record?.state !== 'already-locked') return { kind: 'skipped', ...file, reason: record?.note ?? event.note };
  // It has a note only when its retention period ends earlier than the policy asks.
  return { kind: 'already-locked', ...file, ...setOn(record), shorter: record.note !== null, note: record.note };
}
