import { type NotifyEvents, readNotifyEvents } from '@qwarden/qumulo-client';
import type { ChangeLog } from '../queue/port.ts';

/**
 * The names under which the log has told that files came, of late: a catch-up must look back a little further than the gap, since clocks are
 * known to about a second only, and is not to tell again what was told.
 */
export async function toldOf(log: Pick<ChangeLog, 'history'>, since: number): Promise<ReadonlyMap<string, string>> {
  const told = new Map<string, string>();
  for await (const { raw, root } of log.history({ since })) {
    const events = readable(raw);
    for (let n = 0; n < events.length; n += 1) {
      const [type, id, path] = [events.type(n), events.id(n), events.path(n)];
      if (id === '' || path === null) continue;
      if (/^child_(?:file|dir)_(?:added|moved_to)$/.test(type)) told.set(id, absolute(root, path));
      else if (/^child_(?:file|dir)_(?:removed|moved_from)$/.test(type)) told.delete(id);
    }
  }
  return told;
}

/** What cannot be read, its reader tells of. */
export function readable(raw: string): NotifyEvents {
  try {
    return readNotifyEvents(raw);
  } catch {
    return readNotifyEvents('[]');
  }
}

function absolute(root: string, path: string): string {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  return root === '/' ? `/${bare}` : `${root}/${bare}`;
}
