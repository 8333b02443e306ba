import type { Change } from '../events/change.ts';

const LEAVES: ReadonlySet<string> = new Set([
  'child_file_removed',
  'child_dir_removed',
  'child_file_moved_from',
  'child_dir_moved_from',
]);

/**
 * Changes that give a name, with the ids that the cluster has left out (UNKNOWN for watches that are not recursive, FACTS 6.2): what is there
 * now under the name tells. What has lost its name is found in the inventory.
 */
export async function identified(
  changes: readonly Change[],
  ask: (path: string) => Promise<{ readonly id: string } | null>,
): Promise<readonly Change[]> {
  const isNameless = ({ place, fileId, type }: Change) => place !== undefined && fileId === '' && !LEAVES.has(type);
  if (!changes.some(isNameless)) return changes;
  return await Promise.all(
    changes.map(async (change) => {
      if (!isNameless(change)) return change;
      const there = await ask(change.path);
      return there === null ? change : { ...change, fileId: there.id };
    }),
  );
}
