import { joinPath } from '../../rules/selection.ts';
import { attempt, describe } from '../files/attempt.ts';
import { call } from '../files/call.ts';
import { chooseName, moveToFreeName } from '../files/clash.ts';
import { type DestinationParams, destinationParams, prepareDestination } from '../files/destination.ts';
import { fixedPart } from '../files/paths.ts';
import { Stop } from '../files/stop.ts';
import type { Action, ActionContext } from '../port.ts';
import { needsOf } from '../privileges.ts';
import { knownCopy } from './known-copy.ts';
import { makeCopy } from './make-copy.ts';
import { type CopyPlan, planCopy } from './plan.ts';

/**
 * Copies a regular file within the cluster: no byte comes here. Data, named streams, owner, mode, ACL, flags and times; no tags. It gets its
 * name when it is whole.
 */
export const copyAction: Action<DestinationParams> = {
  name: 'copy',
  summary: 'Copies the file to another directory of the cluster.',
  params: destinationParams,
  // Rules see nothing of it but that it came, whole.
  effects: ({ to, on_clash, create_directories }) => [
    {
      types: [
        'child_file_added',
        ...(on_clash === 'overwrite' ? (['child_file_removed'] as const) : []),
        ...(create_directories ? (['child_dir_added'] as const) : []),
      ],
      into: { under: fixedPart(to) },
    },
  ],
  privileges: () => needsOf('copy'),
  dryRun: (input, context) =>
    describe(input, context, async () => {
      const plan = await planCopy(input, context);
      await demandNew(context, plan);
      const { directory, found } = plan;
      const target = await chooseName(context, {
        directory,
        name: found.name,
        onClash: input.params.on_clash,
        spare: found.id,
      });
      const over = target.replaces === undefined ? '' : ', in place of the file there';
      return `would copy ${found.path} to ${joinPath(directory, target.name)}${over}`;
    }),
  run: (input, context) =>
    attempt(input, context, async () => {
      const plan = await planCopy(input, context);
      const { found, directory, partial } = plan;
      await demandNew(context, plan);
      const wanted = { directory, name: found.name, onClash: input.params.on_clash, spare: found.id };
      await prepareDestination(context, directory, input.params);
      // Before a long copy, not after it: a name that it will not get is known by now.
      await chooseName(context, wanted);
      const path = joinPath(directory, partial);
      const { id, copy } = await makeCopy(context, plan)
        .then(async (made) => ({
          id: made.id,
          copy: await moveToFreeName(context, { id: made.id, path, isDirectory: false }, wanted),
        }))
        .catch((error: unknown) => giveUp(context, path, error));
      return { kind: 'done', note: `copied ${found.path} to ${copy}`, output: { path: copy, file_id: id } };
    }),
};

/** Nothing is left of a copy that is not whole, as far as that can be had: the next try, if there is one, begins anew. */
async function giveUp(context: ActionContext, path: string, error: unknown): Promise<never> {
  const { files } = context.cluster;
  await context.effect([], () => files.delete(path, call(context))).catch(() => undefined);
  throw error;
}

async function demandNew(context: ActionContext, plan: CopyPlan): Promise<void> {
  const known = await knownCopy(context, plan);
  if (known !== undefined) throw new Stop({ kind: 'skipped', note: `${known} is a copy of it already` });
}
