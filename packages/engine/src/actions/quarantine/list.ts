import { type FileAttributes, QumuloApiError, type QumuloClient } from '@qwarden/qumulo-client';
import { joinPath } from '../../rules/selection.ts';
import { lookAt } from '../files/look-at.ts';
import { nameOf, withoutSlash } from '../files/paths.ts';
import { QuarantineError } from './error.ts';
import { type Cell, cellAt, cellNameOf, isDay, isInside } from './layout.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** One file in quarantine, or what is left of one. */
export interface QuarantineEntry {
  readonly cell: Cell;
  readonly manifest: Manifest | undefined;
  /** The file as it is in the quarantine. */
  readonly file: FileAttributes | undefined;
  /** Why it cannot be restored; undefined when it can. */
  readonly problem: string | undefined;
}

/**
 * All that is in a quarantine, days in order, broken entries included.
 * @throws QuarantineError when there is no such directory
 */
export async function* listQuarantine(
  client: QumuloClient,
  directory: string,
  signal?: AbortSignal,
): AsyncGenerator<QuarantineEntry, void, undefined> {
  const top = withoutSlash(directory);
  const there = await lookAt(client, top, { signal });
  if (there?.type !== 'FS_FILE_TYPE_DIRECTORY') {
    throw new QuarantineError(`There is no quarantine at ${top}. Give the directory that a rule has in "to".`);
  }
  const days = (await namesIn(client, top, signal)).filter(isDay).sort();
  for (const day of days) {
    const path = joinPath(top, day);
    const cells = new Set<string>();
    for (const name of await namesIn(client, path, signal)) {
      const cell = cellNameOf(name);
      if (cell !== undefined) cells.add(cell);
    }
    for (const cell of [...cells].sort()) yield entryOf(client, cellAt(path, cell), signal);
  }
}

/** Reads one entry anew. */
export async function entryOf(client: QumuloClient, cell: Cell, signal?: AbortSignal): Promise<QuarantineEntry> {
  const { manifest, problem } = await manifestOf(client, cell, signal);
  if (manifest === undefined) return { cell, manifest, file: undefined, problem };
  const file = await fileOf(client, cell, manifest, signal);
  if (file !== undefined && isInside(cell.directory, file.path)) return { cell, manifest, file, problem: undefined };
  return {
    cell,
    manifest,
    file: undefined,
    problem:
      file === undefined
        ? 'the file is not there any more: it was deleted'
        : `the file is not in quarantine but at ${withoutSlash(file.path)}: it was not moved yet, or somebody took it out`,
  };
}

/** By its id; one with several names by the name that it has here, since the cluster names it by any of them (FACTS 3). */
async function fileOf(
  client: QumuloClient,
  { directory }: Cell,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<FileAttributes | undefined> {
  const file = await lookAt(client, manifest.file_id, { signal });
  if (file === undefined || isInside(directory, file.path) || file.num_links < 2) return file;
  const here = await lookAt(client, joinPath(directory, nameOf(manifest.path)), { signal });
  return here?.id === file.id ? here : file;
}

async function manifestOf(client: QumuloClient, { manifest: path }: Cell, signal: AbortSignal | undefined) {
  try {
    return {
      manifest: readManifest((await client.files.readData(path, { signal })).data.toString()),
      problem: undefined,
    };
  } catch (error) {
    if (error instanceof QumuloApiError && error.status !== 404) throw error;
    if (error instanceof QumuloApiError) return { manifest: undefined, problem: `its manifest ${path} is missing` };
    if (!(error instanceof Error) || 'code' in error) throw error;
    return { manifest: undefined, problem: `its manifest ${path} cannot be read: ${error.message}` };
  }
}

/** A day that was emptied meanwhile has none. */
async function namesIn(client: QumuloClient, directory: string, signal: AbortSignal | undefined): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of client.files.entries(directory, { signal })) names.push(name);
  } catch (error) {
    if (!(error instanceof QumuloApiError) || error.status !== 404) throw error;
  }
  return names;
}
