import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { writeTo } from '../../process/streams.ts';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { monitorOptions } from '../../options/table/monitor.ts';
import { printSettings } from '../../output/settings.ts';
import type { Outcome } from '../outcome.ts';
import { monitorNotes } from './help.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, monitorOptions);
  command.addHelpText('after', monitorNotes);
  command.action(async () => {
    const settings = await resolve({
      table: monitorOptions,
      flags,
      environment: withOtherConfig(flags.has('configFile'), process.env),
    });
    for (const warning of settings.warnings) writeTo(process.stderr, `qwarden: warning: ${warning}\n`);
    if (settings.values.showConfig) {
      printSettings(monitorOptions, settings, settings.values.format);
      return;
    }
    const { planMonitor } = await import('./plan.ts');
    const { runMonitor } = await import('./run.ts');
    outcome.exitCode = await runMonitor(settings, planMonitor(settings, process.env));
  });
}

/** Where only the configuration of `filelock` is there, it is the monitor's too. */
function withOtherConfig(named: boolean, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (named || environment['QWARDEN_CONFIG_FILE'] !== undefined || environment['QWARDEN_CONFIG'] !== undefined)
    return environment;
  if (existsSync(monitorOptions.configFile.default) || !existsSync('qfs_filelock_config.ini')) return environment;
  return { ...environment, QWARDEN_CONFIG_FILE: 'qfs_filelock_config.ini' };
}
