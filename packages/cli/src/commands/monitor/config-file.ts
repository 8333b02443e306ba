import { existsSync } from 'node:fs';
import { clusterOptions } from '../../options/table/cluster.ts';
import { monitorClusterOptions } from '../../options/table/monitor.ts';

const OF_FILELOCK = clusterOptions.configFile.default;
const OF_MONITOR = monitorClusterOptions.configFile.default;

/** Where only the configuration of `filelock` is there, it is the monitor's too. */
export function withOtherConfig(named: boolean, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return withFallback(named, environment, OF_MONITOR, OF_FILELOCK);
}

/** And the other way round, for what belongs to both. */
export function withMonitorConfig(named: boolean, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return withFallback(named, environment, OF_FILELOCK, OF_MONITOR);
}

function withFallback(
  named: boolean,
  environment: NodeJS.ProcessEnv,
  file: string,
  otherwise: string,
): NodeJS.ProcessEnv {
  if (named || environment['QWARDEN_CONFIG_FILE'] !== undefined || environment['QWARDEN_CONFIG'] !== undefined)
    return environment;
  if (existsSync(file) || !existsSync(otherwise)) return environment;
  return { ...environment, QWARDEN_CONFIG_FILE: otherwise };
}
