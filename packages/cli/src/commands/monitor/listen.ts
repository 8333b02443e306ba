import { makeDirectory } from '@qwarden/engine';
import { type ControlServer, startControl } from '../../control/server.ts';
import type { ControlStatus } from '../../control/protocol.ts';
import type { Logger } from '../../log/logger.ts';
import { controlDirectory } from '../../look/place.ts';
import { version } from '../../version.ts';
import { controlHandlers, type ControlOptions } from './control.ts';
import type { MonitorPlan } from './plan.ts';

/** Without it the monitor works as well; only nobody can look into it. A dry run keeps its state to itself. */
export async function listenForControl(
  plan: Pick<MonitorPlan, 'dryRun' | 'stateDir' | 'redisUrl' | 'role'>,
  logger: Logger,
  options: ControlOptions,
): Promise<ControlServer | undefined> {
  // Several workers of one machine would take the address from each other; what they do is in the queue.
  if (plan.dryRun || plan.role === 'worker') return undefined;
  const directory = controlDirectory(plan.redisUrl ?? plan.stateDir, process.env);
  try {
    makeDirectory(directory, 0o700);
    return await startControl(directory, controlHandlers(options));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `"qwarden status" and its like will not reach this monitor: it cannot listen in ${directory} (${reason}).`;
    logger.log({ level: 'WARNING', kind: 'control', text, fields: { reason } });
    return undefined;
  }
}

/** What does not change while it runs. */
export function aboutThis(
  plan: Pick<MonitorPlan, 'rulesFile' | 'watch'>,
  directory: { readonly path: string; readonly cluster: string },
): ControlOptions['about'] {
  return {
    pid: process.pid,
    version: version(),
    startedAt: new Date().toISOString(),
    cluster: directory.cluster,
    directory: directory.path,
    recursive: plan.watch.recursive,
    rulesFile: plan.rulesFile,
  } satisfies Partial<ControlStatus>;
}
