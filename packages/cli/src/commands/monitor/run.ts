import {
  type Actions,
  builtinActions,
  createActions,
  createOutside,
  formatProblem,
  loadRuleFile,
  type Monitor,
  type MonitorEvent,
  type MonitorSummary,
  openMonitor,
  privilegesOfRules,
  type WantedPrivilege,
} from '@qwarden/engine';
import { type QumuloClient, systemClock } from '@qwarden/qumulo-client';
import { basename } from 'node:path';
import { addressOf, type ClusterSettings } from '../../connect/cluster-settings.ts';
import { connect } from '../../connect/connect.ts';
import { type CheckedDirectory, reportedChecks } from '../../connect/startup.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { type Observers, openObservers } from '../../http/observe.ts';
import { oneLine } from '../../log/escape.ts';
import type { Logger } from '../../log/logger.ts';
import { shownPlace } from '../../look/place.ts';
import { claimPidFile } from '../../process/pid-file.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { loadOwnActions } from '../../actions/own-actions.ts';
import { callLogging } from '../filelock/call-logging.ts';
import { openLog } from '../filelock/log.ts';
import { aboutThis, listenForControl } from './listen.ts';
import { narrateMonitor } from './narrate.ts';
import type { MonitorPlan, MonitorSettings } from './plan.ts';
import { RecentLog } from './recent.ts';
import { readRuleFile, RuleFile } from './rule-file.ts';
import { monitorSummaryLines } from './summary.ts';

/** The whole run. Resolves with the exit code when it was asked to stop and did. Throws what kept it from going on. */
export async function runMonitor(settings: MonitorSettings, plan: MonitorPlan): Promise<ExitCode> {
  const log = openLog(settings, plan, true);
  const releasePid = plan.pidFile === undefined ? undefined : claimPidFile(plan.pidFile);
  try {
    // A worker carries out what a watcher has decided: its jobs bring their rules along.
    const text = plan.role === 'worker' ? undefined : readRuleFile(plan.rulesFile);
    const own = await loadOwnActions(plan.actions);
    const needed = text === undefined ? [] : privilegesNeeded(text, { ...builtinActions, ...own }, plan, log.logger);
    // What the rules do, the workers do.
    const privileges = plan.role === 'watcher' ? [] : needed;
    const observers = await openObservers(plan.listen, { command: 'monitor', role: plan.role }, log.logger);
    try {
      const { client, settings: cluster } = await connect(settings, {
        connections: plan.maxConcurrency ?? 128,
        ...callLogging(settings.values.debug, log.logger, observers.called),
      });
      try {
        const question = { watch: { ...plan.watch, opens: plan.role !== 'worker' }, privileges };
        const directory = await reportedChecks(client, question, log.logger);
        logStart(plan, cluster, directory, log.logger);
        const about = { ...directory, cluster: addressOf(cluster) };
        return await watch(client, plan, about, { text, own }, { logs: log.logger, observers });
      } finally {
        await client.close();
      }
    } finally {
      await observers.close();
    }
  } finally {
    releasePid?.();
    log.close();
  }
}

/** What the rules need, before anything connects. Throws CliError with every problem of the file. */
function privilegesNeeded(text: string, actions: Actions, plan: MonitorPlan, logger: Logger): WantedPrivilege[] {
  const file = plan.rulesFile;
  const loaded = loadRuleFile(text, { source: basename(file), actions });
  if (!loaded.ok) {
    throw new CliError('config', loaded.problems.map((problem) => oneLine(formatProblem(problem))).join('\n'), {
      remedy: `Correct ${file}; "qwarden rules check" looks at it without a cluster.`,
    });
  }
  for (const warning of loaded.warnings) {
    logger.log({ level: 'WARNING', kind: 'rules-warning', text: formatProblem(warning), fields: { ...warning } });
  }
  return privilegesOfRules(loaded.ruleSet.rules, actions);
}

function logStart(plan: MonitorPlan, cluster: ClusterSettings, directory: CheckedDirectory, logger: Logger): void {
  const { dryRun, redisUrl, stateDir, rulesFile, role, watch: what } = plan;
  const kept = redisUrl === undefined ? `state in ${stateDir}` : `queue in ${shownPlace(redisUrl)}`;
  const fields = {
    cluster: addressOf(cluster),
    identity: cluster.identity,
    directory: directory.path,
    directoryId: directory.id,
    recursive: what.recursive,
    rules: role === 'worker' ? null : rulesFile,
    role,
    dryRun,
    stateDir: dryRun ? null : shownPlace(redisUrl ?? stateDir),
  };
  const text =
    role === 'worker'
      ? `Worker on ${fields.cluster} as ${cluster.identity}, ${kept}: directory and rules are those of its watcher`
      : `Event monitor on ${directory.path} of ${fields.cluster} as ${cluster.identity}, rules ${rulesFile}${dryRun ? ', dry run: nothing will be done' : `, ${kept}`}`;
  logger.log({ level: 'INFO', kind: 'started', text, fields });
}

