import type { Logger } from '../log/logger.ts';
import { systemdNotify } from './notify.ts';
import { ServiceManager } from './service-manager.ts';

/**
 * The service manager that started this process and wants to hear of it (Type=notify); undefined where there is none. What it gave us is
 * taken out of the environment: programs of rules must not speak for us.
 */
export function openServiceManager(environment: NodeJS.ProcessEnv, logger: Logger): ServiceManager | undefined {
  const { NOTIFY_SOCKET: socket } = environment;
  const watchdogMs = watchdogOf(environment);
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
  if (socket === undefined || socket === '') return undefined;
  return new ServiceManager({
    notify: systemdNotify(socket, environment),
    watchdogMs,
    onTrouble: (reason) => {
      const text = `systemd cannot be told how it goes: ${reason}. A service of Type=notify is ended by systemd then; with Type=exec it wants to hear nothing.`;
      logger.log({ level: 'WARNING', kind: 'systemd', text, fields: { reason } });
    },
  });
}

/** As sd_watchdog_enabled has it: a watchdog of another process is none of ours. */
function watchdogOf({ WATCHDOG_USEC: microseconds, WATCHDOG_PID: pid }: NodeJS.ProcessEnv): number | undefined {
  if (microseconds === undefined || !/^[1-9]\d{0,14}$/.test(microseconds)) return undefined;
  if (pid !== undefined && pid !== String(process.pid)) return undefined;
  return Number(microseconds) / 1000;
}
