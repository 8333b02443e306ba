import type { Command } from 'commander';
import { writeTo } from '../../process/streams.ts';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { monitorOptions } from '../../options/table/monitor.ts';
import { printSettings } from '../../output/settings.ts';
import type { Outcome } from '../outcome.ts';
import { withOtherConfig } from './config-file.ts';
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
