import { joinPath } from '../../rules/selection.ts';
import { attempt, describe } from '../files/attempt.ts';
import { chooseName, moveToFreeName } from '../files/clash.ts';
import { type DestinationParams, destinationParams, prepareDestination } from '../files/destination.ts';
import { ARRIVES, LEAVES } from '../files/expected.ts';
import { fixedPart } from '../files/paths.ts';
import type { Action } from '../port.ts';
import { needsOf } from '../privileges.ts';
import { planMove } from './plan.ts';

/** Takes a file or directory to another directory of the same cluster, in one step: no byte is copied. */
export const moveAction: Action<DestinationParams> = {
  name: 'move',
  summary: 'Moves the file to another directory.',
  params: destinationParams,
  effects: ({ to, on_clash, create_directories }) => [
    { types: LEAVES },
    {
      types: [
        ...ARRIVES,
        ...(on_clash === 'overwrite' ? (['child_file_removed'] as const) : []),
        ...(create_directories ? (['child_dir_added'] as const) : []),
      ],
      into: { under: fixedPart(to) },
      settles: !to.includes('{{'),
    },
  ],
  privileges: () => needsOf('move'),
  dryRun: (input, context) =>
    describe(input, context, async () => {
      const { found, directory } = await planMove(input, context);
      const { name, id } = found;
      const target = await chooseName(context, { directory, name, onClash: input.params.on_clash, id });
      const over = target.replaces === undefined ? '' : ', in place of the file there';
      return `would move ${found.path} to ${joinPath(directory, target.name)}${over}`;
    }),
  run: (input, context) =>
    attempt(input, context, async () => {
      const { found, directory } = await planMove(input, context);
      await prepareDestination(context, directory, input.params);
      const path = await moveToFreeName(context, found, {
        directory,
        name: found.name,
        onClash: input.params.on_clash,
      });
      return { kind: 'done', note: `moved from ${found.path} to ${path}`, path, output: { path } };
    }),
};
