import { attempt, describe } from '../files/attempt.ts';
import { ARRIVES, LEAVES, PERMISSIONS, WRITTEN } from '../files/expected.ts';
import type { Action } from '../port.ts';
import { needsOf } from '../privileges.ts';
import { planQuarantine } from './plan.ts';
import { intention, runQuarantine } from './run.ts';
import { type QuarantineParams, quarantineParams } from './schema.ts';

/** Moves a file or directory out of everybody's way, with all that is needed to put it back. */
export const quarantineAction: Action<QuarantineParams> = {
  name: 'quarantine',
  summary: 'Moves the file to a quarantine directory, from where it can be restored as it was.',
  params: quarantineParams,
  effects: ({ to }) => [
    { types: LEAVES, settles: true },
    { types: [...ARRIVES, ...PERMISSIONS, ...WRITTEN, 'child_dir_added'], into: { under: to }, settles: true },
  ],
  privileges: () => needsOf('quarantine'),
  dryRun: (input, context) =>
    describe(input, context, async () => intention(await planQuarantine(input, context), input.params.to)),
  run: (input, context) => attempt(input, context, () => runQuarantine(input, context)),
};
