import { joinPath } from '../../rules/selection.ts';
import { ensureDirectory, restrict } from '../files/directories.ts';
import { moveTo } from '../files/move-to.ts';
import { failed } from '../files/stop.ts';
import type { ActionContext, ActionInput, ActionOutcome } from '../port.ts';
import { OWNER_ONLY } from './layout.ts';
import { lockDown } from './lock-down.ts';
import { planQuarantine, type QuarantinePlan } from './plan.ts';
import type { QuarantineParams } from './schema.ts';
import { writeManifest } from './write-manifest.ts';

/**
 * Directories, manifest, move, lock-down: in this order, so that wherever it is cut off, the file is whole, the manifest tells how it was before, and
 * the next run goes on from there.
 */
export async function runQuarantine(
  input: ActionInput<QuarantineParams>,
  context: ActionContext,
): Promise<ActionOutcome> {
  const plan = await planQuarantine(input, context);
  const { found, cell, path } = plan;
  if (!plan.moved) {
    await prepare(input.params.to, context, plan);
    await writeManifest(input, context, plan);
    if (!(await moveTo(context, found, { directory: cell.directory, name: found.name }))) {
      throw failed(
        `${path} is there already, and it is another file.`,
        'Look at what is there and move it away, then retry the job (qwarden dead retry).',
      );
    }
  }
  if (input.params.lock_down) await lockDown(context, found, path);
  return {
    kind: 'done',
    note: plan.moved
      ? `is in quarantine: ${path}`
      : `moved from ${found.path} to quarantine: ${path}${otherNames(plan)}`,
    path,
    output: { path, manifest: cell.manifest },
  };
}

/** All below the quarantine is ours: its mode is set even when a try before was cut off in between. The quarantine itself is only made so. */
async function prepare(to: string, context: ActionContext, { cell }: QuarantinePlan): Promise<void> {
  await ensureDirectory(context, to, { create: true, mode: OWNER_ONLY });
  for (const directory of [cell.day, cell.directory]) {
    await restrict(context, await ensureDirectory(context, directory, { create: true }), OWNER_ONLY);
  }
}

function otherNames({ found }: QuarantinePlan): string {
  const others = found.isDirectory ? 0 : found.attributes.num_links - 1;
  return others === 0
    ? ''
    : `; ${others} other ${others === 1 ? 'name' : 'names'} of it (hard links) stayed where they are`;
}

/** What a dry run says. */
export function intention({ found, path, moved }: QuarantinePlan, to: string): string {
  return moved
    ? `would see to it that ${path} is locked down`
    : `would move ${found.path} to quarantine: ${path} (${joinPath(to, '')} is made when missing)`;
}
