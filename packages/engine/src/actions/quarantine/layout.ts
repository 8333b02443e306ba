import { createHash } from 'node:crypto';
import { joinPath, relativeTo } from '../../rules/selection.ts';
import { directoryOf, nameOf } from '../files/paths.ts';
import type { ActionInput } from '../port.ts';

/** Mode of the directories of a quarantine: nobody but the user of qwarden looks in. */
export const OWNER_ONLY = '0700';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const CELL = /^\d{1,20}-[0-9a-f]{8}$/;

/**
 * Where a file is kept: `<quarantine>/<day>/<file id>-<hash>/<its name>`, with its manifest beside the directory (`….json`), so that no name of a
 * file can clash with it. The hash is that of the job's match: the same in every try, another one when the file comes a second time.
 */
export interface Cell {
  readonly day: string;
  readonly directory: string;
  readonly manifest: string;
}

export function cellFor(to: string, input: ActionInput<unknown>): Cell {
  const day = joinPath(to, new Date(input.change.at).toISOString().slice(0, 10));
  const { key, match } = input.job;
  const hash = createHash('sha256').update(`${key}\0${match}`).digest('hex').slice(0, 8);
  return cellAt(day, `${input.subject.fileId}-${hash}`);
}

/** The cell that a file is in, when it is in one of its own. */
export function cellOf(to: string, file: { readonly id: string; readonly directory: string }): Cell | undefined {
  const name = nameOf(file.directory);
  const day = directoryOf(file.directory);
  const isOwn = CELL.test(name) && name.startsWith(`${file.id}-`) && isDay(nameOf(day)) && directoryOf(day) === to;
  return isOwn ? cellAt(day, name) : undefined;
}

export function cellAt(day: string, name: string): Cell {
  const directory = joinPath(day, name);
  return { day, directory, manifest: `${directory}.json` };
}

export function isDay(name: string): boolean {
  return DAY.test(name);
}

/** The name of the cell that an entry of a day belongs to, be it the directory or the manifest; undefined for what is not ours. */
export function cellNameOf(entry: string): string | undefined {
  const name = entry.endsWith('.json') ? entry.slice(0, -'.json'.length) : entry;
  return CELL.test(name) ? name : undefined;
}

export function isInside(directory: string, path: string): boolean {
  return path === directory || relativeTo(directory, path) !== undefined;
}
