import { systemClock } from '@qwarden/qumulo-client';
import type { Cluster } from './cluster.ts';
import { FilelockEngine } from './filelock/engine.ts';
import { describePolicy } from './filelock/policy.ts';
import type { Filelock, FilelockDeps, FilelockOptions } from './filelock/types.ts';
import { compileSelection } from './rules/selection.ts';
import { openSqliteState } from './stores/sqlite/engine-state.ts';
import { lockStateDir } from './stores/sqlite/process-lock.ts';
import { withoutSlash } from './watch/place.ts';

/**
 * Opens the state directory for one watch and one policy; `run()` does the rest.
 * @throws StateError, GlobError, the client's errors, and TypeError for what can never work (not a directory, nothing to set)
 */
export async function openFilelock(
  options: FilelockOptions,
  deps: FilelockDeps,
  tuning: { groupWaitMs?: number; syncInBackground?: boolean; maxPages?: number } = {},
): Promise<Filelock> {
  const { policy, watch, dryRun } = options;
  if (policy.retention === undefined && !policy.legalHold) {
    throw new TypeError(
      'Nothing to do: a policy needs a retention period (--retention 7y), a legal hold (--legal-hold), or both.',
    );
  }
  const clock = deps.clock ?? systemClock;
  const cluster: Cluster = deps.client;
  const selection = compileSelection(policy);
  const { data: root } = await cluster.files.getAttributes(watch.ref);
  if (root.type !== 'FS_FILE_TYPE_DIRECTORY')
    throw new TypeError(`${root.path} is not a directory: a watch needs one.`);
  const path = withoutSlash(root.path);
  const node = await cluster.cluster.nodeState();
  const held = dryRun ? undefined : await lockStateDir(options.stateDir, clock);
  try {
    const state = openSqliteState(dryRun ? '' : options.stateDir, {
      directoryId: root.id,
      recursive: watch.recursive,
      path,
      clusterId: node.data.cluster_id,
      why: describePolicy(path, watch.recursive, policy),
      policy: JSON.stringify(policy),
      now: clock.now(),
      groupWaitMs: tuning.groupWaitMs,
      syncInBackground: tuning.syncInBackground,
      maxPages: tuning.maxPages,
    });
    return new FilelockEngine({
      cluster,
      clock,
      random: deps.random ?? Math.random,
      report: deps.report,
      state,
      selection,
      policy,
      directory: { id: root.id, path, recursive: watch.recursive },
      dryRun,
      maxConcurrency: options.maxConcurrency,
      skewToldMs: options.skewToldMs ?? 0,
      release: () => held?.release(),
    });
  } catch (error) {
    held?.release();
    throw error;
  }
}
