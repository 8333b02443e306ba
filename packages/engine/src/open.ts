import { systemClock } from '@qwarden/qumulo-client';
import { knownClusterId } from './actions/all-stop/cluster-id.ts';
import { lockAction } from './actions/lock/index.ts';
import { formerPaths } from './filelock/former-paths.ts';
import { describePolicy } from './filelock/policy.ts';
import { ruleNameOf } from './filelock/rule-set.ts';
import { FilelockRun } from './filelock/run.ts';
import type { Filelock, FilelockDeps, FilelockOptions } from './filelock/types.ts';
import { wantedEvents } from './filelock/wanted-events.ts';
import { Monitor } from './monitor/engine.ts';
import { refuseOtherWatch } from './one-watch.ts';
import { noOutside } from './outside/none.ts';
import { compileSelection } from './rules/selection.ts';
import { openSqliteQueue } from './stores/sqlite/queue/open.ts';
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
  const cluster = deps.client;
  // Says what is wrong with a glob in the words of the option that it came from.
  compileSelection(policy);
  const { data: root } = await cluster.files.getAttributes(watch.ref);
  if (root.type !== 'FS_FILE_TYPE_DIRECTORY')
    throw new TypeError(`${root.path} is not a directory: a watch needs one.`);
  const path = withoutSlash(root.path);
  const clusterId = await knownClusterId(cluster, {});
  const store = await openSqliteQueue(dryRun ? '' : options.stateDir, { clock, ...tuning });
  try {
    const why = describePolicy(path, watch.recursive, policy);
    const rule = ruleNameOf(root.id);
    if (clusterId !== undefined) await store.claimFor(clusterId);
    const key = { directoryId: root.id, recursive: watch.recursive, path };
    await refuseOtherWatch(store, key, `The state directory ${options.stateDir}`);
    const former = await formerPaths(store, rule, key);
    const run = new FilelockRun({
      clock,
      policy,
      rule,
      why,
      path,
      formerPaths: former,
      report: deps.report,
      observe: deps.observe,
    });
    const coverage = await store.coverage(key);
    const monitor = await Monitor.create({
      cluster,
      outside: noOutside,
      clock,
      random: deps.random ?? Math.random,
      report: (event) => run.told(event),
      tracing: deps.tracing,
      store,
      actions: { [lockAction.name]: lockAction },
      directory: { id: root.id, path, recursive: watch.recursive },
      coverage,
      inventory: await store.inventory(key),
      dryRun,
      role: 'all',
      shared: false,
      lost: undefined,
      maxConcurrency: options.maxConcurrency,
      skewToldMs: options.skewToldMs ?? 0,
      types: wantedEvents(policy.intervalMs),
      lookIntoNew: true,
      forgetsGone: true,
      beforeRenamed: (now) => run.renamed(now),
      release: () => Promise.resolve(),
    });
    await run.begin(monitor);
    return run;
  } catch (error) {
    await store.close();
    throw error;
  }
}
