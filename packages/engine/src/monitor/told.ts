import { parseNotifyBatch } from '@qwarden/qumulo-client';
import type { ChangeLog } from '../queue/port.ts';

/**
 * The names under which the log has told that files came, of late: a catch-up must look back a little further than the gap, since clocks are
 * known to about a second only, and is not to tell again what was told.
 */
export async function toldOf(log: Pick<ChangeLog, 'history'>, since: number): Promise<ReadonlyMap<string, string>> {
  const told = new Map<string, string>();
  for await (const { raw, root } of log.history({ since })) {
    for (const { type, path, spine } of parseNotifyBatch(raw)) {
      const id = spine.at(-1);
      if (id === undefined || path === null) continue;
      if (/^child_(?:file|dir)_(?:added|moved_to)$/.test(type)) told.set(id, absolute(root, path));
      else if (/^child_(?:file|dir)_(?:removed|moved_from)$/.test(type)) told.delete(id);
    }
  }
  return told;
}

function absolute(root: string, path: string): string {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  return root === '/' ? `/${bare}` : `${root}/${bare}`;
}
