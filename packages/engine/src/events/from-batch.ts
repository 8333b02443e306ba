import { type NotifyEvent, parseNotifyBatch } from '@qwarden/qumulo-client';
import type { LogEntry } from '../queue/port.ts';
import { type Change, type Place, WATCHED } from './change.ts';
import { joinFound } from './joiner.ts';
import { type ChangeType, changeTypes } from './kinds.ts';

/** What gives a name, or takes one away. */
const NAMING: ReadonlySet<string> = new Set(
  ['file', 'dir'].flatMap((kind) =>
    ['added', 'removed', 'moved_from', 'moved_to'].map((what) => `child_${kind}_${what}`),
  ),
);

const known: ReadonlySet<string> = new Set(changeTypes);

/** The changes of a batch, in their order. */
export interface BatchChanges {
  readonly changes: readonly Change[];
  /** Types that this release does not know: told, since no rule can be for them. */
  readonly unknownTypes: ReadonlySet<string>;
}

/**
 * The changes that a batch of the log tells of. `fileId` is empty when the cluster gave no id (UNKNOWN whether it does for non-recursive
 * watches, FACTS 6.2).
 * @throws Error when the text is no batch.
 */
export function changesOf(entry: LogEntry): BatchChanges {
  const changes: Change[] = [];
  const unknownTypes = new Set<string>();
  const root = entry.root === '/' ? '' : entry.root;
  const events = entry.parsed ?? parseNotifyBatch(entry.raw);
  for (const [n, event] of events.entries()) {
    if (!isKnown(event.type)) {
      unknownTypes.add(event.type);
      continue;
    }
    const below = event.path === null || event.path === '' ? '' : `/${withoutSlashes(event.path)}`;
    changes.push({
      id: `${entry.position}.${n}`,
      type: event.type,
      fileId: event.spine.at(-1) ?? '',
      path: root + below || '/',
      movedFrom: null,
      kind: kindOfType(event.type),
      stream: event.stream_name,
      at: entry.receivedAt,
      lineage: 0,
      ...(NAMING.has(event.type) ? { place: placeOf(event, entry) } : undefined),
    });
  }
  const isFound = entry.source === 'catch-up' || entry.source === 'walk';
  return { changes: isFound ? joinFound(changes) : changes, unknownTypes };
}

function placeOf({ spine, path }: NotifyEvent, { epoch, source }: LogEntry): Place {
  const isTop = path !== null && !withoutSlashes(path).includes('/');
  const parentId = spine.at(-2) ?? (isTop ? WATCHED : '');
  return { parentId, epoch, foundBy: source === 'catch-up' || source === 'walk' ? source : null };
}

function isKnown(type: string): type is ChangeType {
  return known.has(type);
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
