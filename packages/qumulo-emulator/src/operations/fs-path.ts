import { notADirectory } from '../fs/errors.ts';
import type { Call } from '../http/operation.ts';

/** The directory of an export or share must be there, unless `create` makes all that is missing of it (FACTS 14). */
export function ensureDirectory(call: Call, path: string, create: boolean): void {
  const { fs } = call.cluster;
  let parent = '/';
  for (const name of create ? path.split('/').filter((part) => part !== '') : []) {
    const child = parent === '/' ? `/${name}` : `${parent}/${name}`;
    if (fs.idOf(child) === null) fs.createEntry(call.caller, parent, { name, action: 'CREATE_DIRECTORY' });
    parent = child;
  }
  if (fs.getAttributes(call.caller, path).value.type !== 'FS_FILE_TYPE_DIRECTORY') throw notADirectory(path);
}