async function watch(
  client: QumuloClient,
  plan: MonitorPlan,
  directory: CheckedDirectory & { cluster: string },
  { text, own }: { text: string | undefined; own: Actions },
  { logs, observers }: { logs: Logger; observers: Observers },
): Promise<ExitCode> {
  const logger = new RecentLog(logs);
  const report = (event: MonitorEvent) => {
    observers.told(event);
    logger.log(narrateMonitor(event));
  };
  const outside = createOutside({ environment: process.env, clock: systemClock, allowed: plan.allowed });
  const { watch: what, stateDir, redisUrl, role, dryRun, keep, maxConcurrency } = plan;
  const monitor = await openMonitor(
    {
      watch: what,
      stateDir,
      redisUrl,
      role,
      dryRun,
      keep,
      maxConcurrency,
      actions: (stores) => ({ ...createActions(stores), ...own }),
      skewToldMs: directory.skewToldMs,
    },
    { client, outside, report, tracing: observers.tracing },
  );
  try {
    observers.follow(monitor);
    const rules = text === undefined ? undefined : await followRules(monitor, text, plan, { logger, report });
    const reload = () => void rules?.reload();
    process.on('SIGHUP', reload);
    const control = await listenForControl(plan, logger, {
      monitor,
      recent: logger,
      about: aboutThis(plan, directory),
      reload: async () => (rules === undefined ? false : await rules.reload()),
    });
    try {
      const summary = await runUntilStopped(monitor, plan, logger);
      for (const line of monitorSummaryLines(summary, dryRun)) logger.log(line);
      if (summary.endReason !== 'signal') {
        throw new CliError('failed', oneLine(summary.error?.message ?? `It ended by itself: ${summary.endReason}.`), {
          cause: summary.error,
        });
      }
      return summary.jobs.dead + summary.jobs.parked === 0 ? ExitCode.ok : ExitCode.incomplete;
    } finally {
      process.off('SIGHUP', reload);
      await control?.close();
      rules?.close();
    }
  } finally {
    await monitor.close();
  }
}

/** Those who want to hear of the rules. */
interface Told {
  readonly logger: Logger;
  readonly report: (event: MonitorEvent) => void;
}

/** Loads the rules, and loads them anew whenever their file changes. `reload`: now, and whether they are in force. */
async function followRules(
  monitor: Monitor,
  text: string,
  plan: MonitorPlan,
  told: Told,
): Promise<{ reload: () => Promise<boolean>; close: () => void }> {
  let loading = load(monitor, text, plan, told);
  await loading;
  const file = new RuleFile(plan.rulesFile, text, {
    changed: (changed) => {
      loading = load(monitor, changed, plan, told);
    },
    unreadable: (message) => {
      const at = new Date().toISOString();
      told.report({ kind: 'rules-broken', at, message, problems: [], keptHash: monitor.rules.ruleSet.hash });
      loading = Promise.resolve(false);
    },
  });
  return {
    reload: () => {
      file.look(true);
      return loading;
    },
    close: () => file.close(),
  };
}

/** A broken file changes nothing, and says so loudly: then false. A store that cannot be written ends the run by itself. */
async function load(monitor: Monitor, text: string, plan: MonitorPlan, { logger, report }: Told): Promise<boolean> {
  const outcome = await monitor.rules.load(text, basename(plan.rulesFile));
  const at = new Date().toISOString();
  if (!outcome.ok) {
    const problems = outcome.problems.map(formatProblem);
    const message = `The rule file ${plan.rulesFile} is broken.`;
    const keptHash = monitor.rules.ruleSet.hash;
    report({ kind: 'rules-broken', at, message, problems, keptHash });
    return false;
  }
  for (const warning of outcome.warnings) {
    logger.log({ level: 'WARNING', kind: 'rules-warning', text: formatProblem(warning), fields: { ...warning } });
  }
  const { hash, rules } = outcome.ruleSet;
  report({ kind: 'rules-loaded', at, hash, rules: rules.length, ...outcome.diff });
  return true;
}

async function runUntilStopped(monitor: Monitor, plan: MonitorPlan, logger: Logger): Promise<MonitorSummary> {
  const stop = stopOnSignals((signal) => {
    logger.log({
      level: 'INFO',
      kind: 'stopping',
      text: `${signal}: stopping (a second one stops at once)`,
      fields: { signal },
    });
  });
  const signals = [stop.signal];
  if (plan.forMs !== undefined) signals.push(AbortSignal.timeout(plan.forMs));
  try {
    return await monitor.run(AbortSignal.any(signals));
  } finally {
    stop.release();
  }
}
