import { attempt, describe } from '../files/attempt.ts';
import { call } from '../files/call.ts';
import { oneAtATime } from '../files/one-at-a-time.ts';
import type { Action } from '../port.ts';
import { needsOf } from '../privileges.ts';
import { planSnapshot, sourceOf } from './plan.ts';
import { type SnapshotParams, snapshotParams } from './schema.ts';

/** Takes a snapshot of a directory, once a job. */
export const snapshotAction: Action<SnapshotParams> = {
  name: 'snapshot',
  summary: 'Takes a snapshot of the directory of the file, or of another one.',
  params: snapshotParams,
  // A snapshot is no change of anything (FACTS 6.4).
  effects: () => [],
  privileges: () => needsOf('snapshot'),
  dryRun: (input, context) =>
    describe(input, context, async () => {
      const source = await sourceOf(input, context);
      const { nameSuffix, expiration } = await planSnapshot(input, context, source.id);
      const until = expiration === undefined ? 'that never expires' : `until ${expiration}`;
      return `would take a snapshot of ${source.path} (${nameSuffix}) ${until}`;
    }),
  run: (input, context) =>
    attempt(
      input,
      context,
      async () => {
        const source = await sourceOf(input, context);
        // Else two jobs of a rule with at_most_every would both look before one of them makes one.
        return oneAtATime(context.cluster, source.id, async () => {
          const wanted = await planSnapshot(input, context, source.id);
          const { data } = await context.effect([], () => context.cluster.snapshots.create(wanted, call(context)));
          return {
            kind: 'done',
            note: `took the snapshot ${data.name} of ${source.path}`,
            output: { snapshot: String(data.id), name: data.name },
          };
        });
      },
      'PRIVILEGE_SNAPSHOT_WRITE',
    ),
};
