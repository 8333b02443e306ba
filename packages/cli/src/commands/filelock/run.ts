import { openFilelock, type Filelock, type FilelockEvent, type FilelockSummary } from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { connect } from '../../connect/connect.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { type Observers, openObservers } from '../../http/observe.ts';
import { oneLine } from '../../log/escape.ts';
import type { Logger } from '../../log/logger.ts';
import { warnOfLittleMemory } from '../../process/memory-limit.ts';
import { claimPidFile } from '../../process/pid-file.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { banner, bannerRows, started } from './banner.ts';
import { callLogging } from './call-logging.ts';
import { confirmFirstRun } from './confirm.ts';
import { openLog } from './log.ts';
import { narrate } from './narrate.ts';
import type { FilelockPlan, FilelockSettings } from './plan.ts';
import { checkStartup } from './startup.ts';
import { summaryLines } from './summary.ts';

export interface RunHooks {
  /** Already asked (or nobody to ask): a daemon's parent has done it. */
  confirmed: boolean;
  /** The messages also go to stdout. */
  toStdout: boolean;
  /** Called when it really listens, for the first time. */
  onListening?: () => void;
}

/**
 * The whole run. Resolves with the exit code when it was asked to stop and did: 3 when files could not be locked. Throws what kept it from
 * going on.
 */
export async function runFilelock(settings: FilelockSettings, plan: FilelockPlan, hooks: RunHooks): Promise<ExitCode> {
  const log = openLog(settings, plan, hooks.toStdout);
  const releasePid = plan.pidFile === undefined ? undefined : claimPidFile(plan.pidFile);
  try {
    warnOfLittleMemory(log.logger);
    const observers = await openObservers(plan.listen, { command: 'filelock', role: 'all' }, log.logger);
    try {
      const { client, settings: cluster } = await connect(settings, {
        connections: plan.maxConcurrency ?? 128,
        ...callLogging(settings.values.debug, log.logger, observers.called),
      });
      try {
        const directory = await checkStartup(client, plan, log.logger);
        await confirmFirstRun(plan, cluster, directory.path, settings.values.yes || hooks.confirmed);
        log.logger.banner(
          banner(bannerRows(settings, plan, cluster, directory), new Date()),
          started(plan, cluster, directory),
        );
        const { skewToldMs } = directory;
        return await watch(client, plan, { ...hooks, logger: log.logger, observers, skewToldMs });
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

async function watch(
  client: QumuloClient,
  plan: FilelockPlan,
  hooks: RunHooks & { logger: Logger; observers: Observers; skewToldMs: number | undefined },
): Promise<ExitCode> {
  const { logger, observers, skewToldMs } = hooks;
  let listening = false;
  const report = (event: FilelockEvent) => {
    logger.log(narrate(event));
    if (event.kind !== 'listening' || listening) return;
    listening = true;
    hooks.onListening?.();
  };
  const { watch: what, policy, dryRun, stateDir, maxConcurrency } = plan;
  const filelock = await openFilelock(
    { watch: what, policy, dryRun, stateDir, maxConcurrency, skewToldMs },
    { client, report, observe: (event) => observers.told(event) },
  );
  try {
    observers.follow(filelock.measured);
    const summary = await runUntilStopped(filelock, plan, logger);
    for (const line of summaryLines(summary, dryRun)) logger.log(line);
    if (summary.endReason !== 'signal') {
      throw new CliError('failed', oneLine(summary.error?.message ?? `It ended by itself: ${summary.endReason}.`), {
        cause: summary.error,
      });
    }
    return summary.failed === 0 ? ExitCode.ok : ExitCode.incomplete;
  } finally {
    await filelock.close();
  }
}

async function runUntilStopped(filelock: Filelock, plan: FilelockPlan, logger: Logger): Promise<FilelockSummary> {
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
    return await filelock.run(AbortSignal.any(signals));
  } finally {
    stop.release();
  }
}
