import { existsSync } from 'node:fs';
import { monitorClusterOptions } from '../../options/table/monitor.ts';

/** Where only the configuration of `filelock` is there, it is the monitor's too. */
export function withOtherConfig(named: boolean, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (named || environment['QWARDEN_CONFIG_FILE'] !== undefined || environment['QWARDEN_CONFIG'] !== undefined)
    return environment;
  if (existsSync(monitorClusterOptions.configFile.default) || !existsSync('qfs_filelock_config.ini'))
    return environment;
  return { ...environment, QWARDEN_CONFIG_FILE: 'qfs_filelock_config.ini' };
}
