import { joinPath } from '../../rules/selection.ts';
import { attempt, describe } from '../files/attempt.ts';
import { call } from '../files/call.ts';
import { chooseName, moveToFreeName } from '../files/clash.ts';
import { type DestinationParams, destinationParams, prepareDestination } from '../files/destination.ts';
import { ARRIVES, LEAVES, PERMISSIONS, WRITTEN } from '../files/expected.ts';
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
  effects: ({ to }) => [
    {
      types: [
        ...WRITTEN,
        ...PERMISSIONS,
        ...LEAVES,
        ...ARRIVES,
        'child_extra_attrs_changed',
        'child_btime_changed',
        'child_file_removed',
        'child_dir_added',
        'child_stream_added',
        'child_stream_data_written',
        'child_stream_size_changed',
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
      const { id } = await makeCopy(context, plan);
      const whole = { id, path: joinPath(directory, partial), isDirectory: false };
      const copy = await moveToFreeName(context, whole, wanted).catch((error: unknown) =>
        giveUp(context, whole.path, error),
      );
      return { kind: 'done', note: `copied ${found.path} to ${copy}`, output: { path: copy, file_id: id } };
    }),
};

/** Its name was taken while it was copied, and it gets no other: nothing is left of it. */
async function giveUp(context: ActionContext, path: string, error: unknown): Promise<never> {
  if (error instanceof Stop) await context.effect([], () => context.cluster.files.delete(path, call(context)));
  throw error;
}

async function demandNew(context: ActionContext, plan: CopyPlan): Promise<void> {
  const known = await knownCopy(context, plan);
  if (known !== undefined) throw new Stop({ kind: 'skipped', note: `${known} is a copy of it already` });
}
