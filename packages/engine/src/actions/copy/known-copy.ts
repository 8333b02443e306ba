import type { FileAttributes } from '@qwarden/qumulo-client';
import { joinPath } from '../../rules/selection.ts';
import { call } from '../files/call.ts';
import { lookAt } from '../files/look-at.ts';
import { numberedName } from '../files/names.ts';
import type { ActionContext } from '../port.ts';
import type { CopyPlan } from './plan.ts';

/**
 * The path of a copy of the file as it is now, made before: the same name (with a number, perhaps), size and time of modification, which copies take
 * over to the nanosecond. An earlier try was cut off after the last step, or the file has not changed since it was copied.
 */
export async function knownCopy(
  context: ActionContext,
  { found, directory }: Pick<CopyPlan, 'found' | 'directory'>,
): Promise<string | undefined> {
  for (let n = 1; ; n += 1) {
    const path = joinPath(directory, n === 1 ? found.name : numberedName(found.name, n));
    const there = await lookAt(context.cluster, path, call(context));
    if (there === undefined) return undefined;
    if (there.id !== found.id && isCopy(there, found.attributes)) return path;
  }
}

function isCopy(there: FileAttributes, file: FileAttributes): boolean {
  return (
    there.type === 'FS_FILE_TYPE_FILE' && there.size === file.size && there.modification_time === file.modification_time
  );
}
