import type { FileAttributes } from '@qwarden/qumulo-client';
import { call } from '../files/call.ts';
import { lookAt } from '../files/look-at.ts';
import type { ActionContext } from '../port.ts';
import type { Place } from './asked.ts';

/**
 * Where a file is, found by its id. The cluster names a file with several names by one of them (FACTS 3): the rule may be for another.
 * @param known the path that the job knows
 */
export async function placeOf(known: string, file: FileAttributes, context: ActionContext): Promise<Place> {
  const standing = await context.standing(file.path);
  if (standing === 'covered') return { kind: 'inside', path: file.path };
  const place: Place = standing === 'outside' ? { kind: 'outside' } : { kind: 'excluded', path: file.path };
  if (file.num_links < 2 || (await context.standing(known)) !== 'covered') return place;
  const there = await lookAt(context.cluster, known, call(context));
  return there?.id === file.id ? { kind: 'inside', path: known } : place;
}
