import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { demoOptions } from '../../options/table/demo.ts';
import type { Outcome } from '../outcome.ts';

/** Its own prefix, so that the demo never takes a setting that was meant for a real cluster. */
export const demoPrefix = 'QWARDEN_DEMO_';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, demoOptions);
  command.addHelpText('after', notes);
  command.action(async () => {
    const settings = await resolve({ table: demoOptions, flags, environment: process.env, prefix: demoPrefix });
    const { demonstrate } = await import('./demonstrate.ts');
    outcome.exitCode = await demonstrate(settings.values);
  });
}

const notes = `
Everything runs on this machine, in three processes: an emulated cluster, "qwarden monitor" with a rule file whose path is shown, and the
writers. At the end the cluster is asked about every file. Exit codes: 0 every file is as it should be; 1 one is not, or the demo could not run.`;
