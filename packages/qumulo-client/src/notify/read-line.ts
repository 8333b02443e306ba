import type { NotifyEvent } from './types.ts';

/** What one line of the stream says. */
export type NotifyLine =
  | { kind: 'nothing' }
  | { kind: 'watching' }
  | { kind: 'events'; events: NotifyEvent[]; raw: string }
  /** The cluster's error envelope in place of events. */
  | { kind: 'refused'; raw: string };

const nothing: NotifyLine = { kind: 'nothing' };

/**
 * Reads one line (FACTS 6.2): a comment, of which `: watching…` says that the watch stands; `data: <JSON>` with a list
 * of events or, as qq accepts it too, one bare event; or nothing. `event:`, `id:` and `retry:` are not sent by clusters
 * and mean nothing here.
 * @throws Error that says what is wrong with the line.
 */
export function readNotifyLine(line: string): NotifyLine {
  if (line === '') return nothing;
  if (line.startsWith('data:')) return readData(line.slice(line.charCodeAt(5) === 0x20 ? 6 : 5));
  if (line.startsWith(':')) return line.slice(1).trimStart().startsWith('watching') ? { kind: 'watching' } : nothing;
  if (/^(?:event|id|retry)(?::|$)/.test(line)) return nothing;
  throw new Error('it is neither a comment nor data');
}

/**
 * The events of a batch's JSON text (`NotifyBatch.raw`), as when it came.
 * @throws Error that says what is wrong with it.
 */
export function parseNotifyBatch(raw: string): NotifyEvent[] {
  const line = readData(raw);
  if (line.kind !== 'events') throw new Error('it is no list of events');
  return line.events;
}

function readData(raw: string): NotifyLine {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (error) {
    throw new Error('its data is not JSON', { cause: error });
  }
  if (Array.isArray(value)) return { kind: 'events', events: value.map(readEvent), raw };
  if (isErrorEnvelope(value)) return { kind: 'refused', raw };
  return { kind: 'events', events: [readEvent(value)], raw };
}

/** The event as it came when it is complete, which it is from a cluster; else with what is missing as null or empty. */
function readEvent(value: unknown): NotifyEvent {
  if (isComplete(value)) return value;
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    throw new Error('an event in it has no type');
  }
  const path = 'path' in value ? value.path : null;
  const spine = 'spine' in value ? value.spine : null;
  const stream = 'stream_name' in value ? value.stream_name : null;
  if (!isTextOrNull(path)) throw new Error('the path of an event in it is not text');
  if (!isTextOrNull(stream)) throw new Error('the stream_name of an event in it is not text');
  if (spine !== null && spine !== undefined && !isIds(spine)) {
    throw new Error('the spine of an event in it is not a list of ids');
  }
  return { ...value, type: value.type, path: path ?? null, spine: spine ?? [], stream_name: stream ?? null };
}

function isComplete(value: unknown): value is NotifyEvent {
  if (typeof value !== 'object' || value === null) return false;
  if (!('type' in value && 'path' in value && 'spine' in value && 'stream_name' in value)) return false;
  const { type, path, spine, stream_name } = value;
  return (
    typeof type === 'string' &&
    (typeof path === 'string' || path === null) &&
    (typeof stream_name === 'string' || stream_name === null) &&
    isIds(spine)
  );
}

function isTextOrNull(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || value === null || value === undefined;
}

function isIds(value: unknown): value is string[] {
  if (!Array.isArray(value)) return false;
  for (const id of value) if (typeof id !== 'string') return false;
  return true;
}

function isErrorEnvelope(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'error_class' in value && !('type' in value);
}
