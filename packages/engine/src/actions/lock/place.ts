import type { FileAttributes } from '@qwarden/qumulo-client';
import { call } from '../files/call.ts';
import { lookAt } from '../files/look-at.ts';
import type { ActionContext } from '../port.ts';
import type { Place } from './asked.ts';

/** So long after its last change a name of a file may still be on its way to us: its directory was renamed. */
const SETTLED_MS = 60_000;
const AGAIN_MS = 2000;
/** Until a gap is closed, which nobody knows when. */
const UNTOLD_MS = 30_000;

/**
 * Where a file is, found by its id. The cluster names a file with several names by one of them (FACTS 3): the rule may be for another.
 * What was moved away in a gap is looked at again.
 * @param job the path that the job knows, and when the file changed, local clock
 */
export async function placeOf(
  job: { readonly fileId: string; readonly path: string; readonly changedAt: number },
  file: FileAttributes,
  context: ActionContext,
): Promise<Place> {
  const standing = await context.standing(file.path, file);
  if (standing === 'covered') return { kind: 'inside', path: file.path };
  const place: Place = standing === 'outside' ? { kind: 'outside' } : { kind: 'excluded', path: file.path };
  if (file.num_links < 2) {
    // Nobody has told that it has gone there: until a walk does, nobody would tell either that it has come back.
    const known = await Promise.all(context.namesOf(job.fileId).map((path) => context.standing(path, file)));
    return known.includes('covered') ? { kind: 'unknown', delayMs: UNTOLD_MS } : place;
  }
  for (const path of new Set([job.path, ...context.namesOf(job.fileId)])) {
    if ((await context.standing(path, file)) !== 'covered') continue;
    const there = await lookAt(context.cluster, path, call(context));
    if (there?.id === file.id) return { kind: 'inside', path };
  }
  return context.clock.now() - job.changedAt < SETTLED_MS ? { kind: 'unknown', delayMs: AGAIN_MS } : place;
}
