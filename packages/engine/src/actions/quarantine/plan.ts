import { joinPath } from '../../rules/selection.ts';
import { nameOf } from '../files/paths.ts';
import { type Found, findSubject, refuseHeld } from '../files/found.ts';
import { failed, Stop } from '../files/stop.ts';
import type { ActionContext, ActionInput } from '../port.ts';
import { type Cell, cellFor, cellOf, isInside } from './layout.ts';
import type { QuarantineParams } from './schema.ts';

export interface QuarantinePlan {
  readonly found: Found;
  readonly cell: Cell;
  /** Where it is to be. */
  readonly path: string;
  /** An earlier try has moved it there, or another job. */
  readonly moved: boolean;
}

/** @throws Stop */
export async function planQuarantine(
  input: ActionInput<QuarantineParams>,
  context: ActionContext,
): Promise<QuarantinePlan> {
  const { to } = input.params;
  const cell = cellFor(to, input);
  const found = await findSubject(input, context, [joinPath(cell.directory, nameOf(input.subject.path))]);
  const present = cellOf(to, found);
  if (present !== undefined) return { found, cell: present, path: found.path, moved: true };
  if (isInside(to, found.path)) {
    // A manifest, or a part of a directory that was taken.
    throw new Stop({ kind: 'skipped', note: `it is in the quarantine already (${found.path})`, path: found.path });
  }
  if (isInside(found.path, to)) {
    throw failed(
      `${found.path} holds the quarantine ${to}, so it cannot go into it.`,
      'Leave directories out of the rule (where: { type: file }), or give it another quarantine.',
    );
  }
  refuseHeld(found, 'moved to the quarantine');
  return { found, cell, path: joinPath(cell.directory, found.name), moved: false };
}
