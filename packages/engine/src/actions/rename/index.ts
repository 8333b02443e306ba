import { attempt, describe } from '../files/attempt.ts';
import { chooseName, moveToFreeName } from '../files/clash.ts';
import { ARRIVES, LEAVES } from '../files/expected.ts';
import { nameOf } from '../files/paths.ts';
import type { Action } from '../port.ts';
import { needsOf } from '../privileges.ts';
import { planRename } from './plan.ts';
import { type RenameParams, renameParams } from './schema.ts';

/** Gives a file or directory another name, in its directory. */
export const renameAction: Action<RenameParams> = {
  name: 'rename',
  summary: 'Gives the file another name in its directory.',
  params: renameParams,
  effects: ({ to, on_clash }) => [
    { types: on_clash === 'overwrite' ? [...LEAVES, 'child_file_removed'] : LEAVES },
    { types: ARRIVES, into: { name: to } },
  ],
  privileges: () => needsOf('rename'),
  dryRun: (input, context) =>
    describe(input, context, async () => {
      const { found, name } = await planRename(input, context);
      const { directory } = found;
      const target = await chooseName(context, { directory, name, onClash: input.params.on_clash, id: found.id });
      const over = target.replaces === undefined ? '' : ', in place of the file there';
      return `would rename ${found.path} to ${target.name}${over}`;
    }),
  run: (input, context) =>
    attempt(input, context, async () => {
      const { found, name } = await planRename(input, context);
      const { directory } = found;
      const path = await moveToFreeName(context, found, { directory, name, onClash: input.params.on_clash });
      return { kind: 'done', note: `renamed from ${found.name} to ${nameOf(path)}`, path, output: { path } };
    }),
};
