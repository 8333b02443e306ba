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
}

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
  const root = entry.root === '/' ? '' : entry.root;
  const found = entry.source === 'stream' ? undefined : { found: entry.source };
  const events = entry.parsed ?? readNotifyEvents(entry.raw);
  for (let n = 0; n < events.length; n += 1) {
    const code = events.typeCode(n);
    const type = changeTypes[code];
    const kind = KINDS[code];
    if (type === undefined || kind === undefined) {
      unknownTypes ??= new Set();
      unknownTypes.add(events.type(n));
      continue;
    }
    if (wanted !== undefined && wanted[code] !== true) continue;
    const path = events.path(n);
    const below = path === null || path === '' ? '' : `/${withoutSlashes(path)}`;
    changes.push({
      id: `${position}.${n}`,
      type,
      fileId: events.id(n),
      path: root + below || '/',
      movedFrom: null,
      kind,
      stream: events.streamName(n),
      at: receivedAt,
      lineage: 0,
      ...found,
      ...(NAMING[code] === true ? { place: placeOf(events, n, path, entry) } : undefined),
    });
  }
  const isFound = entry.source === 'catch-up' || entry.source === 'walk';
  return { changes: isFound ? joinFound(changes) : changes, unknownTypes: unknownTypes ?? NONE };
}

/** Does it give a name, or take one away? */
export function isNaming(type: ChangeType): boolean {
  return /^child_(?:file|dir)_(?:added|removed|moved_from|moved_to)$/.test(type);
}

function placeOf(events: NotifyEvents, n: number, path: string | null, { epoch, source }: LogEntry): Place {
  const isTop = path !== null && !withoutSlashes(path).includes('/');
  const parentId = events.parentId(n) || (isTop ? WATCHED : '');
  return { parentId, epoch, foundBy: source === 'catch-up' || source === 'walk' ? source : null };
}

/** What a type tells of its subject. */
export function kindOfType(type: ChangeType): Change['kind'] {
  if (type.startsWith('child_dir_')) return 'directory';
  if (/^child_(?:file|stream|data|size)_/.test(type)) return 'file';
  return type === 'self_removed' ? 'directory' : 'unknown';
}

function withoutSlashes(path: string): string {
  const from = path.startsWith('/') ? 1 : 0;
  return path.endsWith('/') ? path.slice(from, -1) : path.slice(from);
}
