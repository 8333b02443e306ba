import { type FileAttributes, QumuloApiError, type QumuloClient } from '@qwarden/qumulo-client';
import { joinPath } from '../../rules/selection.ts';
import { lookAt } from '../files/look-at.ts';
import { directoryOf, directoryProblem, nameOf, withoutSlash } from '../files/paths.ts';
import { QuarantineError } from './error.ts';
import { isInside } from './layout.ts';
import { entryOf, type QuarantineEntry } from './list.ts';
import { putAttributesBack, putTimesBack } from './put-back.ts';
import { removeRemains } from './remains.ts';

export interface RestoreOptions {
  /** Its new path; one that ends in a slash is a directory, where it gets its name. Default: where it came from. */
  readonly to?: string | undefined;
  /** Replaces a file that has its path now. Default: refuses. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Moves a file out of the quarantine, with owner, mode, ACL, flags and times as they were, and removes what was kept about it. May be run again when
 * it was cut off. Resolves to the path where the file is then.
 * @throws QuarantineError when something is in the way; then nothing was moved
 */
export async function restoreQuarantined(
  client: QumuloClient,
  entry: QuarantineEntry,
  options: RestoreOptions = {},
): Promise<string> {
  const { signal } = options;
  const { cell } = entry;
  const now = await entryOf(client, cell, signal);
  const { manifest } = now;
  if (manifest === undefined) throw cannot(cell.directory, now.problem ?? 'it has no manifest');
  const path = targetOf(options.to ?? manifest.path, manifest.path);
  if (isInside(cell.directory, path)) throw new QuarantineError(`${path} is in the quarantine: give another path.`);
  if (now.file === undefined) {
    // Moved by a run that was cut off before it had cleared up?
    const there = await lookAt(client, path, { signal });
    if (there?.id !== manifest.file_id) throw cannot(manifest.path, now.problem ?? 'it is not there');
    await putAttributesBack(client, there, manifest, signal);
  } else {
    const overwrite = options.overwrite === true;
    await ensurePlace(client, directoryOf(path), signal);
    await demandFree(client, path, overwrite, signal);
    // Before the move: nobody but us can reach it here, so nobody meets it half restored.
    await putAttributesBack(client, now.file, manifest, signal);
    await move(client, now.file, path, overwrite, signal);
  }
  await putTimesBack(client, manifest.file_id, manifest, signal);
  await removeRemains(client, cell, signal);
  return path;
}

function targetOf(to: string, original: string): string {
  const problem = directoryProblem(to);
  if (problem !== undefined) throw new QuarantineError(`It cannot be restored there: ${problem}.`);
  return to.endsWith('/') ? joinPath(to, nameOf(original)) : to;
}

async function demandFree(
  client: QumuloClient,
  path: string,
  overwrite: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const there = await lookAt(client, path, { signal });
  if (there === undefined) return;
  if (there.type === 'FS_FILE_TYPE_DIRECTORY') throw taken(path, 'Give another path.');
  if (!overwrite) throw taken(path, 'Give another path, or say that it may be overwritten.');
}

function taken(path: string, todo: string): QuarantineError {
  return new QuarantineError(`${path} is there already: something has that name since. ${todo}`);
}

async function ensurePlace(client: QumuloClient, directory: string, signal: AbortSignal | undefined): Promise<void> {
  const there = await lookAt(client, directory, { signal });
  if (there !== undefined) {
    if (there.type === 'FS_FILE_TYPE_DIRECTORY') return;
    throw new QuarantineError(`${directory} is no directory any more. Give another path.`);
  }
  await ensurePlace(client, directoryOf(directory), signal);
  await client.files.createDirectory(directoryOf(directory), nameOf(directory), { signal });
}

async function move(
  client: QumuloClient,
  file: FileAttributes,
  path: string,
  overwrite: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await client.files.rename(directoryOf(path), nameOf(path), withoutSlash(file.path), { signal, clobber: overwrite });
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 409) throw taken(path, 'Give another path.');
    throw error;
  }
}

function cannot(path: string, problem: string): QuarantineError {
  return new QuarantineError(`${path} cannot be restored: ${problem}.`);
}
