import { type NotifyEvents, readNotifyEvents } from '@qwarden/qumulo-client';
import type { LogEntry } from '../queue/port.ts';
import { type Change, type Place, WATCHED } from './change.ts';
import { joinFound } from './joiner.ts';
import { type ChangeType, changeTypes } from './kinds.ts';

const NAMING: readonly boolean[] = changeTypes.map(isNaming);

/** The changes of a batch, in their order. */
export interface BatchChanges {
  readonly changes: readonly Change[];
  /** Types that this release does not know: told, since no rule can be for them. */
  readonly unknownTypes: ReadonlySet<string>;
  /** What they were made from: the event of the change with the id `POSITION.N` is the N-th. */
  readonly events: NotifyEvents;
}

const SLASH = 0x2f;
const NONE: ReadonlySet<string> = new Set();

/** What each type tells of its subject, in the order of `changeTypes`. */
const KINDS: readonly Change['kind'][] = changeTypes.map(kindOfType);

/**
 * The changes that a batch of the log tells of. `fileId` is empty when the cluster gave no id (UNKNOWN whether it does for non-recursive
 * watches, FACTS 6.2).
 * @param wanted by the index of their type in `changeTypes`, those that are of use to anybody; all when left out
 * @throws Error when the text is no batch.
 */
export function changesOf(entry: LogEntry, wanted?: readonly boolean[]): BatchChanges {
  const { position, receivedAt } = entry;
  const changes: Change[] = [];
  let unknownTypes: Set<string> | undefined;
  const found = entry.source === 'stream' ? undefined : { found: entry.source };
  const below = entry.root === '/' ? '/' : `${entry.root}/`;
  const events = entry.parsed ?? readNotifyEvents(entry.raw);
  // The last change: those that are about the same share its texts, which need not be made, nor looked through, once more.
  let last: Change | undefined;
  for (let n = 0; n < events.length; n += 1) {
    if (!events.isRepeated(n)) last = undefined;
    const code = events.typeCode(n);
    const type = changeTypes[code];
    const kind = KINDS[code];
    if (type === undefined || kind === undefined) {
      unknownTypes ??= new Set();
      unknownTypes.add(events.type(n));
      continue;
    }
    if (wanted !== undefined && wanted[code] !== true) continue;
    const path = last === undefined ? events.path(n) : null;
    last = {
      id: `${position}.${n}`,
      type,
      fileId: last?.fileId ?? events.id(n),
      path: last?.path ?? (path === null || path === '' ? entry.root : below + withoutSlashes(path)),
      movedFrom: null,
      kind,
      stream: last === undefined ? events.streamName(n) : last.stream,
      at: receivedAt,
      lineage: 0,
      ...found,
      ...(NAMING[code] === true ? { place: placeOf(events, n, entry) } : undefined),
    };
    changes.push(last);
  }
  const isFound = entry.source === 'catch-up' || entry.source === 'walk';
  return { changes: isFound ? joinFound(changes) : changes, unknownTypes: unknownTypes ?? NONE, events };
}

/** Does it give a name, or take one away? */
export function isNaming(type: ChangeType): boolean {
  return /^child_(?:file|dir)_(?:added|removed|moved_from|moved_to)$/.test(type);
}

function placeOf(events: NotifyEvents, n: number, { epoch, source }: LogEntry): Place {
  const parentId = events.parentId(n) || (isAtTop(events.path(n)) ? WATCHED : '');
  return { parentId, epoch, foundBy: source === 'catch-up' || source === 'walk' ? source : null };
}

function isAtTop(path: string | null): boolean {
  return path !== null && !withoutSlashes(path).includes('/');
}

/** What a type tells of its subject. */
export function kindOfType(type: ChangeType): Change['kind'] {
  if (type.startsWith('child_dir_')) return 'directory';
  if (/^child_(?:file|stream|data|size)_/.test(type)) return 'file';
  return type === 'self_removed' ? 'directory' : 'unknown';
}

function withoutSlashes(path: string): string {
  const from = path.charCodeAt(0) === SLASH ? 1 : 0;
  if (path.charCodeAt(path.length - 1) === SLASH) return path.slice(from, -1);
  return from === 0 ? path : path.slice(from);
}
