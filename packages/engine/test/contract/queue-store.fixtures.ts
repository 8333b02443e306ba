import type { Change } from '../../src/events/change.ts';
import type {
  Arming,
  AttemptTrace,
  LogBounds,
  LogEntry,
  MatchTrace,
  NewBatch,
  QueueStore,
  ReaderCommit,
  RuleJob,
  Touch,
} from '../../src/queue/port.ts';
import type { FakeClock } from '../support/fake-clock.ts';

/** An open store whose time is the test's. */
export interface QueueHarness {
  readonly clock: FakeClock;
  readonly store: QueueStore;
  /** Ends the store as `kill -9` of its process does, and opens it anew. What was taken is free again when it resolves. */
  reopen(): Promise<QueueStore>;
  dispose(): Promise<void>;
}

export type OpenQueue = (bounds?: Partial<LogBounds>) => Promise<QueueHarness>;

let numbers = 0;
export const unique = () => {
  numbers += 1;
  return numbers;
};

export function event(fileId: string, path = `f${fileId}`): object {
  return { type: 'child_data_written', path, spine: ['2', fileId], stream_name: null };
}

export function batch(at: number, events: readonly object[], more: Partial<NewBatch> = {}): NewBatch {
  const raw = JSON.stringify(events);
  return { epoch: 1, receivedAt: at, events: events.length, root: '/watched', source: 'stream', raw, ...more };
}

export function change(fileId: string, path: string, at: number, id = `${unique()}.0`): Change {
  return {
    id,
    type: 'child_data_written',
    fileId,
    path,
    movedFrom: null,
    kind: 'file',
    stream: null,
    at,
    lineage: 0,
  };
}

export interface ArmOptions {
  readonly fileId?: string;
  readonly rule?: string;
  readonly path?: string;
  readonly mode?: Arming['mode'];
  readonly at?: number;
  readonly dueAt?: number;
  readonly settleMs?: number;
  /** The change came without a file id. */
  readonly nameless?: boolean;
  readonly key?: string;
  readonly match?: string;
  readonly ruleSet?: string;
  readonly causes?: readonly string[];
}

export type Armed = ReaderCommit['arm'][number];

export function arming(options: ArmOptions = {}): Armed {
  const { fileId = '7', rule = 'lock', mode = 'restart', at = 1000, ruleSet = 'set-1', causes = [] } = options;
  const path = options.path ?? `/watched/f${fileId}`;
  const match = options.match ?? `m${unique()}`;
  const key = options.key ?? `${rule}\0${fileId}`;
  const changed = change(options.nameless === true ? '' : fileId, path, at);
  return {
    arming: {
      mode,
      job: {
        key,
        rule,
        ruleSet,
        fileId,
        path,
        change: changed,
        match,
        armedAt: at,
        changedAt: at,
        settleMs: options.settleMs ?? 5,
        dueAt: options.dueAt ?? at + 5,
        causes,
      },
    },
    trace: { match, at, rule, ruleSet, change: changed, conditions: '[{"kind":"type"}]', job: key },
  };
}

export function touch(at: number, more: Partial<Touch> = {}): Touch {
  return { key: 'lock\x007', fileId: '7', changedAt: at, dueAt: at + 5, renames: [], ...more };
}

export function attempt(job: Pick<RuleJob, 'match' | 'step'>, more: Partial<AttemptTrace> = {}): AttemptTrace {
  return {
    match: job.match,
    at: 2000,
    step: job.step,
    action: 'lock',
    attempt: 1,
    outcome: 'done',
    note: 'it is',
    tookMs: 3,
    ...more,
  };
}

/** Commits at the position where the reader stands. */
export async function commit(store: QueueStore, what: Partial<ReaderCommit>, partition = 0): Promise<void> {
  const { position, state } = await store.reader(partition);
  await store.commit(partition, { position, state: state ?? '{}', arm: [], touch: [], traces: [], met: [], ...what });
}

/** Arms one job, which is then due at `dueAt`. */
export async function arm(store: QueueStore, options: ArmOptions = {}): Promise<Armed> {
  const armed = arming(options);
  await commit(store, { arm: [armed] });
  return armed;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export async function only<T>(items: AsyncIterable<T> | Promise<readonly T[]>): Promise<T> {
  const list = Symbol.asyncIterator in items ? await all(items) : await items;
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`one was expected, there are ${list.length}`);
  return first;
}

/** Everything that is not decided about, of all partitions. */
export async function unread(store: QueueStore): Promise<{ partition: number; entries: LogEntry[] }[]> {
  const found: { partition: number; entries: LogEntry[] }[] = [];
  for (let partition = 0; partition < store.log.partitions; partition += 1) {
    const { position } = await store.reader(partition);
    const entries = await store.log.read(partition, position, 100_000);
    if (entries.length > 0) found.push({ partition, entries });
  }
  return found;
}

/** Commits everything that was appended; returns how many entries. */
export async function readOn(store: QueueStore): Promise<number> {
  let count = 0;
  for (const { partition, entries } of await unread(store)) {
    count += entries.length;
    await commit(store, { position: entries.at(-1)?.position ?? '' }, partition);
  }
  return count;
}

export function verdictOf(store: QueueStore, match: string): Promise<string | undefined> {
  return all(store.traces.matches({})).then((traces) => traces.find((trace) => trace.match === match)?.verdict);
}

export function trace(options: ArmOptions & { verdict?: string } = {}): MatchTrace {
  return { ...arming(options).trace, verdict: options.verdict ?? 'own effect', job: null };
}
